// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignCore
import SemAlignDatasets
import SemAlignEvaluation
import SemAlignMessages

/// Accuracy and latency on annotated images.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure accuracy and latency of a representation on annotated images.",
        discussion: """
            Without --track every image is aligned on its own. With it the frames of each run follow each \
            other by time, each one starting from the answer before. 'nearest' is the baseline: each keypoint \
            at the patch of the mask that is most similar to its mean feature. Latency is from features in \
            memory to keypoints.

            Of a benchmark's folder (SPair-71k, PF-Pascal, AP-10K) image pairs are judged, beside the baselines \
            'nearest' and 'window' and the published tables: docs/evaluation.md.

            EXAMPLE: semalign evaluate mugs/dataset.json --representation mug.semalign --split dev --json
            """)

    @Argument(help: "Dataset file (dataset.json), or a benchmark's folder.")
    var dataset: String
    @Option(
        name: .shortAndLong,
        help: "Class representation file; for several categories a folder of files called like them.")
    var representation: String
    @Option(help: "Split to judge.")
    var split: String
    @Flag(help: "Follow the object through the frames of each run.")
    var track = false
    @OptionGroup var options: ObservationOptions
    @OptionGroup var pairOptions: PairOptions
    @Option(help: "Also write a row for each keypoint of each image to this CSV file.")
    var csv: String?
    @Option(
        help: ArgumentHelp(
            "Print Table 4 instead: what adamw finds without each of these terms; 'all', or names as of "
                + "--without; may be given several times.", valueName: "term"))
    var ablation: [String] = []
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard Ablation.terms(ablation) != nil else {
            let known = EnergyTerm.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--ablation accepts all, or: \(known).")
        }
        guard ablation.isEmpty || !track else {
            throw ValidationError("--ablation judges images on their own: leave out --track.")
        }
    }

    func run() throws {
        if let terms = Ablation.terms(ablation), !terms.isEmpty { return try runAblation(terms) }
        if try pairOptions.pairs || pairOptions.benchmark(at: dataset) != nil { return try runPairs() }
        let objectClass = try RepresentationFile.load(representation).representation
        let evaluation = try judgeImages(objectClass, options)
        for failure in evaluation.failures { StandardError.note(failure) }
        let report = EvaluationReport(evaluation.images, representation: objectClass)
        if let csv {
            try OutputFile.write(
                Array(KeypointRows(evaluation.images, names: objectClass.keypointNames).csv.utf8), to: csv)
        }
        print(json ? report.json.line : report.text())
    }

    private func judgeImages(
        _ objectClass: ClassRepresentation, _ options: ObservationOptions
    ) throws -> Evaluation {
        let data = try AnnotatedDataset(contentsOf: dataset)
        let images = try data.requiredImages(inSplit: split)
        var evaluation = try Evaluation(of: objectClass, on: data, options: options)
        var pictures = MatchPictures(folder: pairOptions.pictures, limit: pairOptions.pictureLimit)
        var progress = ProgressBar("evaluate")
        for sequence in track ? Self.runs(of: images) : images.map({ [$0] }) {
            evaluation.startSequence()
            for image in sequence {
                evaluation.evaluate(image)
                if let judged = evaluation.images.last { try pictures.draw(judged, of: image, in: data) }
                progress.update(evaluation.images.count, of: images.count)
            }
        }
        progress.finish()
        return evaluation
    }

    private func judgePairs(_ options: ObservationOptions, alignments: String?) throws -> PairReport {
        var pairOptions = pairOptions
        pairOptions.alignments = alignments
        return try PairEvaluation(
            path: dataset, representation: representation, split: split, options: pairOptions,
            observation: options
        ).run()
    }

    private func runPairs() throws {
        let report = try judgePairs(options, alignments: pairOptions.alignments)
        for failure in report.judge.failures { StandardError.note(failure) }
        print(json ? report.json.line : report.text)
    }

    private func runAblation(_ terms: [EnergyTerm]) throws {
        let arePairs = try pairOptions.pairs || pairOptions.benchmark(at: dataset) != nil
        let ablation = try Ablation(terms, options: options) { options, name in
            if arePairs {
                let alignments = pairOptions.alignments.map { "\($0)/\(name)" }
                return try judgePairs(options, alignments: alignments).ablationColumns
            }
            let objectClass = try RepresentationFile.load(representation).representation
            let evaluation = try judgeImages(objectClass, options)
            let report = EvaluationReport(evaluation.images, representation: objectClass)
            let place = EvaluationReport.thresholds.firstIndex(of: Ablation.threshold) ?? 0
            return [(objectClass.className, report.pck[place], report.nearest[place])]
        }
        print(json ? ablation.json.line : ablation.text)
    }

    /// The images of each run by time; an image without a run stands alone.
    private static func runs(of images: [AnnotatedImage]) -> [[AnnotatedImage]] {
        var order: [String] = []
        var runs: [String: [AnnotatedImage]] = [:]
        for image in images {
            let key = image.run.map { "run \($0)" } ?? "image \(image.id)"
            if runs[key] == nil { order.append(key) }
            runs[key, default: []].append(image)
        }
        // Sorting keeps the order of equal stamps only by luck: the place in the file decides between them.
        return order.map { key in
            (runs[key] ?? []).enumerated()
                .sorted { ($0.element.timestamp ?? 0, $0.offset) < ($1.element.timestamp ?? 0, $1.offset) }
                .map(\.element)
        }
    }
}
