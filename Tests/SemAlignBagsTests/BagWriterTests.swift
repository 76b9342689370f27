// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignBags
import Synchronization
import Testing

@Suite struct BagWriterTests {
    @Test("A file is written, refused when it exists, replaced on demand, and read")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a.mcap").path()
        for replacing in [false, true] {
            var writer = try BagWriter.create(path, replacing: replacing)
            let schema = try writer.addSchema(name: "T", encoding: "protobuf", data: [7])
            let channel = try writer.addChannel(topic: "/t", schema: schema, encoding: "protobuf")
            for index in 0..<UInt64(3) {
                try writer.write(channel: channel, logTime: index, payload: [1, 2])
            }
            #expect(try writer.close().messageCount == 3)
        }
        #expect(throws: BagError.cannotCreate(path: path, reason: "File exists")) {
            _ = try BagWriter.create(path)
        }
        let reader = try BagReader.open(path)
        var stream = reader.stream()
        let message = try #require(try stream.next())
        #expect(message.topic == "/t" && message.schemaName == "T" && message.payload == [1, 2])
        #expect(throws: BagError.cannotOpen(path: folder.path(), reason: "it is not a regular file")) {
            try BagReader.open(folder.path())
        }
        #expect(throws: BagError.cannotOpen(path: path + "x", reason: "No such file or directory")) {
            try BagReader.open(path + "x")
        }
    }

    @Test("A full disk is named once; then the writer refuses everything")
    func fullDisk() throws {
        let sink = LimitedSink(capacity: 500)
        var writer = try BagWriter(sink, configuration: .small(.none, chunkSize: 100))
        let channel = try writer.addChannel(topic: "/t", schema: 0, encoding: "")
        var errors: [BagError] = []
        for index in 0..<UInt64(50) {
            do throws(BagError) {
                try writer.write(channel: channel, logTime: index, payload: [UInt8](repeating: 1, count: 30))
            } catch {
                errors.append(error)
            }
        }
        #expect(errors.first == .writeFailed(offset: 500, reason: "full"))
        #expect(errors.count > 1 && errors.dropFirst().allSatisfy { $0 == .writerStopped })
        var stream = try BagReader(MemorySource(sink.bytes)).stream()
        #expect(try !stream.all().isEmpty)
        #expect(stream.ending != .complete)
    }

    @Test("Undeclared channels and schemas are refused, and the bag stays sound")
    func undeclared() throws {
        let sink = MemorySink()
        var writer = try BagWriter(sink)
        #expect(throws: BagError.unknownChannel(id: 1, offset: writer.position)) {
            try writer.write(channel: 1, logTime: 0, payload: [])
        }
        #expect(throws: BagError.unknownSchema(id: 3, offset: writer.position)) {
            try writer.addChannel(topic: "/t", schema: 3, encoding: "")
        }
        _ = try writer.close()
        #expect(BagCheck.errors(in: sink.bytes) == [])
    }

    @Test("A message larger than a chunk has a chunk of its own and is indexed")
    func largeMessages() throws {
        let sample = SampleBag(count: 6, payloadSize: 5000)
        let bytes = try sample.bytes(.small(.zstd, chunkSize: 1000))
        let reader = try BagReader(MemorySource(bytes))
        #expect(reader.summary?.chunkIndexes.count == 6)
        var ordered = try reader.messages()
        #expect(try ordered.all() == sample.messages)
    }

    @Test("A chunk that compression does not make smaller is stored as it is")
    func incompressible() throws {
        var random = SplitMix(state: 3)
        let sink = MemorySink()
        var writer = try BagWriter(sink)
        let channel = try writer.addChannel(topic: "/t", schema: 0, encoding: "")
        let noise = (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }
        try writer.write(channel: channel, logTime: 1, payload: noise)
        _ = try writer.close()
        let reader = try BagReader(MemorySource(sink.bytes))
        #expect(reader.summary?.chunkIndexes.map(\.compression) == [""])
        #expect(BagCheck.errors(in: sink.bytes) == [])
    }
}

/// A sink that is full after some bytes.
final class LimitedSink: ByteSink {
    private let memory = MemorySink()
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    var bytes: [UInt8] { memory.bytes }

    func write(_ bytes: RawSpan) throws(BagError) {
        let room = capacity - memory.bytes.count
        memory.write(bytes.extracting(first: room))
        if bytes.byteCount > room { throw .writeFailed(offset: UInt64(capacity), reason: "full") }
    }

    func finish() {}
}
