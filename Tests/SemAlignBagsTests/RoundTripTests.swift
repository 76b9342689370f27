// SPDX-License-Identifier: Apache-2.0

import SemAlignBags
import Testing

@Suite struct RoundTripTests {
    @Test("What was written is read again, streamed and in order", arguments: Compression.allCases)
    func roundTrip(compression: Compression) throws {
        let sample = SampleBag(count: 40, disorder: 50_000_000)
        for chunkSize in [nil, 1, 300, 1 << 20] {
            let bytes = try sample.bytes(.small(compression, chunkSize: chunkSize))
            let reader = try BagReader(MemorySource(bytes))
            var stream = reader.stream()
            #expect(try stream.all() == sample.messages)
            #expect(stream.ending == .complete)
            var ordered = try reader.messages()
            #expect(try ordered.all() == sample.ordered)
            #expect(reader.summaryProblem == nil)
            #expect(BagCheck.errors(in: bytes) == [])
        }
    }

    @Test("Every part of the summary may be missing", arguments: [0, 1, 2, 4, 8, 16, 32, 64, 3, 35, 63, 92])
    func partialSummary(contents: UInt8) throws {
        let sample = SampleBag(count: 20, disorder: 50_000_000)
        for indexesMessages in [false, true] {
            for repeatsDefinitions in [false, true] {
                var configuration = WriterConfiguration.small()
                configuration.summary = SummaryContents(rawValue: contents)
                configuration.indexesMessages = indexesMessages
                configuration.repeatsDefinitions = repeatsDefinitions
                let reader = try BagReader(MemorySource(sample.bytes(configuration)))
                var ordered = try reader.messages()
                #expect(try ordered.all() == sample.ordered)
                #expect(try reader.info().statistics.messageCount == 20)
            }
        }
    }

    @Test("The payload can be lent instead of copied")
    func lentPayload() throws {
        let sample = SampleBag(count: 9)
        let reader = try BagReader(MemorySource(try sample.bytes()))
        var stream = reader.stream()
        var ordered = try reader.messages()
        for message in sample.messages {
            let sizes = [
                try stream.withNext { channel, _, payload in "\(channel.topic) \(payload.byteCount)" },
                try ordered.withNext { channel, _, payload in "\(channel.topic) \(payload.byteCount)" },
            ]
            #expect(sizes == Array(repeating: "\(message.topic) 40", count: 2))
        }
        #expect(try stream.withNext { _, _, _ in 1 } == nil)
        #expect(try ordered.withNext { _, _, _ in 1 } == nil)
    }

    @Test("Topics and a time range are selected, the end not included")
    func selection() throws {
        let sample = SampleBag(count: 60, disorder: 100_000_000)
        let selection = MessageSelection(
            topics: [SampleBag.topics[1], "/absent"], start: 1_100_000_000, end: 1_300_000_000)
        let expected = sample.ordered.filter {
            $0.topic == SampleBag.topics[1] && (1_100_000_000..<1_300_000_000).contains($0.logTime)
        }
        #expect(!expected.isEmpty)
        for contents in [SummaryContents.all, []] {
            var configuration = WriterConfiguration.small()
            configuration.summary = contents
            let reader = try BagReader(MemorySource(sample.bytes(configuration)))
            var ordered = try reader.messages(selection)
            #expect(try ordered.all() == expected)
        }
    }

    @Test("Chunks that overlap everywhere are merged with one chunk in memory")
    func overlapWithSmallCache() throws {
        var sample = SampleBag(count: 200)
        sample.messages = sample.messages.enumerated().map { index, message in
            SampleMessage(
                topic: message.topic, sequence: message.sequence, logTime: UInt64(index % 20),
                publishTime: 0, payload: message.payload)
        }
        var configuration = ReaderConfiguration()
        configuration.limits.cacheSize = 1
        for chunkSize in [nil, 1000] {
            let bytes = try sample.bytes(.small(.lz4, chunkSize: chunkSize))
            var ordered = try BagReader(MemorySource(bytes), configuration: configuration).messages()
            #expect(try ordered.all() == sample.ordered)
        }
    }

    @Test("Attachments and metadata are found through the summary")
    func attachments() throws {
        let reader = try BagReader(MemorySource(try SampleBag(count: 6).bytes()))
        let summary = try #require(reader.summary)
        #expect(try summary.attachmentIndexes.map { try reader.attachment($0) } == [SampleBag.attachment])
        #expect(try summary.metadataIndexes.map { try reader.metadata($0) } == [SampleBag.metadata])
    }

    @Test("Equal calls give equal bytes")
    func deterministic() throws {
        let sample = SampleBag(count: 30)
        #expect(try sample.bytes() == sample.bytes())
    }

    @Test("A bag without messages is complete")
    func empty() throws {
        let bytes = try SampleBag(count: 0).bytes()
        let reader = try BagReader(MemorySource(bytes))
        var stream = reader.stream()
        var ordered = try reader.messages()
        #expect(try stream.all() == [] && ordered.all() == [])
        #expect(stream.ending == .complete && ordered.ending == .complete)
        #expect(BagCheck.errors(in: bytes) == [])
        #expect(try reader.info().topics.map(\.count) == [0, 0, 0])
    }

    @Test("Records of unknown kind are passed over")
    func unknownRecords() throws {
        let sample = SampleBag(count: 6)
        var bytes = try sample.bytes(.small(.none, chunkSize: nil).withoutChecksums())
        // Behind the header: magic, then nine bytes and two strings of which the second is "semalign".
        let place = 8 + 9 + 4 + 4 + 8
        for opcode in [0x70, 0x80, 0xFF] as [UInt8] {
            bytes.insert(contentsOf: [opcode, 3, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3], at: place)
        }
        var stream = try BagReader(MemorySource(bytes)).stream()
        #expect(try stream.all() == sample.messages)
    }
}

extension BagCheck {
    /// Texts of the errors in a bag.
    static func errors(in bytes: [UInt8]) -> [String] {
        do {
            return try BagCheck(MemorySource(bytes)).findings.filter { $0.severity == .error }.map(\.text)
        } catch {
            return ["\(error)"]
        }
    }
}
