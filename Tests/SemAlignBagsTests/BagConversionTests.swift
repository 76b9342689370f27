// SPDX-License-Identifier: Apache-2.0

import SemAlignBags
import Testing

@Suite struct BagConversionTests {
    private func convert(
        _ bags: [[UInt8]], _ change: (inout BagConversion) -> Void = { _ in }
    ) throws -> (bytes: [UInt8], report: BagConversion.Report) {
        var conversion = BagConversion()
        conversion.writer = .small()
        change(&conversion)
        let sink = MemorySink()
        let report = try conversion.run(try bags.map { try BagReader(MemorySource($0)) }, to: sink)
        #expect(BagCheck.errors(in: sink.bytes) == [])
        return (sink.bytes, report)
    }

    private func messages(_ bytes: [UInt8]) throws -> [SampleMessage] {
        var stream = try BagReader(MemorySource(bytes)).stream()
        return try stream.all()
    }

    @Test(
        "A bag compressed anew holds the same messages, attachments, metadata and channels",
        arguments: Compression.allCases)
    func recompression(compression: Compression) throws {
        let sample = SampleBag(count: 30, disorder: 40_000_000)
        let (bytes, report) = try convert([sample.bytes()]) { $0.writer = .small(compression) }
        #expect(try messages(bytes) == sample.ordered)
        #expect(report.isComplete && report.statistics.messageCount == 30)
        let reader = try BagReader(MemorySource(bytes))
        let summary = try #require(reader.summary)
        #expect(try reader.attachment(try #require(summary.attachmentIndexes.first)) == SampleBag.attachment)
        #expect(try reader.metadata(try #require(summary.metadataIndexes.first)) == SampleBag.metadata)
        #expect(summary.channels.values.contains { $0.metadata == ["lens": "wide"] })
        // Once more changes nothing.
        #expect(try convert([bytes]) { $0.writer = .small(compression) }.bytes == bytes)
    }

    @Test("Topics are chosen by their old names and get new ones")
    func topics() throws {
        let sample = SampleBag(count: 12)
        let (bytes, _) = try convert([sample.bytes()]) {
            $0.topics = TopicFilter(included: ["/camera/*"], excluded: ["/camera/depth"])
            $0.remap = ["/camera/image": "/left/image", "/note": "/never"]
        }
        let expected = sample.messages.filter { $0.topic == "/camera/image" }
        let found = try messages(bytes)
        #expect(found.map(\.payload) == expected.map(\.payload))
        #expect(Set(found.map(\.topic)) == ["/left/image"])
    }

    @Test("A cut holds the messages from its start up to its end, counted from the first message")
    func cut() throws {
        let sample = SampleBag(count: 20)
        let (bytes, _) = try convert([sample.bytes()]) {
            $0.start = 50_000_000
            $0.end = 120_000_000
        }
        #expect(try messages(bytes) == Array(sample.messages[5..<12]))
        let (empty, _) = try convert([sample.bytes()]) { $0.start = .max }
        #expect(try messages(empty).isEmpty)
    }

    @Test(
        "Merged bags give all messages in the order of time, equal times input by input, equal channels once")
    func merge() throws {
        let samples = [SampleBag(count: 15), SampleBag(count: 9, payloadSize: 50, disorder: 30_000_000)]
        let (bytes, _) = try convert(try samples.map { try $0.bytes() })
        let expected = samples.flatMap(\.ordered).enumerated()
            .sorted { ($0.element.logTime, $0.offset) < ($1.element.logTime, $1.offset) }.map(\.element)
        #expect(try messages(bytes) == expected)
        #expect(try BagReader(MemorySource(bytes)).summary?.channels.count == 3)
    }

    @Test("What is damaged is left out and named, input by input")
    func damage() throws {
        let sample = SampleBag(count: 20)
        let whole = try sample.bytes(.small(.zstd, chunkSize: 300))
        var damaged = whole
        let chunk = try #require(try BagReader(MemorySource(whole)).summary?.chunkIndexes[2])
        damaged[Int(chunk.chunkStartOffset) + 60] ^= 0x40
        let cut = Array(whole.prefix(whole.count / 2))
        let (bytes, report) = try convert([whole, damaged, cut])
        #expect(report.damage.map(\.count) == [0, 1, 0])
        #expect(report.endings[0] == .complete && report.endings[2] != .complete && !report.isComplete)
        #expect(try messages(bytes).count == Int(report.statistics.messageCount))
        #expect(report.statistics.messageCount > 40)
    }
}
