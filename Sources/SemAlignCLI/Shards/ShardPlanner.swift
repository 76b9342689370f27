// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignDatasets
import SemAlignMessages

/// Lists the units of a dataset, a benchmark or some bags.
struct ShardPlanner {
    let inputs: [String]
    let representation: String
    let split: String?
    let categories: [String]
    let pairOptions: PairOptions
    /// Options that the shards repeat.
    let options: [String]

    /// The plan of what `inputs` are.
    func plan() throws -> ShardPlan {
        if inputs.allSatisfy({ $0.hasSuffix(".mcap") }) { return try bags() }
        guard inputs.count == 1, let input = inputs.first else {
            throw CommandFailure.usage("give either bags (.mcap), or one dataset or benchmark")
        }
        guard let split else { throw CommandFailure.usage("name the split to judge with --split") }
        if let benchmark = try pairOptions.benchmark(at: input) {
            return try images(of: benchmark, split: split)
        }
        let dataset = try AnnotatedDataset(contentsOf: input)
        let units = try dataset.requiredImages(inSplit: split).map { image in
            ShardPlan.Unit(
                key: image.id, category: "",
                bytes: size(dataset.folder, [image.featuresPath, image.depthPath, image.maskPath]))
        }
        return try plan(.evaluate, input: input, split: split, files: [""], units: units)
    }

    private func bags() throws -> ShardPlan {
        let units = try Set(inputs).map { path in
            guard FileManager.default.fileExists(atPath: path) else {
                throw CommandFailure(code: 66, message: "there is no bag '\(path)'")
            }
            return ShardPlan.Unit(key: path, category: "", bytes: size(".", [path]))
        }
        return try plan(.replay, input: "", split: "", files: [""], units: units)
    }

    private func images(of benchmark: Benchmark, split: String) throws -> ShardPlan {
        var units: [ShardPlan.Unit] = []
        var used: [String] = []
        let known = try benchmark.categories(inSplit: split)
        for name in categories.isEmpty ? known : categories {
            let file = "\(representation)/\(name).semalign"
            guard FileManager.default.fileExists(atPath: file) else {
                StandardError.note("category '\(name)' is left out: there is no '\(file)'")
                continue
            }
            used.append(name)
            let dataset = try benchmark.category(name, split: split, withPairs: false).dataset
            units += dataset.images.map { image in
                ShardPlan.Unit(
                    key: "\(name)/\(image.id)", category: name,
                    bytes: size(dataset.folder, [image.featuresPath, image.depthPath, image.maskPath]))
            }
        }
        return try plan(.align, input: inputs[0], split: split, files: used, units: units)
    }

    private func plan(
        _ kind: ShardPlan.Kind, input: String, split: String, files: [String], units: [ShardPlan.Unit]
    ) throws -> ShardPlan {
        guard !units.isEmpty else { throw CommandFailure.usage("there is nothing to do") }
        var hashes: [String: String] = [:]
        for name in files {
            let path = name.isEmpty ? representation : "\(representation)/\(name).semalign"
            hashes[name] = try RepresentationFile.load(path).identity.hash
        }
        let heading = ShardPlan.Heading(
            kind: kind, input: input, split: split, representation: representation, hashes: hashes,
            options: options, units: units.count)
        return ShardPlan(heading: heading, units: units.sorted { $0.key < $1.key })
    }

    /// Bytes of some files of a folder together; what is missing counts nothing.
    private func size(_ folder: String, _ paths: [String?]) -> Int {
        paths.compactMap { $0 }.reduce(0) { sum, path in
            let full = path.hasPrefix("/") || folder == "." ? path : "\(folder)/\(path)"
            let attributes = try? FileManager.default.attributesOfItem(atPath: full)
            return sum + ((attributes?[.size] as? Int) ?? 0)
        }
    }
}
