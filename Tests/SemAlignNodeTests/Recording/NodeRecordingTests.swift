// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import SemAlignBags
import SemAlignMessages
import SemAlignTransport
import Testing

@testable import SemAlignNode

@Suite struct NodeRecordingTests {
    /// The one bag in a folder.
    private func bag(in folder: TemporaryFolder, _ prefix: String = "bench_") throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return folder.file(try #require(names.first { $0.hasPrefix(prefix) && $0.hasSuffix(".mcap") }))
    }

    @Test("The node records what it receives and what it publishes, byte for byte")
    func inputsAndOutputs() throws {
        let place = try TemporaryFolder()
        var node = try LiveNode { $0.record.path = place.file("bench.mcap") }
        try node.settle()
        let frame = try TinyFrame(3).all()
        try node.send(frame)
        let answer = try #require(try node.receive())
        _ = try node.stop()
        let messages = try readBag(try bag(in: place))
        for message in frame {
            #expect(messages.contains { $0.topic == message.topic && $0.payload == message.payload })
        }
        let recorded = try #require(messages.last { $0.topic == answer.topic })
        #expect(recorded.payload == answer.payload)
        #expect(UInt64(recorded.sequence) == answer.stamp?.sequence)
        #expect(recorded.publishTime == answer.stamp?.publishTime)
        #expect(messages.contains { $0.schemaName == "foxglove.SceneUpdate" })
        #expect(messages.contains { $0.schemaName == "semalign.Diagnostics" })
        #expect(try BagCheck(FileSource(path: try bag(in: place))).isSound)
    }

    @Test("Inputs or outputs alone, and chosen topics, are recorded")
    func choice() throws {
        for (inputs, outputs, expected) in [
            (true, false, ["/camera/color/image", "/camera/depth/image", "/perception/mask"]),
            (false, true, ["/semalign/keypoints"]),
        ] {
            let place = try TemporaryFolder()
            var node = try LiveNode {
                $0.record.path = place.file("bench.mcap")
                $0.record.hasInputs = inputs
                $0.record.hasOutputs = outputs
                $0.record.topics = ["/camera/*/image", "/perception/*", "/semalign/keypoints"]
                $0.record.exclude = ["*/features"]
            }
            try node.settle()
            _ = try node.stop()
            #expect(Set(try readBag(try bag(in: place)).map(\.topic)) == Set(expected))
        }
    }

    @Test("A folder that vanishes ends the recording, once said and counted, and the node answers on")
    func vanishedFolder() throws {
        let place = try TemporaryFolder()
        try place.makeFolder("gone")
        var node = try LiveNode(listensTo: [TopicNames().keypoints]) {
            $0.record.path = place.file("gone/bench.mcap")
        }
        try node.settle()
        try place.remove("gone")
        var number = 0
        while !node.log.all.contains(where: { $0.contains("recording has stopped") }), number < 20_000 {
            try node.send(try TinyFrame(number).all())
            _ = try node.nextKeypoints()
            number += 1
        }
        for later in number..<number + 5 {
            try node.send(try TinyFrame(later).all())
            _ = try node.nextKeypoints()
        }
        let log = node.log
        let summary = try node.stop()
        #expect(log.all.filter { $0.contains("recording has stopped") }.count == 1)
        #expect(summary.drops[.record] ?? 0 >= 25)
    }

    @Test("A node that starts on a disk with too little space records nothing, says so once, and answers")
    func lowSpace() throws {
        let place = try TemporaryFolder()
        var node = try LiveNode {
            $0.record.path = place.file("bench.mcap")
            $0.record.freeMebibytes = 1 << 40
        }
        try node.settle()
        let log = node.log
        let summary = try node.stop()
        #expect(log.all.filter { $0.contains("recording has stopped") }.count == 1)
        #expect(summary.drops[.record] ?? 0 >= 5)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
    }

    @Test("A recording that cannot be made keeps the node from starting, and names the file")
    func cannotRecord() throws {
        var configuration = NodeConfiguration()
        let folder = try TemporaryFolder()
        configuration.representation = try folder.representation()
        configuration.subscribe.bind = ["inproc://in"]
        configuration.publish.bind = ["inproc://out"]
        configuration.record.path = folder.file("absent/bench.mcap")
        #expect(throws: NodeError.self) {
            _ = try Node.start(configuration, logger: .init(label: "node")).stop()
        }
        configuration.record.path = ""
        configuration.record.keptFiles = 3
        try configuration.check()
        configuration.record.path = "bench.mcap"
        #expect(throws: NodeError.self) { try configuration.check() }
    }

    @Test("The bag's name holds the time of the start")
    func name() {
        var settings = RecordSettings()
        #expect(settings.recorder(at: 0) == nil)
        settings.path = "run/bench.mcap"
        #expect(
            settings.recorder(at: 1_700_000_000_000_000_000)?.path == "run/bench_2023-11-14T22-13-20.mcap")
    }
}
