// SPDX-License-Identifier: Apache-2.0
import SemAlignBags
import SemAlignCore
import SemAlignMessages
import Testing

@testable import SemAlignNode

/// Writes messages to a bag, each logged at its frame's stamp plus some milliseconds.
func writeBag(_ path: String, _ messages: [(message: IncomingMessage, logTime: UInt64)]) throws {
    var writer = try BagWriter.create(path)
    var channels: [String: UInt16] = [:]
    for (message, logTime) in messages {
        if channels[message.topic] == nil {
            let descriptor = try #require(SchemaDescriptor.named(message.schema))
            let schema = try writer.addSchema(
                name: descriptor.name, encoding: descriptor.encoding, data: descriptor.data)
            channels[message.topic] = try writer.addChannel(
                topic: message.topic, schema: schema, encoding: "protobuf")
        }
        try writer.write(
            channel: try #require(channels[message.topic]), logTime: logTime, payload: message.payload)
    }
    _ = try writer.close()
}

/// A bag of good frames with their numbers.
func writeFrames(_ path: String, _ numbers: [Int]) throws {
    try writeBag(
        path,
        try numbers.enumerated().flatMap { index, number in
            try TinyFrame(number).all().map { ($0, TinyFrame(index).stamp) }
        })
}

/// All messages of a bag.
func readBag(_ path: String) throws -> [BagMessage] {
    var stream = try BagReader.open(path).stream()
    var messages: [BagMessage] = []
    while let message = try stream.next() { messages.append(message) }
    return messages
}

private func replay(_ folder: TemporaryFolder, _ change: (inout NodeConfiguration) -> Void = { _ in }) throws
    -> BagReplay
{
    var configuration = NodeConfiguration()
    configuration.representation = try folder.representation()
    change(&configuration)
    return try BagReplay(configuration)
}

@Suite struct BagReplayTests {
    @Test("Every frame is answered once, in order, under the image's stamp and log time")
    func everyFrame() throws {
        let folder = try TemporaryFolder()
        try writeFrames(folder.file("in.mcap"), Array(0..<12))
        let summary = try replay(folder).run(from: folder.file("in.mcap"), to: folder.file("out.mcap"))
        #expect(summary.frames == 12 && summary.drops.isEmpty && summary.isComplete, "\(summary)")
        let messages = try readBag(folder.file("out.mcap"))
        let answers = messages.filter { $0.topic == "/semalign/keypoints" }
        #expect(answers.map(\.logTime) == (0..<12).map { TinyFrame($0).stamp })
        let decoded = try answers.map { try KeypointMessage(decoding: $0.payload) }
        #expect(decoded.map(\.timestamp) == answers.map(\.logTime))
        #expect(decoded.map(\.sequence) == Array(0..<12))
        #expect(messages.contains { $0.schemaName == "foxglove.SceneUpdate" })
        #expect(messages.contains { $0.schemaName == "foxglove.ImageAnnotations" })
    }

    @Test("Two runs over the same bag give the same bytes")
    func sameBytes() throws {
        let folder = try TemporaryFolder()
        try writeFrames(folder.file("in.mcap"), Array(0..<6))
        let replay = try replay(folder)
        _ = try replay.run(from: folder.file("in.mcap"), to: folder.file("first.mcap"))
        _ = try replay.run(from: folder.file("in.mcap"), to: folder.file("second.mcap"))
        #expect(try folder.bytes("first.mcap") == folder.bytes("second.mcap"))
    }

    @Test("Depth that was recorded late still belongs to its frame")
    func lateDepth() throws {
        let folder = try TemporaryFolder()
        var messages: [(message: IncomingMessage, logTime: UInt64)] = []
        for number in 0..<6 {
            let frame = TinyFrame(number)
            for message in try frame.all() {
                let isDepth = message.topic == frame.topics.depth
                messages.append((message, frame.stamp + (isDepth ? 80_000_000 : 0)))
            }
        }
        try writeBag(folder.file("in.mcap"), messages)
        let summary = try replay(folder).run(from: folder.file("in.mcap"), to: folder.file("out.mcap"))
        #expect(summary.frames == 6 && summary.drops.isEmpty)
        let answers = try readBag(folder.file("out.mcap")).filter { $0.topic == "/semalign/keypoints" }
        #expect(try answers.allSatisfy { try KeypointMessage(decoding: $0.payload).result.isMetric })
    }

    @Test("A replay that is asked to stop finishes its frame and leaves a sound bag")
    func stops() throws {
        let folder = try TemporaryFolder()
        try writeFrames(folder.file("in.mcap"), Array(0..<9))
        let stop = StopFlag()
        let summary = try replay(folder).run(
            from: folder.file("in.mcap"), to: folder.file("out.mcap"), until: stop
        ) { if $0.frames == 4 { stop.set() } }
        #expect(summary.frames == 4)
        let answers = try readBag(folder.file("out.mcap")).filter { $0.topic == "/semalign/keypoints" }
        #expect(answers.count == 4)
        #expect(try BagReader.open(folder.file("out.mcap")).summaryProblem == nil)
    }

    @Test("A bag that was recorded over its restart starts the tracker anew")
    func restart() throws {
        let folder = try TemporaryFolder()
        try writeFrames(folder.file("in.mcap"), Array(100..<104) + Array(0..<4))
        let summary = try replay(folder).run(from: folder.file("in.mcap"), to: folder.file("out.mcap"))
        #expect(summary.frames == 8 && summary.sequences == 1)
    }

    @Test("A spoilt frame in the bag is refused with its reason, the others are answered")
    func spoiltFrame() throws {
        let folder = try TemporaryFolder()
        let good = try TinyFrame(0).all() + TinyFrame(2).all()
        let bad = try TinyFrame(1).all().dropLast() + [TinyFrame(1).features(channels: 5)]
        try writeBag(folder.file("in.mcap"), (good[..<5] + bad + good[5...]).map { ($0, TinyFrame(0).stamp) })
        let summary = try replay(folder).run(from: folder.file("in.mcap"), to: folder.file("out.mcap"))
        #expect(summary.frames == 3 && summary.drops == [.features: 1])
        #expect(summary.description.contains("5 channels, the representation 8"))
    }

    @Test("Points of the configuration are found in every frame")
    func correspondences() throws {
        let folder = try TemporaryFolder()
        try writeFrames(folder.file("in.mcap"), Array(0..<3))
        try writeFrames(folder.file("view.mcap"), [7])
        let replay = try replay(folder) {
            $0.correspondence.references = ["front": folder.file("view.mcap")]
            $0.correspondence.reference = "front"
            $0.correspondence.points = [CorrespondenceQuery(id: "spot", place: .pixel([30, 20]))]
        }
        _ = try replay.run(from: folder.file("in.mcap"), to: folder.file("out.mcap"))
        let messages = try readBag(folder.file("out.mcap")).filter { $0.topic == "/semalign/correspondences" }
        #expect(messages.map(\.logTime) == (0..<3).map { TinyFrame($0).stamp })
        let answers = try messages.map { try CorrespondenceMessage(decoding: $0.payload) }
        #expect(answers.allSatisfy { $0.reference == "front" })
        #expect(
            answers.flatMap(\.correspondences).allSatisfy { $0.id == "spot" && $0.queryPixel == [30, 20] })
    }

    @Test("What cannot be used is named, with the code that the command ends with")
    func errors() throws {
        let folder = try TemporaryFolder()
        try writeFrames(folder.file("in.mcap"), [0])
        let replay = try replay(folder)
        func code(from input: String, to output: String) -> Int32? {
            do throws(NodeError) {
                _ = try replay.run(from: folder.file(input), to: folder.file(output))
                return nil
            } catch {
                #expect(error.description.contains(folder.path))
                return error.exitCode
            }
        }
        #expect(code(from: "absent.mcap", to: "a.mcap") == 66)
        #expect(code(from: "tiny.semalign", to: "b.mcap") == 65)
        #expect(code(from: "in.mcap", to: "in.mcap") == 73)
        #expect(code(from: "in.mcap", to: "no/such/folder.mcap") == 73)
        let other = try self.replayWithOtherTopics(folder)
        #expect(throws: NodeError.self) {
            try other.run(from: folder.file("in.mcap"), to: folder.file("c.mcap"))
        }
    }

    private func replayWithOtherTopics(_ folder: TemporaryFolder) throws -> BagReplay {
        try replay(folder) { $0.topics.features = "/other/features" }
    }

    @Test("A cut bag is replayed as far as it goes, and that is said")
    func truncatedBag() throws {
        let folder = try TemporaryFolder()
        try writeFrames(folder.file("whole.mcap"), Array(0..<200))
        let bytes = try folder.bytes("whole.mcap")
        try folder.write("cut.mcap", Array(bytes.prefix(bytes.count / 2)))
        let summary = try replay(folder).run(from: folder.file("cut.mcap"), to: folder.file("out.mcap"))
        #expect(!summary.isComplete)
        #expect(summary.json.contains("\"damages\":[\""))
    }
}
