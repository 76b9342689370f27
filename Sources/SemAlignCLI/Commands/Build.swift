// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import SemAlignCore
import SemAlignDatasets
import SemAlignMessages

/// From annotated images to a class representation.
struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Build a class representation from annotated images.",
        discussion: """
            An image that cannot serve (no mask, fewer than four keypoints with depth, other features) is left \
            out and named with its reason, and so is a keypoint that no image shows. The same images, settings and seed give the same file.

            EXAMPLE: semalign build mugs/dataset.json --split trn --output mug.semalign
            """)

    @Argument(help: "Dataset files (dataset.json); their keypoint names must agree.")
    var datasets: [String]
    @Option(help: "Split to learn from.")
    var split = "trn"
    @Option(help: "Category, where the dataset is a benchmark's folder (SPair-71k, PF-Pascal, AP-10K).")
    var category: String?
    @Option(name: .shortAndLong, help: "Representation file to write.")
    var output: String
    @Option(help: "Seed of the noise under the geometric statistics, the only random draw.")
    var seed: UInt64 = 0
    @Option(help: "Dense points at most.")
    var dense = BuildConfiguration().densePointLimit
    @Option(
        help: """
            Offset of relative depth that is estimated with the focal lengths: none, depth, or disparity for \
            depth made from it.
            """)
    var depthOffset = BuildConfiguration().depthOffset
    @Option(
        help: "HTML file to write a quality report to: what was used, what agrees, what to annotate next.")
    var report: String?
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard !datasets.isEmpty else { throw ValidationError("Name at least one dataset.json.") }
        guard (1...100_000).contains(dense) else {
            throw ValidationError("--dense is \(dense), expected 1 to 100000.")
        }
    }

    func run() throws {
        let start = MonotonicClock.now()
        var progress = ProgressBar("build")
        let training = try TrainingSet(datasets: datasets, split: split, category: category) {
            progress.update(0.4 * $0)
        }
        var configuration = BuildConfiguration()
        configuration.seed = seed
        configuration.densePointLimit = dense
        configuration.depthOffset = depthOffset
        configuration.leavesInstancesOut = report != nil
        var settings = ["seed": "\(seed)", "dense": "\(dense)", "split": split]
        if depthOffset != .none { settings["depth-offset"] = depthOffset.rawValue }
        let (representation, outcome) = try RepresentationBuilder(
            training.description, configuration: configuration
        ).build(
            training.views,
            provenance: Provenance(
                programVersion: ProgramVersion.current, settings: settings, inputHashes: training.hashes),
            progress: { progress.update(0.4 + 0.6 * $0) })
        let identity = try RepresentationFile.write(representation, path: output)
        progress.finish()
        let summary = BuildSummary(
            path: output, identity: identity, representation: representation, report: outcome,
            unreadable: training.unreadable, unseenKeypoints: training.unseenKeypoints,
            maskNotes: training.maskNotes,
            seconds: Double(MonotonicClock.now() - start) * 1e-9)
        if let report { try OutputFile.write(Array(BuildPage(summary: summary).html.utf8), to: report) }
        print(json ? summary.json.line : summary.text)
    }
}

extension DepthOffset: ExpressibleByArgument {}
