// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignDatasets
import SemAlignMessages

/// The pair by pair form of `evaluate`.
struct PairEvaluation {
    let path: String
    /// A representation file, or a folder of `<category>.semalign`.
    let representation: String
    let split: String
    let options: PairOptions
    let observation: ObservationOptions

    /// Judges a benchmark, or the pairs of a dataset of ours.
    func run() throws -> PairReport {
        let start = MonotonicClock.now()
        let benchmark = try options.benchmark(at: path)
        let thresholds = benchmark?.layout.thresholds ?? [0.2, 0.1, 0.05, 0.01]
        var judge = PairJudge(options: options, observation: observation, thresholds: thresholds)
        var progress = ProgressBar("evaluate")
        for category in try categories(benchmark) {
            let content: BenchmarkCategory
            if let benchmark {
                content = try benchmark.category(category, split: split)
            } else {
                content = try BenchmarkCategory(try AnnotatedDataset(contentsOf: path), split: split)
            }
            let file = try RepresentationFile.load(representationPath(of: category))
            try judge.judge(content, file) { done, count in
                progress.update(Double(done) / Double(max(count, 1)), detail: category)
            }
        }
        progress.finish()
        return PairReport(
            title: benchmark?.layout.title ?? "pairs", layout: benchmark?.layout, split: split, judge: judge,
            seconds: Double(MonotonicClock.now() - start) * 1e-9)
    }

    /// The categories asked for; without any, those of the benchmark that have a class.
    private func categories(_ benchmark: Benchmark?) throws -> [String] {
        guard let benchmark else { return [""] }
        let known = try benchmark.categories(inSplit: split)
        if let unknown = options.category.first(where: { !known.contains($0) }) {
            throw CommandFailure.usage(
                "'\(path)' has no category '\(unknown)' in split '\(split)'; it has: "
                    + known.joined(separator: ", "))
        }
        let asked = options.category.isEmpty ? known : options.category
        guard isFolder else {
            guard asked.count == 1 else {
                throw CommandFailure.usage(
                    "one representation file serves one category: name it with --category, or give a folder "
                        + "of files called like the categories")
            }
            return asked
        }
        let found = asked.filter { FileManager.default.fileExists(atPath: representationPath(of: $0)) }
        for missing in asked where !found.contains(missing) {
            StandardError.note(
                "category '\(missing)' is left out: there is no '\(representationPath(of: missing))'")
        }
        guard !found.isEmpty else {
            throw CommandFailure.usage(
                "'\(representation)' has no file called like a category, such as "
                    + "'\(asked.first ?? "")\(Self.suffix)'")
        }
        return found
    }

    private static let suffix = ".semalign"

    private var isFolder: Bool {
        var isFolder: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(atPath: representation, isDirectory: &isFolder)
        return exists && isFolder.boolValue
    }

    private func representationPath(of category: String) -> String {
        isFolder ? "\(representation)/\(category)\(Self.suffix)" : representation
    }
}

extension BenchmarkCategory {
    /// The pairs of a dataset of ours in a split: those that it names, else all ordered ones.
    init(_ dataset: AnnotatedDataset, split: String) throws {
        let images = try dataset.requiredImages(inSplit: split)
        let ids = Set(images.map(\.id))
        var named = dataset.pairs.filter { ids.contains($0.source) && ids.contains($0.target) }
        if named.isEmpty {
            named = images.flatMap { source in
                images.filter { $0.id != source.id }.map { ImagePair(source: source.id, target: $0.id) }
            }
        }
        self.init(dataset: dataset, links: named)
    }
}
