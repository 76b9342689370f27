// SPDX-License-Identifier: Apache-2.0

import SemAlignBags
import Testing

@Suite struct ConformanceTests {
    @Test("All 416 files of the corpus give their records in order")
    func streamedReads() throws {
        let cases = try ConformanceCase.all()
        #expect(cases.count == 416)
        for example in cases {
            var reader = try RecordReader(MemorySource(example.file))
            var found: [ExpectedRecord] = []
            while let record = try reader.next() {
                if let record = ExpectedRecord(record) { found.append(record) }
            }
            #expect(found == (try example.records), "\(example.name)")
        }
    }

    @Test("The 16 indexed files give their messages in order of time, equal times as written")
    func indexedReads() throws {
        let needed: Set = ["ch", "chx", "rch", "rsh", "mx"]
        let cases = try ConformanceCase.all().filter {
            $0.features.isSuperset(of: needed) && $0.name.contains("Message")
        }
        #expect(cases.count == 16)
        for example in cases {
            let expected = try example.records.filter { $0.type == "Message" }.enumerated().sorted {
                ($0.element.number("log_time") as UInt64, $0.offset)
                    < ($1.element.number("log_time") as UInt64, $1.offset)
            }
            var found: [ExpectedRecord?] = []
            var messages = try BagReader(MemorySource(example.file)).messages()
            while let message = try messages.next() {
                found.append(ExpectedRecord(.message(message.header, payload: message.payload)))
            }
            #expect(found == expected.map(\.element), "\(example.name)")
        }
    }

    @Test("All 208 files without padding are written byte for byte")
    func writes() throws {
        let cases = try ConformanceCase.all().filter { !$0.features.contains("pad") }
        #expect(cases.count == 208)
        for example in cases {
            #expect(try written(example) == example.file, "\(example.name)")
        }
    }

    private func written(_ example: ConformanceCase) throws -> [UInt8] {
        let sink = MemorySink()
        var writer = try BagWriter(sink, configuration: configuration(example.features))
        for record in try example.records {
            switch record.type {
            case "Schema" where writer.statistics.schemaCount == 0:
                _ = try writer.addSchema(
                    name: record.text("name"), encoding: record.text("encoding"), data: record.bytes("data"))
            case "Channel" where writer.statistics.channelCount == 0:
                _ = try writer.addChannel(
                    topic: record.text("topic"), schema: record.number("schema_id"),
                    encoding: record.text("message_encoding"), metadata: record.map("metadata"))
            case "Message":
                try writer.write(
                    channel: record.number("channel_id"), sequence: record.number("sequence"),
                    logTime: record.number("log_time"), publishTime: record.number("publish_time"),
                    payload: record.bytes("data"))
            case "Attachment":
                try writer.write(
                    Attachment(
                        logTime: record.number("log_time"), createTime: record.number("create_time"),
                        name: record.text("name"), mediaType: record.text("media_type"),
                        data: record.bytes("data")))
            case "Metadata":
                try writer.write(Metadata(name: record.text("name"), values: record.map("metadata")))
            default: continue
            }
        }
        _ = try writer.close()
        return sink.bytes
    }

    private func configuration(_ features: Set<String>) -> WriterConfiguration {
        var configuration = WriterConfiguration()
        configuration.library = ""
        configuration.compression = .none
        if !features.contains("ch") { configuration.chunkSize = nil }
        configuration.indexesMessages = features.contains("mx")
        let parts: [(String, SummaryContents)] = [
            ("rsh", .schemas), ("rch", .channels), ("st", .statistics), ("mdx", .metadataIndex),
            ("ax", .attachmentIndex), ("chx", .chunkIndex), ("sum", .offsets),
        ]
        configuration.summary = SummaryContents(parts.filter { features.contains($0.0) }.map(\.1))
        return configuration
    }
}
