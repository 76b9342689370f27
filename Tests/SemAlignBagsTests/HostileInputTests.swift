// SPDX-License-Identifier: Apache-2.0

import SemAlignBags
import Testing

@Suite struct HostileInputTests {
    @Test("Random mutations end in messages or in errors, and recovery makes a sound bag of them")
    func mutations() throws {
        let bases = try [
            SampleBag(count: 6).bytes(.small(.none, chunkSize: nil)),
            SampleBag(count: 8, disorder: 50_000_000).bytes(.small(.none).withoutChecksums()),
            SampleBag(count: 8).bytes(.small(.zstd).withoutChecksums()),
            SampleBag(count: 8).bytes(.small(.lz4)),
        ]
        var random = SplitMix(state: 42)
        for round in 0..<20_000 {
            let bytes = mutated(bases[round % bases.count], using: &random)
            exercise(bytes, round)
            guard round % 8 == 0 else { continue }
            let sink = MemorySink()
            let report = try BagRecovery.recover(
                MemorySource(bytes), to: sink, configuration: .small(.none), limits: Self.limits)
            #expect(BagCheck.errors(in: sink.bytes) == [], "round \(round)")
            #expect(try BagReader(MemorySource(sink.bytes)).info().statistics.messageCount == report.messages)
        }
    }

    private static let limits = BagLimits(chunkSize: 1 << 16, recordSize: 1 << 16, cacheSize: 1 << 10)

    /// Uses every way of reading, whatever it throws; each cursor is driven on after an error.
    private func exercise(_ bytes: [UInt8], _ round: Int) {
        let source = MemorySource(bytes)
        let configuration = ReaderConfiguration(checksChecksums: round % 3 == 0, limits: Self.limits)
        if round % 4 == 1 { _ = try? BagCheck(source, limits: Self.limits) }
        guard let reader = try? BagReader(source, configuration: configuration) else { return }
        switch round % 5 {
        case 0, 1:
            var stream = reader.stream()
            repeat { while (try? stream.next()) != nil {} } while stream.ending == nil && drains(&stream)
        case 2, 3:
            guard var ordered = try? reader.messages(MessageSelection(topics: [SampleBag.topics[0]])) else {
                return
            }
            for _ in 0..<100 { _ = try? ordered.next() }
        default:
            _ = try? reader.info()
            for index in reader.summary?.attachmentIndexes ?? [] { _ = try? reader.attachment(index) }
            for index in reader.summary?.metadataIndexes ?? [] { _ = try? reader.metadata(index) }
        }
    }

    /// Goes on behind errors, a bounded number of times.
    private func drains(_ stream: inout StreamedMessages) -> Bool {
        for _ in 0..<100 where stream.ending == nil { _ = try? stream.next() }
        return false
    }

    private func mutated(_ base: [UInt8], using random: inout SplitMix) -> [UInt8] {
        var bytes = base
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 2:
                bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...20, using: &random)))
            case 3: bytes.insert(contentsOf: base[..<min(place, 30)], at: place)
            case 4:
                let extremes: [UInt64] = [0, 1, .max, .max - 8, 1 << 63, 1 << 32, 0xFFFF_FFFF, 65_536]
                let value = extremes[Int.random(in: 0..<extremes.count, using: &random)]
                for byte in 0..<8 where place + byte < bytes.count {
                    bytes[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte)))
                }
            default: bytes.removeLast(min(bytes.count - 1, Int.random(in: 0...40, using: &random)))
            }
        }
        return bytes
    }

    @Test("A chunk that claims more than its bytes can stand for is refused before memory is taken")
    func impossibleExpansion() throws {
        for compression in ["", "lz4", "zstd"] {
            let bag = bag(chunkOf: [1, 2, 3, 4], compression: compression, uncompressedSize: 200 << 20)
            var stream = try BagReader(MemorySource(bag)).stream()
            let error = #expect(throws: BagError.self) { try stream.next() }
            guard case .malformed("Chunk", _, _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test("A chunk above the limit is refused, whatever it says of itself")
    func decompressionBomb() throws {
        for size: UInt64 in [257 << 20, 1 << 40, .max] {
            let bag = bag(chunkOf: [1, 2, 3, 4], compression: "zstd", uncompressedSize: size)
            var stream = try BagReader(MemorySource(bag)).stream()
            #expect(
                throws: BagError.overLimit(
                    what: "decompressed chunk", offset: 25, found: size, limit: 256 << 20)
            ) { try stream.next() }
        }
    }

    @Test("A chunk that gives more bytes than it declares is refused")
    func understatedExpansion() throws {
        let sample = SampleBag(count: 30)
        for compression in [Compression.zstd, .lz4] {
            var bytes = try sample.bytes(.small(compression, chunkSize: 1 << 20))
            let chunk = try #require(try BagReader(MemorySource(bytes)).summary?.chunkIndexes.first)
            bytes[Int(chunk.chunkStartOffset) + 9 + 16] -= 1
            var stream = try BagReader(MemorySource(bytes)).stream()
            #expect(throws: BagError.self) { try stream.next() }
        }
    }

    @Test("Every length that reaches past the file is refused before memory is taken")
    func hugeLengths() throws {
        for opcode in UInt8(1)...0x0F {
            let bag = Self.start + [opcode] + little(UInt64.max - 20) + [1, 2, 3]
            var stream = try BagReader(MemorySource(bag)).stream()
            #expect(try stream.next() == nil)
            #expect(stream.ending == .truncated(at: 25))
        }
    }

    @Test("What is no bag is said to be none")
    func noBag() {
        for bytes in [[], [1], [UInt8](repeating: 0, count: 100), Array("#ROSBAG V2.0".utf8)] {
            #expect(throws: BagError.notABag(found: Array(bytes.prefix(8)))) {
                try BagReader(MemorySource(bytes))
            }
        }
    }

    @Test("Files that people take for bags are named with what to do")
    func otherFiles() {
        for (bytes, word) in [
            ([], "empty"), (Array("SQLite format 3".utf8), "bag convert"),
            (Array("#ROSBAG V2.0".utf8), "rosbags-convert"), ([0x28, 0xB5, 0x2F, 0xFD, 0], "zstd -d"),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D], "picture"), ([0xFF, 0xD8, 0xFF, 0xE0], "picture"),
            (Array("SEMALIGN".utf8), "class representation"), (Array("hello".utf8), "68 65 6c 6c 6f"),
        ] {
            #expect(BagError.notABag(found: Array(bytes.prefix(8))).description.contains(word))
        }
    }

    /// Magic and an empty header: 25 bytes.
    private static let start: [UInt8] =
        [0x89, 0x4D, 0x43, 0x41, 0x50, 0x30, 0x0D, 0x0A, 1, 8] + [UInt8](repeating: 0, count: 15)

    private func little(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private func bag(chunkOf stored: [UInt8], compression: String, uncompressedSize: UInt64) -> [UInt8] {
        let name = [UInt8(compression.utf8.count), 0, 0, 0] + Array(compression.utf8)
        let content =
            little(0) + little(0) + little(uncompressedSize) + [0, 0, 0, 0] + name
            + little(UInt64(stored.count)) + stored
        return Self.start + [6] + little(UInt64(content.count)) + content
    }
}
