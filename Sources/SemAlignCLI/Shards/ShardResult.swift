// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What one shard leaves behind: a heading, then one line for each of its units, sorted by key.
struct ShardResult {
    /// First line of the file.
    struct Heading: Codable, Equatable {
        var format = "semalign shard 1"
        /// Hash of the plan.
        let plan: String
        let shard: Int
        let shards: Int
        let units: Int
    }

    /// One unit: its key, and its record or why there is none.
    struct Line: Decodable {
        let key: String
        let failed: String?
        let alignment: AlignmentRecord?
        let replay: ReplayRecord?
    }

    /// What a replay counted: whole numbers only, so that sums do not depend on their order.
    struct ReplayRecord: Codable, Equatable {
        let output: String
        let frames: Int
        let messages: Int
        let coldStarts: Int
        let sequences: Int
        let damages: Int
        let states: [String: Int]
        let drops: [String: Int]
    }

    let heading: Heading
    let lines: [Line]

    /// Name of a shard's file in the folder of results.
    static func name(shard: Int, of count: Int) -> String { "shard-\(shard)-of-\(count).jsonl" }

    /// Reads a file; `nil` where it is cut off or of another form.
    init?(path: String) {
        guard let bytes = try? InputFile.read(path) else { return nil }
        let lines = bytes.split(separator: 0x0A).map { Data($0) }
        guard let first = lines.first, let heading = try? JSONDecoder().decode(Heading.self, from: first),
            heading.format == "semalign shard 1", lines.count == heading.units + 1
        else { return nil }
        let records = lines.dropFirst().compactMap { try? JSONDecoder().decode(Line.self, from: $0) }
        guard records.count == heading.units else { return nil }
        self.heading = heading
        self.lines = records
    }

    /// The heading as a line.
    static func line(_ heading: Heading) -> String {
        JSONValue.object([
            ("format", .text(heading.format)), ("plan", .text(heading.plan)),
            ("shard", .integer(heading.shard)), ("shards", .integer(heading.shards)),
            ("units", .integer(heading.units)),
        ]).line
    }
}
