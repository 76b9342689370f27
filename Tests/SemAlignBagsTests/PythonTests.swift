// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignBags
import Testing

/// The interpreter of the tests that compare with the Python package `mcap`.
private let python = ProcessInfo.processInfo.environment["SEMALIGN_PYTHON"]

@Suite(.enabled(if: python != nil, "SEMALIGN_PYTHON names no interpreter with the package mcap"))
struct PythonTests {
    @Test("Bags of the Python package are read and sound", arguments: ["NONE", "LZ4", "ZSTD"])
    func readsPython(compression: String) throws {
        try withFolder { folder in
            let path = folder.appending(path: "python.mcap").path()
            _ = try run(Self.writer, path, compression)
            #expect(BagCheck.errors(in: [UInt8](try Data(contentsOf: URL(filePath: path)))) == [])
            let reader = try BagReader.open(path)
            #expect((reader.summary?.chunkIndexes.count ?? 0) > 5)
            var stream = reader.stream()
            var count = 0
            while let message = try stream.next() {
                #expect(message.topic == "/t\(count % 2)" && message.schemaName == "S\(count % 2)")
                #expect(message.logTime == UInt64(count ^ 1) && message.publishTime == UInt64(count))
                #expect(message.payload == [UInt8](repeating: UInt8(count), count: count * 10))
                count += 1
            }
            #expect(count == 100 && stream.ending == .complete)
            var ordered = try reader.messages()
            var times: [UInt64] = []
            while let message = try ordered.next() { times.append(message.logTime) }
            #expect(times == Array(0..<100))
            let attachment = try #require(reader.summary?.attachmentIndexes.first)
            #expect(try reader.attachment(attachment).data == Array("hello".utf8))
        }
    }

    @Test("Bags of the Python package are sound without attachments, and with channels that are never used")
    func partsWithoutContent() throws {
        let start = "import sys; from mcap.writer import Writer; w = Writer(sys.argv[1]); w.start()\n"
        let unused = "w.register_channel('/unused', 'json', w.register_schema('S', 'jsonschema', b'{}'))\n"
        for lines in ["", unused] {
            try withFolder { folder in
                let path = folder.appending(path: "python.mcap").path()
                _ = try run(start + lines + "w.finish()", path)
                #expect(BagCheck.errors(in: [UInt8](try Data(contentsOf: URL(filePath: path)))) == [])
            }
        }
    }

    @Test("The Python package reads our bags, their checksums compared", arguments: Compression.allCases)
    func pythonReads(compression: Compression) throws {
        let sample = SampleBag(count: 50, disorder: 30_000_000)
        for chunkSize in [nil, 300, 1 << 20] {
            try withFolder { folder in
                let path = folder.appending(path: "swift.mcap")
                try Data(sample.bytes(.small(compression, chunkSize: chunkSize))).write(to: path)
                let lines = try run(Self.reader, path.path()).split(separator: "\n").map(String.init)
                let written = sample.messages.map(Self.line)
                let ordered = chunkSize == nil ? [] : sample.ordered.map(Self.line)
                #expect(lines == written + ordered + ["attachment camera.yaml", "metadata robot left"])
            }
        }
    }

    private static func line(_ message: SampleMessage) -> String {
        let sum = message.payload.reduce(0) { $0 + Int($1) }
        return "\(message.topic) \(message.sequence) \(message.logTime) \(message.publishTime) \(sum)"
    }

    private static let writer = """
        import sys
        from mcap.writer import Writer, CompressionType
        with open(sys.argv[1], "wb") as file:
            writer = Writer(file, chunk_size=4000, compression=CompressionType[sys.argv[2]])
            writer.start()
            channels = []
            for i in range(2):
                schema = writer.register_schema(name=f"S{i}", encoding="protobuf", data=bytes([i]))
                channels.append(writer.register_channel(
                    topic=f"/t{i}", message_encoding="protobuf", schema_id=schema, metadata={"a": "b", "c": "d"}))
            for i in range(100):
                writer.add_message(channels[i % 2], log_time=i ^ 1, publish_time=i, sequence=i,
                                   data=bytes([i]) * (i * 10))
            writer.add_attachment(create_time=1, log_time=2, name="x", media_type="text/plain", data=b"hello")
            writer.add_metadata("m", {"k": "v"})
            writer.finish()
        """

    private static let reader = """
        import sys
        from mcap.reader import make_reader
        from mcap.stream_reader import StreamReader
        from mcap.records import Channel, Message
        def line(channel, m):
            print(channel.topic, m.sequence, m.log_time, m.publish_time, sum(m.data))
        with open(sys.argv[1], "rb") as file:
            channels, chunked = {}, False
            for record in StreamReader(file, validate_crcs=True).records:
                if isinstance(record, Channel): channels[record.id] = record
                if isinstance(record, Message): line(channels[record.channel_id], record)
        with open(sys.argv[1], "rb") as file:
            reader = make_reader(file, validate_crcs=True)
            if reader.get_summary().chunk_indexes:
                for _, channel, message in reader.iter_messages(): line(channel, message)
            for a in reader.iter_attachments(): print("attachment", a.name)
            for m in reader.iter_metadata(): print("metadata", m.name, m.metadata["arm"])
        """

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func run(_ script: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: python ?? "")
        process.arguments = ["-c", script] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: text, as: UTF8.self)
    }
}
