// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignBags

/// What `bag info` prints.
struct BagDescription {
    let path: String
    let info: BagInfo

    /// For people.
    var text: String {
        let statistics = info.statistics
        var lines = [
            "\(path): \(counted(statistics.messageCount, "message")) in "
                + "\((Double(info.duration) * 1e-9).fixed(2)) s, \(Self.size(info.size))"
        ]
        if statistics.messageCount > 0 {
            lines.append("from \(Self.moment(statistics.messageStartTime))")
        }
        if !info.topics.isEmpty { lines.append(topics) }
        for group in info.chunks {
            let share = 100 * Double(group.compressedSize) / Double(max(group.uncompressedSize, 1))
            let compression = group.compression.isEmpty ? "none" : group.compression.shortened(to: 20)
            lines.append(
                "\(counted(group.count, "chunk")), compression \(compression), "
                    + "\(share.fixed(0)) % of \(Self.size(group.uncompressedSize))")
        }
        if !info.attachments.isEmpty { lines.append(counted(info.attachments.count, "attachment")) }
        if !info.metadata.isEmpty { lines.append(counted(info.metadata.count, "metadata record")) }
        if info.isScanned { lines.append("all of the file was read: its summary does not say this") }
        if case .truncated(let offset) = info.ending {
            lines.append("the records break off at byte \(offset): see 'semalign bag recover'")
        }
        lines += info.damage.prefix(5).map { "damaged: \($0.description.shortened(to: 300))" }
        if info.damage.count > 5 { lines.append("damaged: \(counted(info.damage.count - 5, "more place"))") }
        return lines.joined(separator: "\n")
    }

    private var topics: String {
        var table = TextTable("topic", "count", "rate", "max gap", "schema")
        table.textColumns.insert(4)
        for topic in info.topics {
            let encoding = topic.channel.channel.messageEncoding
            let format = encoding == "protobuf" ? "" : " (\(encoding.shortened(to: 20)))"
            table.append(
                topic.channel.topic.shortened(to: 60), "\(topic.count)",
                topic.rate.map { "\($0.fixed(2)) Hz" } ?? "-", topic.timing.map(Self.gap) ?? "-",
                topic.channel.schemaName.shortened(to: 60) + format)
        }
        return table.text
    }

    private static func gap(_ timing: TopicTiming) -> String {
        guard timing.count > 1 else { return "-" }
        return "\((Double(timing.largestGap) * 1e-6).fixed(1)) ms"
    }

    private static func size(_ bytes: UInt64) -> String {
        bytes < 100 * 1024 ? counted(bytes, "byte") : "\((Double(bytes) / 1_048_576).fixed(1)) MiB"
    }

    /// Nanoseconds since 1970, and the date where the clock was not a simulation's.
    private static func moment(_ time: UInt64) -> String {
        let seconds = time / 1_000_000_000
        guard seconds >= 31_536_000, var clock = time_t(exactly: seconds) else { return "\(time) ns" }
        var date = tm()
        guard unsafe gmtime_r(&clock, &date) != nil else { return "\(time) ns" }
        func digits(_ number: Int32) -> String { (number < 10 ? "0" : "") + "\(number)" }
        let day = unsafe "\(date.tm_year + 1900)-\(digits(date.tm_mon + 1))-\(digits(date.tm_mday))"
        let hour = unsafe "\(digits(date.tm_hour)):\(digits(date.tm_min)):\(digits(date.tm_sec))"
        return "\(day) \(hour) UTC (\(time) ns)"
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
