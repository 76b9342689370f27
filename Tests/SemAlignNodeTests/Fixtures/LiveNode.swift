// SPDX-License-Identifier: Apache-2.0
import Logging
import SemAlignMessages
import SemAlignTransport
import Synchronization
import Testing

@testable import SemAlignNode

/// Keeps what a node logs.
struct RecordedLog: LogHandler {
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        private let news = Mailbox<String>()

        var all: [String] { lines.withLock { $0 } }

        func append(_ line: String) {
            lines.withLock { $0.append(line) }
            _ = news.put(line)
        }

        /// Waits for a line that holds both texts.
        func wait(for text: String, _ detail: String = "") -> Bool {
            let deadline = NodeClocks.system.steady() + 20_000_000_000
            while !all.contains(where: { $0.contains(text) && $0.contains(detail) }) {
                guard case .value = news.take(until: deadline) else { return false }
            }
            return true
        }
    }

    let lines: Lines
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.append("\(event.level.rawValue) \(event.message)") }
}

/// A running node, a publisher that feeds it and a subscriber that hears it, all over real sockets.
struct LiveNode: ~Copyable {
    /// Long enough for a loaded machine; nothing waits for it when all is well.
    static let patience = Duration.seconds(20)

    let folder: TemporaryFolder
    let log = RecordedLog.Lines()
    let context: Context
    var publisher: Publisher
    var subscriber: Subscriber
    private let node: Node
    private var slots = ReceivedMessage()
    private var sequence: UInt64 = 0

    /// Starts a node whose endpoints are of the kind `transport`: ipc, tcp or inproc.
    init(
        _ transport: String = "ipc", listensTo topics: [String] = [TopicNames().keypoints],
        clocks: NodeClocks = .system, _ change: (inout NodeConfiguration) -> Void = { _ in }
    ) throws {
        let folder = try TemporaryFolder()
        let context = try Context()
        var configuration = NodeConfiguration()
        configuration.representation = try folder.representation()
        configuration.subscribe.bind = [Self.endpoint(transport, "in", folder)]
        configuration.publish.bind = [Self.endpoint(transport, "out", folder)]
        configuration.join.maxWaitMilliseconds = 60_000
        change(&configuration)
        let handler = RecordedLog(lines: log)
        let node = try Node.start(
            configuration, logger: Logger(label: "node", factory: { _ in handler }), context: context,
            clocks: clocks)
        var publisher = try Publisher(
            context: context, configuration: SocketConfiguration(queueLimit: 64))
        try publisher.connect(node.inputs[0])
        var subscriber = try Subscriber(context: context)
        for topic in topics { try subscriber.subscribe(to: topic) }
        try subscriber.connect(node.outputs[0])
        for topic in [configuration.topics.features, configuration.topics.mask, configuration.topics.depth] {
            _ = try publisher.waitForSubscriber(to: topic, timeout: Self.patience)
        }
        self.folder = folder
        self.context = context
        self.node = node
        self.publisher = publisher
        self.subscriber = subscriber
    }

    static func endpoint(_ transport: String, _ name: String, _ folder: TemporaryFolder) -> String {
        switch transport {
        case "tcp": "tcp://127.0.0.1:*"
        case "inproc": "inproc://\(name)"
        default: "ipc://" + folder.file("\(name).sock")
        }
    }

    var summary: NodeSummary { node.summary }

    /// Where Prometheus finds the counters.
    var metricsAddress: String? { node.metricsAddress }

    /// Where frames are taken.
    var input: String { node.inputs[0] }

    /// Where results are heard.
    var output: String { node.outputs[0] }

    /// All places where results are heard.
    var outputs: [String] { node.outputs }

    mutating func send(_ messages: [IncomingMessage]) throws {
        for message in messages {
            try publisher.publish(
                topic: message.topic, schema: message.schema, payload: message.payload.span, publishTime: 1)
        }
    }

    /// The next message on any topic listened to; `nil` where none comes in time.
    mutating func receive(within patience: Duration = Self.patience) throws -> WireMessage? {
        guard try subscriber.receive(into: &slots, timeout: patience) else { return nil }
        return try WireMessage(decoding: slots)
    }

    /// The next answer.
    mutating func nextKeypoints() throws -> KeypointMessage {
        let message = try #require(try receive(), "no answer came")
        return try KeypointMessage(decoding: message.payload)
    }

    /// Sends good frames from `number` on until one is answered: subscriptions take a moment to arrive.
    mutating func settle(from number: Int = -2000) throws {
        for offset in 0..<200 {
            try send(try TinyFrame(number + offset).all())
            if try receive(within: .milliseconds(100)) != nil {
                while try receive(within: .milliseconds(100)) != nil {}
                return
            }
        }
        Issue.record("the node never answered")
    }

    consuming func stop() throws -> NodeSummary {
        try node.stop()
    }
}
