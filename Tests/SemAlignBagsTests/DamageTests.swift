// SPDX-License-Identifier: Apache-2.0

import SemAlignBags
import Testing

@Suite struct DamageTests {
    @Test(
        "A bag cut at any byte is read up to its last whole chunk, named and recovered",
        arguments: [Compression.none, .zstd])
    func truncation(compression: Compression) throws {
        let sample = SampleBag(count: 8, payloadSize: 24)
        let bytes = try sample.bytes(.small(compression))
        var best = 0
        for length in 0..<bytes.count {
            let part = MemorySource(Array(bytes[..<length]))
            #expect(try !BagCheck(part).isSound, "\(length)")
            let sink = MemorySink()
            let report = try BagRecovery.recover(part, to: sink, configuration: .small(compression))
            #expect(BagCheck.errors(in: sink.bytes) == [], "\(length)")
            guard let reader = try? BagReader(part) else {
                #expect(length < 8 + 9 + 16)
                continue
            }
            var stream = reader.stream()
            let messages = try stream.all()
            #expect(messages == Array(sample.messages.prefix(messages.count)))
            #expect(messages.count >= best)
            best = max(best, messages.count)
            let isWhole = stream.ending == .complete
            #expect(isWhole || stream.ending != nil && messages.count <= 8)
            var ordered = try reader.messages()
            #expect(try ordered.all() == messages)
            #expect(ordered.ending == stream.ending)
            #expect(report.messages >= UInt64(messages.count), "\(length)")
            var recovered = try BagReader(MemorySource(sink.bytes)).stream()
            #expect(try recovered.all() == Array(sample.messages.prefix(Int(report.messages))))
        }
        #expect(best == 8)
    }

    @Test("Every flipped bit of a bag is reported by the check", arguments: Compression.allCases)
    func bitFlips(compression: Compression) throws {
        let sample = SampleBag(count: 4, payloadSize: 20)
        let bytes = try sample.bytes(.small(compression, chunkSize: 250))
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(try !BagCheck(MemorySource(flipped)).isSound, "byte \(bit / 8), bit \(bit % 8)")
        }
    }

    @Test("No flipped bit changes what is read without an error", arguments: Compression.allCases)
    func flipsAreNeverSilent(compression: Compression) throws {
        let sample = SampleBag(count: 4, payloadSize: 20)
        let bytes = try sample.bytes(.small(compression, chunkSize: 250))
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let reader = try? BagReader(MemorySource(flipped)) else { continue }
            var stream = reader.stream()
            if let messages = try? stream.all(), stream.ending == .complete, reader.summaryProblem == nil {
                #expect(messages == sample.messages, "byte \(bit / 8), bit \(bit % 8)")
            }
            if let summary = reader.summary, !summary.chunkIndexes.isEmpty,
                var ordered = try? reader.messages(),
                let messages = try? ordered.all()
            {
                #expect(messages == sample.messages, "byte \(bit / 8), bit \(bit % 8)")
            }
        }
    }

    @Test("Without any checksum every flipped bit of the summary is reported all the same")
    func summaryFlips() throws {
        let bytes = try SampleBag(count: 7).bytes(.small(.none, chunkSize: 400).withoutChecksums())
        let footer = bytes.count - 37
        let start = (0..<8).reduce(0) { $0 | Int(bytes[footer + 9 + $1]) << (8 * $1) }
        #expect(BagCheck.errors(in: bytes) == [])
        for bit in start * 8..<(bytes.count - 12) * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(try !BagCheck(MemorySource(flipped)).isSound, "byte \(bit / 8), bit \(bit % 8)")
        }
    }

    @Test("The check finds nothing wrong with the conformance corpus")
    func corpusIsSound() throws {
        for example in try ConformanceCase.all() {
            #expect(BagCheck.errors(in: example.file) == [], "\(example.name)")
        }
    }

    @Test("Whatever byte is damaged, at most its chunk is lost", arguments: Compression.allCases)
    func recoveryOfFlips(compression: Compression) throws {
        let sample = SampleBag(count: 12)
        let bytes = try sample.bytes(.small(compression, chunkSize: 400))
        for place in stride(from: 8, to: bytes.count, by: 3) {
            var damaged = bytes
            damaged[place] ^= 0x55
            let sink = MemorySink()
            let report = try BagRecovery.recover(
                MemorySource(damaged), to: sink, configuration: .small(compression))
            #expect(BagCheck.errors(in: sink.bytes) == [], "\(place)")
            // At most the chunk that was hit is lost: of 400 bytes, four messages and their definitions.
            #expect(report.messages >= 8, "\(place)")
            #expect(report.messages + report.lostMessages == 12 || !report.isLossExact, "\(place)")
            #expect(!report.isComplete || report.messages == 12, "\(place)")
        }
    }

    @Test("A bag whose writer was killed is read up to the last flushed chunk")
    func missingEnd() throws {
        let sample = SampleBag(count: 10)
        let sink = MemorySink()
        var writer = try sample.write(to: sink, .small(.zstd, chunkSize: 1 << 20))
        try writer.flush()
        try writer.write(channel: 1, logTime: 9, payload: [1])
        _ = consume writer
        let reader = try BagReader(MemorySource(sink.bytes + [UInt8](repeating: 0, count: 100)))
        var stream = reader.stream()
        #expect(try stream.all() == sample.messages)
        #expect(stream.ending == .truncated(at: UInt64(sink.bytes.count)))
        let info = try reader.info()
        #expect(info.isScanned && info.statistics.messageCount == 10)
        #expect(info.ending == .truncated(at: UInt64(sink.bytes.count)))
    }
}
