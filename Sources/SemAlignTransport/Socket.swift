// SPDX-License-Identifier: Apache-2.0

import CZeroMQ

/// One ZeroMQ socket: closed when nobody refers to it any more.
///
/// Not `Sendable`: a socket belongs to one thread at a time. Tests use it to send what a `Publisher` would not.
@safe package final class Socket {
    /// What a socket is for.
    package enum Role: Sendable {
        /// Sends to all that subscribed.
        case publisher
        /// Receives what it subscribed to.
        case subscriber
        /// Answers the library's questions about who may come in.
        case authenticator
    }

    let handle: UnsafeMutableRawPointer
    // Keeps the context alive: terminating it first would wait for this socket for ever.
    private let context: Context
    private let security: SocketSecurity
    private var listeners: [LocalListener] = []
    private var boundEndpoints: [String] = []
    private var connectedEndpoints: [String] = []
    private(set) var monitor: ConnectionMonitor?

    /// Opens a socket with all its limits set.
    package init(
        _ context: Context, _ role: Role, _ configuration: SocketConfiguration
    ) throws(TransportError) {
        let type =
            switch role {
            // Unlike a plain publisher socket, an XPUB says who subscribes.
            case .publisher: ZMQ_XPUB
            case .subscriber: ZMQ_SUB
            case .authenticator: ZMQ_REP
            }
        guard let handle = unsafe zmq_socket(context.handle, type) else {
            throw .last(operation: "opening a socket")
        }
        self.context = context
        unsafe self.handle = handle
        security = configuration.security
        let queue = Int32(clamping: max(1, configuration.queueLimit))
        try set(ZMQ_RCVHWM, to: queue)
        try set(ZMQ_SNDHWM, to: queue)
        try set(ZMQ_LINGER, to: Int32(clamping: max(0, configuration.lingerMilliseconds)))
        try set(ZMQ_MAXMSGSIZE, to: Int64(max(1, configuration.frameSizeLimit)))
        // A peer whose machine vanished without a word is noticed within seconds, and called again: publishers ask
        // for signs of life, subscribers leave that to the system. Where nobody reads a full queue the library reads
        // no signs of life either, takes the peer for dead and connects again; up to 4.3.5 it then aborts the process
        // when the queue is read at last (zeromq/libzmq issue 3937).
        if role == .publisher {
            let heartbeat = Int32(clamping: max(1, configuration.heartbeatMilliseconds))
            try set(ZMQ_HEARTBEAT_IVL, to: heartbeat)
            try set(ZMQ_HEARTBEAT_TIMEOUT, to: 3 * heartbeat)
        } else {
            try set(ZMQ_TCP_KEEPALIVE, to: Int32(1))
            try set(ZMQ_TCP_KEEPALIVE_IDLE, to: Int32(2))
            try set(ZMQ_TCP_KEEPALIVE_INTVL, to: Int32(1))
            try set(ZMQ_TCP_KEEPALIVE_CNT, to: Int32(4))
        }
        try set(ZMQ_RECONNECT_IVL, to: Int32(50))
        try set(ZMQ_RECONNECT_IVL_MAX, to: Int32(2000))
    }

    /// True where peers may be refused for their keys.
    var encrypts: Bool { security != .none }

    deinit {
        monitor = nil
        unsafe zmq_close(handle)
        for listener in listeners { listener.removeFile() }
    }

    func set<Value: FixedWidthInteger>(_ option: Int32, to value: Value) throws(TransportError) {
        var value = value
        guard unsafe zmq_setsockopt(handle, option, &value, MemoryLayout<Value>.size) == 0 else {
            throw .last(operation: "setting socket option \(option)")
        }
    }

    func set(_ option: Int32, to bytes: [UInt8]) throws(TransportError) {
        guard unsafe zmq_setsockopt(handle, option, bytes, bytes.count) == 0 else {
            throw .last(operation: "setting socket option \(option)")
        }
    }

    /// Binds, and gives the endpoint with wildcards replaced by what the system chose.
    package func bind(_ endpoint: String) throws(TransportError) -> String {
        try Self.checkPort(endpoint)
        try security.applyForBinding(endpoint, to: self)
        let listener = try LocalListener(endpoint: endpoint)
        // The library would remove whatever lies at the path, and let everybody connect.
        if let listener { try set(ZMQ_USE_FD, to: listener.descriptor) }
        let status = unsafe zmq_bind(handle, endpoint)
        let code = zmq_errno()
        if let listener {
            try set(ZMQ_USE_FD, to: Int32(-1))
            if status == 0 { listeners.append(listener) } else { listener.abandon() }
        }
        guard status == 0 else {
            throw Self.refusal(code, endpoint) { .cannotBind(endpoint: endpoint, reason: $0) }
        }
        let resolved = lastEndpoint ?? endpoint
        boundEndpoints.append(resolved)
        return resolved
    }

    /// Connects, now or as soon as somebody is there.
    package func connect(_ endpoint: String) throws(TransportError) {
        try Self.checkPort(endpoint)
        try security.applyForConnecting(endpoint, to: self)
        guard unsafe zmq_connect(handle, endpoint) == 0 else {
            throw Self.refusal(zmq_errno(), endpoint) { .cannotConnect(endpoint: endpoint, reason: $0) }
        }
        connectedEndpoints.append(endpoint)
    }

    /// Watches the connections that are made from now on; see `reviveConnections`.
    func watchConnections() throws(TransportError) {
        monitor = try unsafe ConnectionMonitor(context, watching: handle, encrypts: encrypts)
    }

    /// Connects again where a peer broke the rules; gives the number of times that one did since the last call.
    func reviveConnections() throws(TransportError) -> Int {
        guard let monitor else { return 0 }
        let (count, lost) = try monitor.lostConnections(
            bound: boundEndpoints, isAllBound: connectedEndpoints.isEmpty)
        guard !lost.isEmpty else { return count }
        // An address may be written otherwise than the endpoint, as a number instead of a name.
        let known = connectedEndpoints.filter(lost.contains)
        for endpoint in known.isEmpty ? connectedEndpoints : known {
            _ = unsafe zmq_disconnect(handle, endpoint)
            try security.applyForConnecting(endpoint, to: self)
            guard unsafe zmq_connect(handle, endpoint) == 0 else {
                throw .last(operation: "connecting to \(endpoint) again")
            }
        }
        return count
    }

    /// Sends one frame without waiting; `hasMore` = the next one belongs to the same message.
    package func sendFrame(_ bytes: Span<UInt8>, hasMore: Bool) throws(TransportError) {
        let flags = hasMore ? ZMQ_DONTWAIT | ZMQ_SNDMORE : ZMQ_DONTWAIT
        let handle = unsafe handle
        var status: Int32
        repeat {
            status = unsafe bytes.withUnsafeBytes { unsafe zmq_send(handle, $0.baseAddress, $0.count, flags) }
        } while status < 0 && zmq_errno() == EINTR
        guard status >= 0 else { throw .last(operation: "sending a message") }
    }

    /// Receives one frame without waiting; `nil` where there is none.
    ///
    /// What is beyond `limit` bytes is cut off.
    func receiveFrame(limit: Int) throws(TransportError) -> (bytes: [UInt8], hasMore: Bool)? {
        var buffer = [UInt8](repeating: 0, count: limit)
        var count: Int32
        repeat {
            count = unsafe zmq_recv(handle, &buffer, buffer.count, ZMQ_DONTWAIT)
        } while count < 0 && zmq_errno() == EINTR
        if count < 0, zmq_errno() == EAGAIN { return nil }
        var (hasMore, size) = (Int32(0), MemoryLayout<Int32>.size)
        guard count >= 0, unsafe zmq_getsockopt(handle, ZMQ_RCVMORE, &hasMore, &size) == 0 else {
            throw .last(operation: "receiving a message")
        }
        return (Array(buffer.prefix(Int(count))), hasMore != 0)
    }

    private var lastEndpoint: String? {
        var text = [CChar](repeating: 0, count: 1024)
        var count = text.count
        guard unsafe zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &text, &count) == 0, count > 1 else {
            return nil
        }
        return String(decoding: text.prefix(count - 1).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The library takes any number and uses its lower sixteen bits.
    private static func checkPort(_ endpoint: String) throws(TransportError) {
        guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return }
        let port = endpoint[endpoint.index(after: colon)...]
        guard port == "*" || UInt16(port) != nil else {
            throw .invalidEndpoint(endpoint: endpoint, reason: "'\(port)' is no port, 0 to 65535")
        }
    }

    private static func refusal(
        _ code: Int32, _ endpoint: String, otherwise: (String) -> TransportError
    ) -> TransportError {
        switch code {
        case EADDRINUSE: .addressInUse(endpoint: endpoint)
        case EINVAL: .invalidEndpoint(endpoint: endpoint, reason: "address or port cannot be read")
        case EPROTONOSUPPORT, ENOCOMPATPROTO:
            .invalidEndpoint(endpoint: endpoint, reason: "this transport is not supported here")
        case ENODEV: .cannotBind(endpoint: endpoint, reason: "no network interface has this address")
        case ETERM: .terminated
        default: otherwise(TransportError.reason(of: code))
        }
    }
}
