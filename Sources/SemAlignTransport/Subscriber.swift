// SPDX-License-Identifier: Apache-2.0

import CZeroMQ

/// Receives messages of chosen topics from any number of publishers.
///
/// Belongs to the thread that uses it; handing it on to another thread is fine, sharing it is not. The queue of
/// each publisher is bounded, and a full one drops what is newer: who wants the newest reads all that is there.
public struct Subscriber: ~Copyable {
    /// How often a connection was cut because the publisher sent a frame over the size limit, or no ZeroMQ.
    ///
    /// Each is made again by `receive`: call that now and then, even where no poller says so.
    public private(set) var cutConnections = 0

    /// How often a peer was refused for its key, or for having none, as far as `receive` noticed.
    public var refusedPeers: Int { socket.monitor?.refusedPeers ?? 0 }

    let socket: Socket
    private var poller: Poller

    /// Opens a socket that is bound and connected to nothing yet.
    public init(
        context: Context, configuration: SocketConfiguration = SocketConfiguration(lingerMilliseconds: 0)
    ) throws(TransportError) {
        let socket = try Socket(context, .subscriber, configuration)
        try socket.watchConnections()
        self.socket = socket
        poller = Poller()
        poller.add(socket)
    }

    /// Listens at an endpoint for publishers that connect; gives the endpoint with wildcards resolved.
    ///
    /// The file of an `ipc://` endpoint lets only its owner in.
    @discardableResult
    public mutating func bind(_ endpoint: String) throws(TransportError) -> String {
        try socket.bind(endpoint)
    }

    /// Connects to a publisher, now or as soon as it is there, and again whenever it comes back.
    public mutating func connect(_ endpoint: String) throws(TransportError) {
        try socket.connect(endpoint)
    }

    /// Asks for a topic.
    ///
    /// ZeroMQ takes it as a prefix: `/a` also brings `/ab`. Compare the whole topic after receipt.
    public mutating func subscribe(to topic: String) throws(TransportError) {
        try socket.set(ZMQ_SUBSCRIBE, to: Array(topic.utf8))
    }

    /// Takes the next message without waiting; false where there is none.
    public mutating func receive(into message: inout ReceivedMessage) throws(TransportError) -> Bool {
        if try unsafe message.receive(from: socket.handle) { return true }
        cutConnections += try socket.reviveConnections()
        return false
    }

    /// Takes the next message, waiting at most `timeout` for it; false where none came.
    public mutating func receive(
        into message: inout ReceivedMessage, timeout: Duration
    ) throws(TransportError) -> Bool {
        if try receive(into: &message) { return true }
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: timeout)
        repeat {
            let rest = clock.now.duration(to: deadline)
            let isWaiting = socket.monitor?.isWaiting ?? false
            _ = try poller.wait(timeout: isWaiting ? min(rest, ConnectionMonitor.pause) : rest)
            // What woke us may have been a connection that ended.
            if try receive(into: &message) { return true }
        } while clock.now < deadline
        return false
    }
}
