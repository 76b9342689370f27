// SPDX-License-Identifier: Apache-2.0

/// Sends messages to whoever subscribed, and never waits.
///
/// Each subscriber has a bounded queue: one that does not read misses messages, which it sees by the gaps in the
/// sequence numbers, and neither the publisher nor other subscribers notice. Belongs to the thread that uses it;
/// handing it on to another thread is fine, sharing it is not.
public struct Publisher: ~Copyable {
    /// Largest report that a subscriber may send [bytes].
    private static let reportSizeLimit = 4096
    /// Reports taken at once: a subscriber that floods the publisher with them does not stall it.
    private static let reportsAtOnce = 256

    private let socket: Socket
    private var poller: Poller
    private var report = ReceivedMessage()
    private var subscriptions = Subscriptions()
    private var sequences: [String: UInt64] = [:]

    /// Opens a socket that is bound and connected to nothing yet.
    public init(
        context: Context, configuration: SocketConfiguration = SocketConfiguration()
    ) throws(TransportError) {
        var configuration = configuration
        configuration.frameSizeLimit = Self.reportSizeLimit
        let socket = try Socket(context, .publisher, configuration)
        var poller = Poller()
        poller.add(socket)
        // After the poller, which is to wait for reports alone.
        if socket.encrypts { try socket.watchConnections() }
        self.socket = socket
        self.poller = poller
    }

    /// Listens at an endpoint for subscribers that connect; gives the endpoint with wildcards resolved.
    ///
    /// The file of an `ipc://` endpoint lets only its owner in.
    @discardableResult
    public mutating func bind(_ endpoint: String) throws(TransportError) -> String {
        try socket.bind(endpoint)
    }

    /// Connects to a subscriber that is bound, now or as soon as it is there.
    public mutating func connect(_ endpoint: String) throws(TransportError) {
        try socket.connect(endpoint)
    }

    /// Sends a payload with the next sequence number of its topic and the time `publishTime` [ns].
    ///
    /// True where somebody subscribed to the topic, so that the message is on its way at least to one; its
    /// number is used up in any case.
    @discardableResult
    public mutating func publish(
        topic: String, schema: String, payload: Span<UInt8>, publishTime: UInt64
    ) throws(TransportError) -> Bool {
        let sequence = sequences[topic, default: 0]
        let stamp = WireStamp(sequence: sequence, publishTime: publishTime)
        let accepted = try send(topic: topic, schema: schema, payload: payload, stamp: stamp)
        sequences[topic] = sequence &+ 1
        return accepted
    }

    /// Sends a message as it is, with or without a stamp; the answer is `publish`'s.
    @discardableResult
    public mutating func send(_ message: WireMessage) throws(TransportError) -> Bool {
        try send(
            topic: message.topic, schema: message.schema, payload: message.payload.span, stamp: message.stamp)
    }

    /// How often a peer was refused so far for its key, or for having none.
    ///
    /// Call it now and then: it also makes connections again that such a refusal ended.
    public mutating func refusedPeers() throws(TransportError) -> Int {
        _ = try socket.reviveConnections()
        return socket.monitor?.refusedPeers ?? 0
    }

    /// True where somebody has subscribed to `topic` by now.
    public mutating func hasSubscriber(to topic: String) throws(TransportError) -> Bool {
        try takeReports()
        return subscriptions.includes(topic)
    }

    /// Waits until somebody subscribes to `topic`, at most `timeout`; false where nobody did.
    public mutating func waitForSubscriber(
        to topic: String, timeout: Duration
    ) throws(TransportError) -> Bool {
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: timeout)
        while try !hasSubscriber(to: topic) {
            let rest = clock.now.duration(to: deadline)
            guard rest > .zero else { return false }
            _ = try poller.wait(timeout: rest)
        }
        return true
    }

    private mutating func send(
        topic: String, schema: String, payload: Span<UInt8>, stamp: WireStamp?
    ) throws(TransportError) -> Bool {
        try Self.check(topic)
        try Self.check(schema)
        try takeReports()
        try socket.sendFrame(Array(topic.utf8).span, hasMore: true)
        try socket.sendFrame(Array(schema.utf8).span, hasMore: true)
        try socket.sendFrame(payload, hasMore: stamp != nil)
        if let stamp { try socket.sendFrame(stamp.encoded.span, hasMore: false) }
        return subscriptions.includes(topic)
    }

    private mutating func takeReports() throws(TransportError) {
        for _ in 0..<Self.reportsAtOnce {
            guard try unsafe report.receive(from: socket.handle) else { return }
            guard report.frameCount == 1 else { continue }
            report.withFrame(0) { subscriptions.take($0) }
        }
    }

    private static func check(_ name: String) throws(TransportError) {
        guard (1...WireMessage.nameLimit).contains(name.utf8.count) else {
            throw .invalidName(
                name: String(name.prefix(40)),
                reason: "it has \(name.utf8.count) bytes, expected 1 to \(WireMessage.nameLimit)")
        }
    }
}
