// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignBags

/// One pair of the MCAP conformance corpus: a file and what it holds.
struct ConformanceCase: Sendable {
    let name: String
    let file: [UInt8]
    let expectation: [UInt8]

    var features: Set<String> { Set(name.split(separator: "-").dropFirst().map(String.init)) }

    /// Records in the order of the file: type, then fields by name.
    var records: [ExpectedRecord] {
        get throws {
            let json = try JSONSerialization.jsonObject(with: Data(expectation))
            let list = (json as? [String: Any])?["records"] as? [[String: Any]] ?? []
            return list.map { record in
                let pairs = record["fields"] as? [[Any]] ?? []
                let fields = pairs.map { ($0[0] as? String ?? "", normalized($0[1])) }
                return ExpectedRecord(
                    type: record["type"] as? String ?? "",
                    fields: Dictionary(fields, uniquingKeysWith: { $1 }))
            }
        }
    }

    /// All 416 pairs, kept as the messages of one bag that the Python package wrote.
    static func all() throws -> [ConformanceCase] {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "Conformance/corpus.mcap")
        var files: [String: [UInt8]] = [:]
        var cases: [ConformanceCase] = []
        var messages = try BagReader.open(path.path()).stream()
        while let message = try messages.next() {
            let length = Int(message.payload[0])
            let name = String(decoding: message.payload[1...length], as: UTF8.self)
            let content = [UInt8](message.payload[(length + 1)...])
            if message.topic == "json" {
                files[name] = content
            } else {
                cases.append(
                    ConformanceCase(name: name, file: content, expectation: files[name] ?? []))
            }
        }
        return cases
    }
}

/// A record as the corpus describes it; every value is a text.
struct ExpectedRecord: Hashable {
    let type: String
    let fields: [String: String]

    func number<T: FixedWidthInteger>(_ name: String) -> T { fields[name].flatMap { T($0) } ?? 0 }
    func text(_ name: String) -> String { fields[name] ?? "" }
    func bytes(_ name: String) -> [UInt8] { text(name).split(separator: ",").compactMap { UInt8($0) } }
    func map(_ name: String) -> [String: String] {
        let pairs = text(name).split(separator: ",").map { $0.split(separator: "=").map(String.init) }
        return Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })
    }
}

/// Arrays and maps of the corpus as one text: `1,2,3` and `key=value,...`.
private func normalized(_ value: Any) -> String {
    if let list = value as? [Any] { return list.map { "\($0)" }.joined(separator: ",") }
    if let map = value as? [String: Any] { return joined(map.mapValues { "\($0)" }) }
    return "\(value)"
}

private func joined<Key: Comparable, Value>(_ map: [Key: Value]) -> String {
    map.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
}

private func joined(_ bytes: [UInt8]) -> String { bytes.map { "\($0)" }.joined(separator: ",") }

extension ExpectedRecord {
    /// A record in the corpus's words; `nil` for kinds that the corpus leaves out.
    init?(_ record: BagRecord) {
        switch record {
        case .header(let header):
            self.init(type: "Header", fields: ["library": header.library, "profile": header.profile])
        case .schema(let schema):
            self.init(
                type: "Schema",
                fields: [
                    "id": "\(schema.id)", "name": schema.name, "encoding": schema.encoding,
                    "data": joined(schema.data),
                ])
        case .channel(let channel):
            self.init(
                type: "Channel",
                fields: [
                    "id": "\(channel.id)", "schema_id": "\(channel.schemaID)", "topic": channel.topic,
                    "message_encoding": channel.messageEncoding, "metadata": joined(channel.metadata),
                ])
        case .message(let header, let payload):
            self.init(
                type: "Message",
                fields: [
                    "channel_id": "\(header.channelID)", "sequence": "\(header.sequence)",
                    "log_time": "\(header.logTime)", "publish_time": "\(header.publishTime)",
                    "data": joined(payload),
                ])
        case .attachment(let attachment):
            self.init(
                type: "Attachment",
                fields: [
                    "log_time": "\(attachment.logTime)", "create_time": "\(attachment.createTime)",
                    "name": attachment.name, "media_type": attachment.mediaType,
                    "data": joined(attachment.data),
                ])
        case .metadata(let metadata):
            self.init(type: "Metadata", fields: ["name": metadata.name, "metadata": joined(metadata.values)])
        case .dataEnd(let end):
            self.init(type: "DataEnd", fields: ["data_section_crc": "\(end.dataSectionCRC)"])
        case .footer(let footer):
            self.init(
                type: "Footer",
                fields: [
                    "summary_start": "\(footer.summaryStart)", "summary_crc": "\(footer.summaryCRC)",
                    "summary_offset_start": "\(footer.summaryOffsetStart)",
                ])
        default: self.init(summary: record)
        }
    }

    private init?(summary record: BagRecord) {
        switch record {
        case .chunkIndex(let index):
            self.init(
                type: "ChunkIndex",
                fields: [
                    "message_start_time": "\(index.messageStartTime)",
                    "message_end_time": "\(index.messageEndTime)",
                    "chunk_start_offset": "\(index.chunkStartOffset)", "chunk_length": "\(index.chunkLength)",
                    "message_index_offsets": joined(index.messageIndexOffsets),
                    "message_index_length": "\(index.messageIndexLength)", "compression": index.compression,
                    "compressed_size": "\(index.compressedSize)",
                    "uncompressed_size": "\(index.uncompressedSize)",
                ])
        case .attachmentIndex(let index):
            self.init(
                type: "AttachmentIndex",
                fields: [
                    "offset": "\(index.offset)", "length": "\(index.length)", "log_time": "\(index.logTime)",
                    "create_time": "\(index.createTime)", "data_size": "\(index.dataSize)",
                    "name": index.name, "media_type": index.mediaType,
                ])
        case .metadataIndex(let index):
            self.init(
                type: "MetadataIndex",
                fields: ["offset": "\(index.offset)", "length": "\(index.length)", "name": index.name])
        case .statistics(let statistics):
            self.init(
                type: "Statistics",
                fields: [
                    "message_count": "\(statistics.messageCount)",
                    "schema_count": "\(statistics.schemaCount)",
                    "channel_count": "\(statistics.channelCount)",
                    "attachment_count": "\(statistics.attachmentCount)",
                    "metadata_count": "\(statistics.metadataCount)",
                    "chunk_count": "\(statistics.chunkCount)",
                    "message_start_time": "\(statistics.messageStartTime)",
                    "message_end_time": "\(statistics.messageEndTime)",
                    "channel_message_counts": joined(statistics.channelMessageCounts),
                ])
        case .summaryOffset(let offset):
            self.init(
                type: "SummaryOffset",
                fields: [
                    "group_opcode": "\(offset.groupOpcode)", "group_start": "\(offset.groupStart)",
                    "group_length": "\(offset.groupLength)",
                ])
        default: return nil
        }
    }
}
