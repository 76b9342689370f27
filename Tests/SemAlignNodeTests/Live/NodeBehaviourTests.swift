// SPDX-License-Identifier: Apache-2.0
import Logging
import SemAlignCore
import SemAlignMessages
import SemAlignTransport
import Testing

@testable import SemAlignNode

private let silent = Logger(label: "node", factory: { _ in SwiftLogNoOpLogHandler() })

private func failure(_ configuration: NodeConfiguration, _ context: Context? = nil) -> NodeError? {
    do throws(NodeError) {
        let node = try Node.start(configuration, logger: silent, context: context)
        _ = try node.stop()
        return nil
    } catch {
        return error
    }
}

@Suite struct NodeBehaviourTests {
    @Test("Queries at run time are answered in every frame until they are replaced")
    func queries() throws {
        let topics = TopicNames()
        var live = try LiveNode(listensTo: [topics.keypoints, topics.correspondences])
        try live.settle()
        func query(_ ids: [String]) throws -> IncomingMessage {
            try TinyFrame(0).message(
                topics.queries,
                QueryMessage(
                    timestamp: 0, reference: "",
                    queries: ids.map { CorrespondenceQuery(id: $0, place: .position([0, 0, 0])) }))
        }
        for (number, ids) in [["a", "b"], ["c"]].enumerated() {
            try live.send([try query(ids)] + TinyFrame(number).all())
            #expect(try live.nextKeypoints().timestamp == TinyFrame(number).stamp)
            let message = try #require(try live.receive())
            let answer = try CorrespondenceMessage(decoding: message.payload)
            #expect(answer.timestamp == TinyFrame(number).stamp)
            #expect(answer.correspondences.map(\.id) == ids)
        }
        try live.send([try query([])] + TinyFrame(2).all() + TinyFrame(3).all())
        #expect(try live.nextKeypoints().timestamp >= TinyFrame(2).stamp)
        _ = try live.stop()
    }

    @Test("An empty mask is answered with NO_OBJECT and a message")
    func emptyMask() throws {
        var live = try LiveNode()
        try live.settle()
        let empty = ObjectMask(
            size: TinyFrame.size,
            labels: Array(repeating: 0, count: TinyFrame.size.width * TinyFrame.size.height))
        let frame = TinyFrame(0)
        try live.send([
            try frame.image(), try frame.camera(), try frame.depth(), try frame.mask(empty),
            try frame.features(),
        ])
        let answer = try live.nextKeypoints()
        #expect(answer.result.state == .noObject && !answer.result.message.isEmpty)
        #expect(answer.result.keypoints.isEmpty)
        _ = try live.stop()
    }

    @Test("Depth without a measurement gives an answer that is not metric")
    func noDepth() throws {
        var live = try LiveNode()
        try live.settle()
        let frame = TinyFrame(0)
        try live.send([
            try frame.image(), try frame.camera(), try frame.depth(metres: 0), try frame.mask(),
            try frame.features(),
        ])
        #expect(try !live.nextKeypoints().result.isMetric)
        _ = try live.stop()
    }

    @Test("Doubled messages are counted, and a restarted bag starts a new sequence that is said once")
    func stamps() throws {
        var live = try LiveNode()
        try live.settle()
        try live.send(try TinyFrame(100).all())
        #expect(try live.nextKeypoints().timestamp == TinyFrame(100).stamp)
        try live.send([try TinyFrame(100).features()])
        let log = live.log
        #expect(log.wait(for: "duplicate"))
        try live.send(try TinyFrame(0).all())
        let answer = try live.nextKeypoints()
        #expect(answer.timestamp == TinyFrame(0).stamp && answer.result.startedCold)
        try live.send([try TinyFrame(0, start: 4_000_000_000_000_000_000).mask()])
        #expect(log.wait(for: "from_future"))
        try live.send(try TinyFrame(1).all())
        #expect(try live.nextKeypoints().timestamp == TinyFrame(1).stamp)
        #expect(log.all.count { $0.contains("stamps jumped back") } == 1)
        _ = try live.stop()
    }

