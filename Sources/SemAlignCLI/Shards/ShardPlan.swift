// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignDatasets
import SemAlignMessages

/// Work that can be done in any number of parts, on any machines, in any order: one JSON line a unit.
///
/// The same input gives the same bytes. Paths are kept as they were given: shards run in the same folder.
struct ShardPlan: Equatable {
    /// What is done with each unit.
    enum Kind: String, Codable {
        /// Align images of a dataset; merged into a report.
        case evaluate
        /// Align images of a benchmark; merged into a folder of alignments for `evaluate --alignments`.
        case align
        /// Answer the frames of bags; merged into a table.
        case replay
    }

    /// First line of the file.
    struct Heading: Codable, Equatable {
        var format = "semalign plan 1"
        let kind: Kind
        /// Dataset or benchmark; empty for bags.
        let input: String
        let split: String
        /// Representation file, or a benchmark's folder of them.
        let representation: String
        /// Hashes of the representation files by their names.
        let hashes: [String: String]
        /// Settings that decide the answers, as command line options.
        let options: [String]
        let units: Int
    }

    /// One piece of work.
    struct Unit: Codable, Equatable {
        /// Name that units are sorted by: an image's id, `category/id`, or a bag's path.
        let key: String
        /// Category of a benchmark's image, else empty.
        let category: String
        /// Bytes that have to be read: shards are made equal in these.
        let bytes: Int
    }

    let heading: Heading
    let units: [Unit]

    init(heading: Heading, units: [Unit]) {
        self.heading = heading
        self.units = units
    }

    /// The lines of the file.
    var lines: [String] { [Self.line(heading)] + units.map(Self.line) }

    /// Fingerprint that ties results to their plan.
    var hash: String {
        RepresentationFile.hash(of: Array(lines.joined(separator: "\n").utf8))
    }

    /// Reads and checks a plan.
    init(path: String) throws {
        let lines = try InputFile.read(path).split(separator: 0x0A).map { Data($0) }
        let decoder = JSONDecoder()
        guard let first = lines.first, let heading = try? decoder.decode(Heading.self, from: first),
            heading.format == "semalign plan 1"
        else { throw CommandFailure.badData("'\(path)' is no plan; make one with 'semalign shard plan'") }
        let units = lines.dropFirst().compactMap { try? decoder.decode(Unit.self, from: $0) }
        let keys = units.map(\.key)
        guard units.count == lines.count - 1, units.count == heading.units,
            zip(keys, keys.dropFirst()).allSatisfy({ $0 < $1 }), units.allSatisfy({ $0.bytes >= 0 })
        else {
            throw CommandFailure.badData(
                "'\(path)' is cut off or damaged: \(units.count) of \(heading.units) units; make it again")
        }
        self.init(heading: heading, units: units)
    }

    /// Units of shard `index` of `count`, sorted by key: the largest first to whoever has least.
    func units(ofShard index: Int, of count: Int) -> [Unit] {
        var loads = [Int](repeating: 0, count: count)
        var chosen: [Unit] = []
        for unit in units.sorted(by: { ($1.bytes, $0.key) < ($0.bytes, $1.key) }) {
            let place = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
            // An empty file is work too.
            loads[place] += max(unit.bytes, 1)
            if place == index { chosen.append(unit) }
        }
        return chosen.sorted { $0.key < $1.key }
    }

    private static func line(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Plans hold texts and whole numbers only, which always encode.
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
