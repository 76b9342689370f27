// SPDX-License-Identifier: Apache-2.0

import SemAlignBags
import Testing

@Suite struct BagInfoTests {
    @Test("The summary and a scan of the whole file tell the same")
    func summaryAgainstScan() throws {
        let sample = SampleBag(count: 50, disorder: 30_000_000)
        var scanned = WriterConfiguration.small()
        scanned.summary = []
        let quick = try BagReader(MemorySource(sample.bytes())).info()
        let slow = try BagReader(MemorySource(sample.bytes(scanned))).info()
        #expect(!quick.isScanned && slow.isScanned)
        #expect(quick.topics == slow.topics)
        #expect(quick.statistics == slow.statistics)
        #expect(quick.chunks == slow.chunks)
        #expect(quick.chunksOverlap == slow.chunksOverlap)
        #expect(quick.attachments == slow.attachments && quick.metadata == slow.metadata)
        #expect(quick.damage == [] && slow.damage == [])
    }

    @Test("Counts, rates and gaps are those of the messages")
    func figures() throws {
        let sink = MemorySink()
        var writer = try BagWriter(sink)
        let schema = try writer.addSchema(name: "T", encoding: "protobuf", data: [])
        let steady = try writer.addChannel(topic: "/steady", schema: schema, encoding: "protobuf")
        let gappy = try writer.addChannel(topic: "/gappy", schema: schema, encoding: "protobuf")
        let second: UInt64 = 1_000_000_000
        for index in 0...20 {
            try writer.write(channel: steady, logTime: UInt64(index) * second / 10, payload: [])
        }
        for time in [0, 1, 4, 5] {
            try writer.write(channel: gappy, logTime: UInt64(time) * second, payload: [])
        }
        _ = try writer.close()
        let reader = try BagReader(MemorySource(sink.bytes))
        let info = try reader.info()
        #expect(info.duration == 5 * second)
        #expect(info.topics.map(\.channel.topic) == ["/gappy", "/steady"])
        #expect(info.topics.map(\.count) == [4, 21])
        #expect(info.topics.map(\.timing?.largestGap) == [3 * second, second / 10])
        #expect(info.topics.map(\.rate) == [0.6, 10])
        #expect(info.topics[0].channel.schemaName == "T")
        #expect(try reader.info(withTiming: false).topics.map(\.rate) == [0.6, 4])
    }

    @Test("An index of messages that cannot be read is told, and the rest is taken from the summary")
    func damagedIndex() throws {
        var bytes = try SampleBag(count: 20).bytes(.small(.none))
        let chunk = try #require(try BagReader(MemorySource(bytes)).summary?.chunkIndexes[1])
        // The length field of the first index behind the chunk.
        bytes[Int(chunk.chunkStartOffset + chunk.chunkLength) + 8] = 0x7F
        let info = try BagReader(MemorySource(bytes)).info()
        #expect(!info.isScanned && info.damage.count == 1)
        #expect(info.statistics.messageCount == 20 && info.topics.allSatisfy { $0.timing == nil })
    }

    @Test("Damage is told, and the rest counted")
    func damage() throws {
        var bytes = try SampleBag(count: 20).bytes(.small(.none))
        let chunk = try #require(try BagReader(MemorySource(bytes)).summary?.chunkIndexes[1])
        bytes[Int(chunk.chunkStartOffset + chunk.chunkLength) - 1] ^= 1
        bytes.removeLast()
        let info = try BagReader(MemorySource(bytes)).info()
        #expect(info.isScanned && info.damage.count == 2)
        #expect((1..<20).contains(info.statistics.messageCount))
    }
}