    @Test("Wrong frame counts, oversize payloads and lost messages are counted")
    func wire() throws {
        var live = try LiveNode { $0.subscribe.payloadLimitMebibytes = 1 }
        try live.settle()
        let log = live.log
        let mask = try TinyFrame(0).mask()
        try live.publisher.send(
            WireMessage(
                topic: mask.topic, schema: mask.schema, payload: mask.payload,
                stamp: WireStamp(sequence: 1 << 40, publishTime: 0)))
        #expect(log.wait(for: "lost", mask.topic))
        try live.publisher.send(
            WireMessage(
                topic: mask.topic, schema: mask.schema, payload: Array(repeating: 7, count: (1 << 20) + 1),
                stamp: nil))
        #expect(log.wait(for: "oversize"))
        try live.send(try TinyFrame(1).all())
        #expect(try live.nextKeypoints().timestamp >= TinyFrame(0).stamp)
        _ = try live.stop()
    }

    @Test("A frame so large that the transport cuts the connection is counted as oversize")
    func cutConnection() throws {
        let folder = try TemporaryFolder()
        // Only who calls a publisher can tell a cut from a publisher that went away.
        let endpoint = "ipc://" + folder.file("camera.sock")
        var camera = try Publisher(context: try Context())
        try camera.bind(endpoint)
        var live = try LiveNode {
            $0.subscribe.payloadLimitMebibytes = 1
            $0.subscribe.connect = [endpoint]
        }
        let log = live.log
        let mask = try TinyFrame(0).mask()
        #expect(try camera.waitForSubscriber(to: mask.topic, timeout: LiveNode.patience))
        try camera.send(
            WireMessage(
                topic: mask.topic, schema: mask.schema, payload: Array(repeating: 7, count: 2 << 20),
                stamp: nil))
        #expect(log.wait(for: "oversize", "connection was cut"))
        try live.settle()
        _ = try live.stop()
    }

    @Test("Diagnostics tell rates, latencies, drops and state")
    func diagnostics() throws {
        let topics = TopicNames()
        var live = try LiveNode(listensTo: [topics.diagnostics]) {
            $0.reports.diagnosticsPeriodMilliseconds = 20
        }
        var number = 0
        var report = DiagnosticsMessage?.none
        while report?.frames ?? 0 < 3, number < 1000 {
            try live.send(try TinyFrame(number).all() + [TinyFrame(number).mask()])
            number += 1
            let message = try #require(try live.receive())
            report = try DiagnosticsMessage(decoding: message.payload)
        }
        let last = try #require(report)
        #expect(last.state == .tracking && last.frameRate >= 0 && last.uptime > 0)
        #expect(last.topics.map(\.name).contains(topics.features))
        for stage in ["answer", "decode", "join", "publish", "receive_to_publish", "wait"] {
            let latency = try #require(last.stages.first { $0.name == stage })
            #expect(latency.count > 0 && latency.median <= latency.percentile99)
            #expect(latency.percentile99 <= latency.maximum)
        }
        #expect(last.drops.contains { $0.reason == "duplicate" && $0.count > 0 })
        _ = try live.stop()
    }

    @Test("Frames that come together after a standstill are all answered, in order")
    func catchesUp() throws {
        // Time stands still, so that no frame grows old on a loaded machine, and no queue before the node is full.
        let still = NodeClocks(steady: { .max / 4 }, wall: { 1_700_000_000_000_000_000 })
        var live = try LiveNode(clocks: still) { $0.subscribe.highWaterMark = 64 }
        try live.settle()
        let burst = (1...3).map { TinyFrame($0) }
        try live.send(try burst.flatMap { try $0.all() })
        var stamps: [UInt64] = []
        while stamps.last != burst[2].stamp {
            let stamp = try live.nextKeypoints().timestamp
            if stamp >= burst[0].stamp { stamps.append(stamp) }
        }
        #expect(stamps == burst.map(\.stamp))
        _ = try live.stop()
    }

