// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import SemAlignDatasets
public import SemAlignSimulation

/// Data with known truth, to begin with and to test with.
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Simulate a class of objects and write a dataset folder with exact truth.",
        discussion: """
            The folder gets the split 'trn' of --train images and 'seen' of --test images of the same \
            instances; --unseen, --occluded and --video add splits of those names. Everything follows from \
            the seed.

            Families: \(SyntheticFamily.allCases.map(\.rawValue).joined(separator: ", ")).

            EXAMPLE: semalign simulate mug --output mugs --unseen
            """)

    @Argument(help: "Kind of object.")
    var family: SyntheticFamily
    @Option(name: .shortAndLong, help: "Folder to write; it must not hold a dataset yet.")
    var output: String
    @OptionGroup var sets: SimulatedSetOptions
    @OptionGroup var scene: SimulatedSceneOptions
    @Option(
        help: """
            Write a benchmark's layout instead: spair, pfpascal or ap10k, with the splits 'trn', 'val' (same \
            instances) and 'test' (unseen ones).
            """)
    var layout: BenchmarkLayout?
    @Option(help: "Name of the category in the layout; default: the family.")
    var category: String?
    @Option(help: "Also write the video to this MCAP bag; needs --video.")
    var bag: String?
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard bag == nil || sets.video > 0 else {
            throw ValidationError("--bag writes the video: give its length with --video FRAMES.")
        }
        guard layout == nil || (bag == nil && sets.video == 0 && !sets.occluded) else {
            throw ValidationError(
                "--layout has the splits trn, val and test; leave out --video, --bag, --occluded.")
        }
    }

    func run() throws {
        var progress = ProgressBar("simulate")
        var sets = sets
        if layout != nil { sets.unseen = true }
        let simulation = Simulation(family: family, sets: sets, scene: scene)
        if let layout {
            let name = category ?? family.rawValue
            let counts = try simulation.write(to: output, layout: layout, category: name) {
                progress.update($0, of: $1)
            }
            progress.finish()
            let splits = counts.map { "\($0.split) \($0.images)" }.joined(separator: ", ")
            print("\(output): \(layout.title) layout, category '\(name)', images: \(splits)")
            return
        }
        let counts = try simulation.write(to: output) { progress.update($0, of: $1) }
        if let bag {
            let dataset = try AnnotatedDataset(contentsOf: output)
            let recording = try RunRecording(of: Simulation.videoName, in: dataset)
            let summary = try recording.write(to: bag) { progress.update($0, of: $1) }
            for note in summary.notes { StandardError.note(note) }
        }
        progress.finish()
        if json {
            let splits = counts.map { ($0.split, JSONValue.integer($0.images)) }
            print(
                JSONValue.object([
                    ("dataset", .text(output + "/dataset.json")), ("class_name", .text(family.rawValue)),
                    ("splits", .object(splits)),
                ]).line)
        } else {
            let splits = counts.map { "\($0.split) \($0.images)" }.joined(separator: ", ")
            print("\(output)/dataset.json: class '\(family.rawValue)', images: \(splits)")
            if let bag { print("\(bag): the video as a bag") }
        }
    }
}

extension SyntheticFamily: ExpressibleByArgument {}
