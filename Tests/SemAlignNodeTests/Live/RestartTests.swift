// SPDX-License-Identifier: Apache-2.0
import Logging
import SemAlignMessages
import SemAlignTransport
import Testing

@testable import SemAlignNode

@Suite struct RestartTests {
    private func start(_ configuration: NodeConfiguration) throws -> Node {
        try Node.start(configuration, logger: Logger(label: "node") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Sends frames from `number` on until one of them is answered; false where none ever is.
    private func isAnswered(
        from number: Int, _ publisher: inout Publisher, _ subscriber: inout Subscriber
    ) throws -> Bool {
        var slots = ReceivedMessage()
        for offset in 0..<400 {
            let frame = TinyFrame(number + offset)
            for message in try frame.all() {
                try publisher.publish(
                    topic: message.topic, schema: message.schema, payload: message.payload.span,
                    publishTime: 1)
            }
            while try subscriber.receive(into: &slots, timeout: .milliseconds(50)) {
                let answer = try KeypointMessage(decoding: try WireMessage(decoding: slots).payload)
                if answer.timestamp >= TinyFrame(number).stamp { return true }
            }
        }
        return false
    }

    @Test("A node that goes and comes back is fed and heard by the same clients, which nobody restarted")
    func comesBack() throws {
        let folder = try TemporaryFolder()
        var configuration = NodeConfiguration()
        configuration.representation = try folder.representation()
        configuration.subscribe.bind = ["ipc://" + folder.file("in.sock")]
        configuration.publish.bind = ["ipc://" + folder.file("out.sock")]
        let context = try Context()
        var publisher = try Publisher(context: context)
        var subscriber = try Subscriber(context: context)
        try subscriber.subscribe(to: configuration.topics.keypoints)
        try publisher.connect(configuration.subscribe.bind[0])
        try subscriber.connect(configuration.publish.bind[0])
        for round in 0..<3 {
            let node = try start(configuration)
            #expect(try isAnswered(from: 1000 * round, &publisher, &subscriber), "round \(round)")
            _ = try node.stop()
        }
    }

    @Test("A publisher that dies and comes back is heard again by the same node")
    func publisherComesBack() throws {
        let folder = try TemporaryFolder()
        var configuration = NodeConfiguration()
        configuration.representation = try folder.representation()
        configuration.subscribe.bind = ["ipc://" + folder.file("in.sock")]
        configuration.publish.bind = ["ipc://" + folder.file("out.sock")]
        let node = try start(configuration)
        var subscriber = try Subscriber(context: try Context())
        try subscriber.subscribe(to: configuration.topics.keypoints)
        try subscriber.connect(configuration.publish.bind[0])
        for round in 0..<3 {
            var publisher = try Publisher(context: try Context())
            try publisher.connect(configuration.subscribe.bind[0])
            #expect(try isAnswered(from: 1000 * round, &publisher, &subscriber), "round \(round)")
        }
        _ = try node.stop()
    }
}
