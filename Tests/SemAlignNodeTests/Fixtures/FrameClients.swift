// SPDX-License-Identifier: Apache-2.0
import SemAlignMessages
import SemAlignTransport
import Testing

@testable import SemAlignNode

/// A publisher of frames and a subscriber to their answers, of a node that may go and come back.
struct FrameClients: ~Copyable {
    private let input: String
    private let configuration: SocketConfiguration
    private var publisher: Publisher
    private var subscriber: Subscriber
    private var slots = ReceivedMessage()

    init(input: String, output: String, publisher configuration: SocketConfiguration = SocketConfiguration())
        throws
    {
        let publisher = try Self.publisher(to: input, configuration)
        var subscriber = try Subscriber(context: try Context())
        try subscriber.subscribe(to: TopicNames().keypoints)
        try subscriber.connect(output)
        self.input = input
        self.configuration = configuration
        self.publisher = publisher
        self.subscriber = subscriber
    }

    private static func publisher(to input: String, _ configuration: SocketConfiguration) throws -> Publisher
    {
        var publisher = try Publisher(context: try Context(), configuration: configuration)
        try publisher.connect(input)
        return publisher
    }

    /// Ends the publisher and begins another one.
    mutating func replacePublisher() throws {
        publisher = try Self.publisher(to: input, configuration)
    }

    /// Sends one frame.
    mutating func send(_ number: Int) throws {
        for message in try TinyFrame(number).all() {
            try publisher.publish(
                topic: message.topic, schema: message.schema, payload: message.payload.span, publishTime: 1)
        }
    }

    /// Sends frames from `number` on until one of them is answered; false where none ever is.
    mutating func areAnswered(from number: Int) throws -> Bool {
        for offset in 0..<400 {
            try send(number + offset)
            while try subscriber.receive(into: &slots, timeout: .milliseconds(50)) {
                let answer = try KeypointMessage(decoding: try WireMessage(decoding: slots).payload)
                if answer.timestamp >= TinyFrame(number).stamp { return true }
            }
        }
        return false
    }
}
