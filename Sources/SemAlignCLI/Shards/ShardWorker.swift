// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import SemAlignCore
import SemAlignDatasets
import SemAlignMessages
import SemAlignNode

/// Does the work of one shard.
struct ShardWorker {
    let plan: ShardPlan
    let folder: String
    let shard: Int
    let count: Int

    /// Path of the result.
    var path: String { "\(folder)/\(ShardResult.name(shard: shard, of: count))" }

    /// What came out: how many units, how many of them with bad data, and whether it was done before.
    struct Outcome {
        let units: Int
        let failed: Int
        let wasDone: Bool
    }

    /// Does what is not done yet; a unit with bad data is recorded and costs the others nothing.
    func run(progress: (Int, Int) -> Void) throws -> Outcome {
        let units = plan.units(ofShard: shard, of: count)
        let heading = ShardResult.Heading(plan: plan.hash, shard: shard, shards: count, units: units.count)
        if let done = ShardResult(path: path), done.heading == heading {
            return Outcome(
                units: units.count, failed: done.lines.count { $0.failed != nil }, wasDone: true)
        }
        try RecordFile.createFolder(folder)
        var lines = [ShardResult.line(heading)]
        var failed = 0
        let work = try Work(plan: plan, folder: folder)
        for (number, unit) in units.enumerated() {
            let result: (String, JSONValue)
            do {
                result = try work.record(of: unit)
            } catch {
                // What no retry could mend is part of the result; all else ends the shard.
                guard CommandFailure.isAboutData(error) else { throw error }
                result = ("failed", .text("\(error)"))
                failed += 1
            }
            lines.append(JSONValue.object([("key", .text(unit.key)), result]).line)
            progress(number + 1, units.count)
        }
        try RecordFile.write(lines, to: path)
        return Outcome(units: units.count, failed: failed, wasDone: false)
    }

    /// What units of one plan share: classes and datasets.
    private final class Work {
        private let plan: ShardPlan
        private let folder: String
        private var classes: [String: ClassRepresentation] = [:]
        private var datasets: [String: AnnotatedDataset] = [:]
        private let options: ObservationOptions
        private var pairOptions = PairOptions()

        init(plan: ShardPlan, folder: String) throws {
            self.plan = plan
            self.folder = folder
            if plan.heading.kind == .replay {
                options = try ObservationOptions.parse([])
            } else {
                let parsed = try ShardedOptions.parse(plan.heading.options)
                (options, pairOptions) = (parsed.observation, parsed.pairs)
            }
            for (name, hash) in plan.heading.hashes {
                let base = plan.heading.representation
                let path = name.isEmpty ? base : "\(base)/\(name).semalign"
                let file = try RepresentationFile.load(path)
                guard file.identity.hash == hash else {
                    throw CommandFailure.badData(
                        "'\(path)' is \(file.identity.hash), the plan was made with \(hash): plan again")
                }
                classes[name] = file.representation
            }
        }

        func record(of unit: ShardPlan.Unit) throws -> (String, JSONValue) {
            if plan.heading.kind == .replay { return ("replay", try replay(unit.key)) }
            let dataset = try dataset(unit.category)
            let id = unit.category.isEmpty ? unit.key : String(unit.key.dropFirst(unit.category.count + 1))
            guard let image = dataset.image(id: id), let objectClass = classes[unit.category] else {
                throw CommandFailure.badData("'\(plan.heading.input)' has no image '\(unit.key)': plan again")
            }
            return ("alignment", try AlignmentCache.align(image, in: dataset, objectClass, options).json)
        }

        private func dataset(_ category: String) throws -> AnnotatedDataset {
            if let known = datasets[category] { return known }
            let path = plan.heading.input
            let dataset: AnnotatedDataset
            if let benchmark = try pairOptions.benchmark(at: path) {
                dataset = try benchmark.category(category, split: plan.heading.split, withPairs: false)
                    .dataset
            } else {
                dataset = try AnnotatedDataset(contentsOf: path)
            }
            datasets[category] = dataset
            return dataset
        }

        /// Answers a bag into the folder; a bag that was finished by an earlier try is answered again only
        /// where its counts were not kept.
        private func replay(_ bag: String) throws -> JSONValue {
            let name = RepresentationFile.hash(of: Array(bag.utf8)).replacing(":", with: "-") + ".mcap"
            let (output, draft) = ("\(folder)/\(name)", "\(folder)/\(name).\(getpid()).part")
            _ = unsafe unlink(draft)
            var node = try NodeOptions.parse(plan.heading.options)
            node.representation = plan.heading.representation
            let summary: ReplaySummary
            do {
                summary = try BagReplay(try node.resolved().configuration).run(from: bag, to: draft)
            } catch {
                _ = unsafe unlink(draft)
                throw error
            }
            guard unsafe rename(draft, output) == 0 else {
                throw CommandFailure.cannotCreate("cannot write '\(output)'")
            }
            func counts(_ values: [(String, Int)]) -> JSONValue {
                .object(values.sorted { $0.0 < $1.0 }.map { ($0.0, .integer($0.1)) })
            }
            return .object([
                ("output", .text(name)), ("frames", .integer(summary.frames)),
                ("messages", .integer(summary.messages)), ("coldStarts", .integer(summary.coldStarts)),
                ("sequences", .integer(summary.sequences)), ("damages", .integer(summary.damages.count)),
                ("states", counts(summary.states.map { ($0.key.rawValue, $0.value) })),
                ("drops", counts(summary.drops.map { ($0.key.rawValue, $0.value) })),
            ])
        }
    }
}

extension CommandFailure {
    /// True where the input is at fault and no second try would help.
    static func isAboutData(_ error: any Error) -> Bool {
        let code = sysexit(of: error)
        return code == 65 || code == 66
    }
}
