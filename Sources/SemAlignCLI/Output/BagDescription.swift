// SPDX-License-Identifier: Apache-2.0

import SemAlignBags

/// What `bag info` prints.
struct BagDescription {
    let path: String
    let info: BagInfo

    /// For people.
    var text: String {
        let statistics = info.statistics
        var topics = TextTable("topic", "messages", "rate", "largest gap", "schema")
        for topic in info.topics {
            topics.append(
                topic.channel.topic, "\(topic.count)", topic.rate.map { "\($0.fixed(2)) Hz" } ?? "-",
                topic.timing.map { "\((Double($0.largestGap) * 1e-6).fixed(1)) ms" } ?? "-",
                topic.channel.schemaName)
        }
        var lines = [
            "\(path): \(statistics.messageCount) messages in \((Double(info.duration) * 1e-9).fixed(2)) s, "
                + "\((Double(info.size) / 1_048_576).fixed(1)) MiB, from \(statistics.messageStartTime) ns",
            topics.text,
        ]
        for group in info.chunks {
            let share = 100 * Double(group.compressedSize) / Double(max(group.uncompressedSize, 1))
            lines.append(
                "\(group.count) chunks, compression \(group.compression.isEmpty ? "none" : group.compression), "
                    + "\(share.fixed(0)) % of \((Double(group.uncompressedSize) / 1_048_576).fixed(1)) MiB")
        }
        if !info.attachments.isEmpty { lines.append("\(info.attachments.count) attachments") }
        if !info.metadata.isEmpty { lines.append("\(info.metadata.count) metadata records") }
        if case .truncated(let offset) = info.ending {
            lines.append("the file ends in the middle, at byte \(offset): see 'semalign bag recover'")
        }
        lines += info.damage.prefix(5).map { "damaged: \($0)" }
        if info.damage.count > 5 { lines.append("damaged: \(info.damage.count - 5) more places") }
        return lines.joined(separator: "\n")
    }

    /// For programs.
    var json: JSONValue {
        let statistics = info.statistics
        return .object([
            ("file", .text(path)), ("bytes", .integer(Int(clamping: info.size))),
            ("profile", .text(info.header.profile)), ("library", .text(info.header.library)),
            ("messages", .integer(Int(clamping: statistics.messageCount))),
            ("start_ns", .integer(Int(clamping: statistics.messageStartTime))),
            ("end_ns", .integer(Int(clamping: statistics.messageEndTime))),
            ("duration_s", .number(Double(info.duration) * 1e-9)),
            ("topics", .list(info.topics.map(Self.json))),
            ("chunks", .list(info.chunks.map(Self.json))), ("chunks_overlap", .boolean(info.chunksOverlap)),
            ("attachments", .texts(info.attachments.map(\.name))),
            ("metadata", .texts(info.metadata.map(\.name))), ("scanned", .boolean(info.isScanned)),
            ("truncated_at", truncation), ("damage", .texts(info.damage.map(\.description))),
        ])
    }

    private var truncation: JSONValue {
        if case .truncated(let offset) = info.ending { .integer(Int(clamping: offset)) } else { .null }
    }

    private static func json(_ topic: BagInfo.Topic) -> JSONValue {
        .object([
            ("topic", .text(topic.channel.topic)), ("schema", .text(topic.channel.schemaName)),
            ("encoding", .text(topic.channel.channel.messageEncoding)),
            ("messages", .integer(Int(clamping: topic.count))),
            ("rate_hz", topic.rate.map { .number($0) } ?? .null),
            (
                "largest_gap_ns",
                topic.timing.map { .integer(Int(clamping: $0.largestGap)) } ?? .null
            ),
        ])
    }

    private static func json(_ group: BagInfo.ChunkGroup) -> JSONValue {
        .object([
            ("compression", .text(group.compression)), ("count", .integer(group.count)),
            ("compressed_bytes", .integer(Int(clamping: group.compressedSize))),
            ("uncompressed_bytes", .integer(Int(clamping: group.uncompressedSize))),
        ])
    }
}
