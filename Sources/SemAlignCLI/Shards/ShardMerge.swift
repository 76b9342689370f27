// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import SemAlignCore
import SemAlignDatasets
import SemAlignEvaluation
import SemAlignMessages

/// Joins the results of all shards; nothing depends on their number or order.
struct ShardMerge {
    let plan: ShardPlan
    /// Lines by key.
    private let lines: [String: ShardResult.Line]

    /// Collects the results of a plan from a folder; refuses units that occur twice and units that are missing.
    init(_ plan: ShardPlan, folder: String) throws {
        self.plan = plan
        let hash = plan.hash
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().filter {
            $0.hasPrefix("shard-") && $0.hasSuffix(".jsonl")
        }
        var lines: [String: ShardResult.Line] = [:]
        var origin: [String: String] = [:]
        var present: [Int: Set<Int>] = [:]
        for name in names {
            guard let result = ShardResult(path: "\(folder)/\(name)") else {
                throw CommandFailure.badData(
                    "'\(folder)/\(name)' is damaged: remove it and run its shard again")
            }
            guard result.heading.plan == hash else {
                throw CommandFailure.badData("'\(folder)/\(name)' belongs to another plan")
            }
            present[result.heading.shards, default: []].insert(result.heading.shard)
            for line in result.lines {
                if let other = origin[line.key] {
                    throw CommandFailure.badData(
                        "'\(line.key)' is in '\(other)' and in '\(name)': keep the shards of one number only")
                }
                origin[line.key] = name
                lines[line.key] = line
            }
        }
        let missing = plan.units.filter { lines[$0.key] == nil }
        guard missing.isEmpty else {
            let shards = present.keys.sorted().map { count in
                let absent = (0..<count).filter { present[count]?.contains($0) != true }
                return "\(absent.prefix(20).map { "\($0)/\(count)" }.joined(separator: ", "))"
            }
            throw CommandFailure(
                code: 75,
                message: "\(missing.count) of \(plan.units.count) units are missing, the first is "
                    + "'\(missing[0].key)'; shards to run: "
                    + (shards.isEmpty ? "all" : shards.joined(separator: "; ")))
        }
        self.lines = lines
    }

    /// Units with bad data and why, sorted.
    var failures: [(key: String, reason: String)] {
        plan.units.compactMap { unit in lines[unit.key]?.failed.map { (unit.key, $0) } }
    }

    /// The merged report of `evaluate`; without latencies, which would differ from run to run.
    func evaluation() throws -> EvaluationReport {
        let objectClass = try RepresentationFile.load(plan.heading.representation).representation
        let dataset = try AnnotatedDataset(contentsOf: plan.heading.input)
        let order = try KeypointOrder(objectClass, in: dataset)
        let images = plan.units.compactMap { unit -> EvaluatedImage? in
            guard let image = dataset.image(id: unit.key) else { return nil }
            let truth = order.annotations(of: image).map { annotation in
                annotation.map {
                    KeypointTruth(pixel: $0.pixel, isVisible: $0.isVisible, position: $0.position)
                }
            }
            let record = lines[unit.key]?.alignment
            return EvaluatedImage(
                id: image.id, boxSide: image.boundingBox?.largerSide ?? record?.boxSide ?? 1, truth: truth,
                result: record?.result
                    ?? TrackingResult(unanswered: lines[unit.key]?.failed ?? "no record"),
                nearest: record?.nearestPixels ?? truth.map { _ in nil })
        }
        return EvaluationReport(images, representation: objectClass)
    }

    /// Writes the alignments of each category as `evaluate --alignments` reads them.
    func writeAlignments(to folder: String) throws -> Int {
        let options = try ShardedOptions.parse(plan.heading.options).observation
        try RecordFile.createFolder(folder)
        var count = 0
        for (category, hash) in plan.heading.hashes.sorted(by: { $0.key < $1.key }) {
            let records = plan.units.filter { $0.category == category }.compactMap {
                lines[$0.key]?.alignment
            }
            let heading = AlignmentCache.Heading(
                format: "semalign alignments 1", representation: hash, settings: options.identity)
            let sorted = records.sorted { $0.image < $1.image }.map(\.json.line)
            try RecordFile.write([heading.json.line] + sorted, to: "\(folder)/\(category).jsonl")
            count += records.count
        }
        return count
    }

    /// What all bags count together, and each of them.
    func replays() -> JSONValue {
        let records = plan.units.compactMap { unit in lines[unit.key]?.replay.map { (unit.key, $0) } }
        func sum(_ value: (ShardResult.ReplayRecord) -> Int) -> JSONValue {
            .integer(records.reduce(0) { $0 + value($1.1) })
        }
        func sums(_ value: (ShardResult.ReplayRecord) -> [String: Int]) -> JSONValue {
            var all: [String: Int] = [:]
            for (_, record) in records { all.merge(value(record)) { $0 + $1 } }
            return .object(all.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
        }
        return .object([
            ("bags", .integer(records.count)), ("frames", sum(\.frames)), ("messages", sum(\.messages)),
            ("cold_starts", sum(\.coldStarts)), ("sequences", sum(\.sequences)), ("damages", sum(\.damages)),
            ("states", sums(\.states)), ("drops", sums(\.drops)),
            (
                "failed",
                .list(failures.map { .object([("bag", .text($0.key)), ("reason", .text($0.reason))]) })
            ),
            (
                "outputs",
                .list(records.map { .object([("bag", .text($0.0)), ("output", .text($0.1.output))]) })
            ),
        ])
    }
}