    @Test("A flood is answered with the newest frames, in order, and what is overtaken is counted")
    func flood() throws {
        var live = try LiveNode()
        try live.settle()
        let before = live.summary
        for number in 0..<300 { try live.send(try TinyFrame(number).all()) }
        let last = TinyFrame(400)
        var stamps: [UInt64] = []
        // Full queues lose what is newest: the last frame is sent until it is answered.
        for _ in 0..<1000 where stamps.last != last.stamp {
            if let message = try live.receive(within: .milliseconds(200)) {
                stamps.append(try KeypointMessage(decoding: message.payload).timestamp)
            } else {
                try live.send(try last.all())
            }
        }
        #expect(stamps.last == last.stamp)
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 })
        let summary = try live.stop()
        #expect(summary.frames - before.frames == stamps.count)
        #expect((summary.drops[.superseded] ?? 0) + (summary.drops[.lost] ?? 0) > 0, "\(summary)")
    }

    @Test("A subscriber that never reads neither stalls the node nor the other subscribers")
    func deafSubscriber() throws {
        var live = try LiveNode { $0.publish.highWaterMark = 2 }
        var deaf = try Subscriber(context: live.context, configuration: SocketConfiguration(queueLimit: 1))
        try deaf.subscribe(to: "")
        try deaf.connect("ipc://" + live.folder.file("out.sock"))
        try live.settle()
        for number in 0..<40 {
            try live.send(try TinyFrame(number).all())
            #expect(try live.nextKeypoints().timestamp == TinyFrame(number).stamp)
        }
        _ = try live.stop()
    }

    @Test("Stopping answers the frame that waits and ends at once")
    func stop() throws {
        var live = try LiveNode()
        try live.settle()
        try live.send(try TinyFrame(0).all())
        _ = try live.nextKeypoints()
        let clock = ContinuousClock()
        let start = clock.now
        let summary = try live.stop()
        #expect(summary.frames > 0)
        #expect(start.duration(to: clock.now) < .seconds(5))
    }

    @Test("What keeps a node from starting is one line with the command's exit code")
    func startErrors() throws {
        let folder = try TemporaryFolder()
        let context = try Context()
        var configuration = NodeConfiguration()
        configuration.subscribe.bind = ["ipc://" + folder.file("in.sock")]
        configuration.publish.bind = ["ipc://" + folder.file("out.sock")]
        #expect(failure(configuration)?.exitCode == 78)
        configuration.representation = folder.file("absent.semalign")
        #expect(failure(configuration)?.exitCode == 66)
        try folder.write("broken.semalign", [1, 2, 3])
        configuration.representation = folder.file("broken.semalign")
        #expect(failure(configuration)?.exitCode == 65)
        configuration.representation = try folder.representation()
        configuration.calibration = folder.file("absent.yaml")
        #expect(failure(configuration)?.exitCode == 66)
        configuration.calibration = ""
        #expect(failure(configuration) == nil)

        for taken in [\NodeConfiguration.publish.bind, \NodeConfiguration.subscribe.bind] {
            var other = configuration
            var squatter = try Publisher(context: context)
            let endpoint = try squatter.bind("tcp://127.0.0.1:*")
            other[keyPath: taken] = [endpoint]
            let error = failure(other)
            #expect(error?.exitCode == 69)
            #expect(error?.description.contains(endpoint) == true)
        }
        configuration.publish.bind = ["tcp://*:5599"]
        #expect(failure(configuration)?.exitCode == 78)
    }

    @Test("A representation of a newer format is refused by its version")
    func newerRepresentation() throws {
        let folder = try TemporaryFolder()
        var configuration = NodeConfiguration()
        configuration.representation = try folder.representation()
        var bytes = try folder.bytes("tiny.semalign")
        bytes[8] = 99
        try folder.write("tiny.semalign", bytes)
        let error = failure(configuration)
        #expect(error?.exitCode == 65)
        #expect(error?.description.contains("99") == true)
    }

    @Test("Without intrinsics a frame is answered, not metric, and that is said once")
    func noCamera() throws {
        var live = try LiveNode { $0.join.maxWaitMilliseconds = 1 }
        for number in 0..<200 {
            let frame = TinyFrame(number)
            try live.send([try frame.image(), try frame.depth(), try frame.mask(), try frame.features()])
            if let message = try live.receive(within: .milliseconds(100)) {
                #expect(try !KeypointMessage(decoding: message.payload).result.isMetric)
                break
            }
        }
        let log = live.log
        #expect(log.wait(for: "no intrinsics"))
        #expect(log.all.count { $0.contains("no intrinsics") } == 1)
        _ = try live.stop()
    }
}
