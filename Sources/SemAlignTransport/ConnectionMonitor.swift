// SPDX-License-Identifier: Apache-2.0

import CZeroMQ

/// Notices connections that the library has given up, and peers that may not come in.
///
/// It calls again wherever a peer went away, but not where a peer broke the rules: a frame over the size limit, or
/// bytes that are not ZeroMQ's. One such message would leave a subscriber deaf for ever.
@safe final class ConnectionMonitor {
    let handle: UnsafeMutableRawPointer
    private let socket: UnsafeMutableRawPointer
    private var message = ReceivedMessage()

    /// That a handshake ends without a reason is left out: a peer that merely went away does that, too.
    private static let refusals = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH

    /// How long the library may take to say that it calls again after it said that a connection ended.
    private static let grace = Duration.milliseconds(20)

    /// A peer that breaks the rules at once is called again this often at most.
    static let pause = Duration.milliseconds(250)

    /// Handshakes that failed: the wrong key, a key that nobody knows, or no encryption where it is asked for.
    private(set) var refusedPeers = 0

    private var waiting: Set<String> = []
    private var nextCall = ContinuousClock.now

    /// True where connections wait to be made again.
    var isWaiting: Bool { !waiting.isEmpty }

    /// Watches `socket`, which must outlive the monitor; counts refusals where it encrypts.
    init(
        _ context: Context, watching socket: UnsafeMutableRawPointer, encrypts: Bool
    ) throws(TransportError) {
        guard let handle = unsafe zmq_socket(context.handle, ZMQ_PAIR) else {
            throw .last(operation: "opening a socket")
        }
        unsafe self.handle = handle
        unsafe self.socket = socket
        let name = "inproc://semalign-monitor-\(UInt(bitPattern: socket))"
        let refusals = encrypts ? Self.refusals : 0
        let events = refusals | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED
        guard unsafe zmq_socket_monitor(socket, name, events) == 0, unsafe zmq_connect(handle, name) == 0
        else {
            throw .last(operation: "watching connections")
        }
    }

    deinit {
        _ = unsafe zmq_socket_monitor(socket, nil, 0)
        _ = unsafe zmq_close(handle)
    }

    /// How many connections were given up since the last call, and the addresses that are to be called again now.
    ///
    /// Connections that peers made to one of the endpoints `bound` are theirs to make again: where all are, nothing
    /// is waited for.
    func lostConnections(bound: [String], isAllBound: Bool) throws(TransportError) -> (
        count: Int, due: Set<String>
    ) {
        let lost = try lostAddresses(waits: !isAllBound).filter { !bound.contains($0) }
        waiting.formUnion(lost)
        guard !waiting.isEmpty, ContinuousClock.now >= nextCall else { return (lost.count, []) }
        nextCall = ContinuousClock.now.advanced(by: Self.pause)
        defer { waiting = [] }
        return (lost.count, waiting)
    }

    private func lostAddresses(waits: Bool) throws(TransportError) -> [String] {
        var lost: [String] = []
        while try take(into: &lost) || (waits && !lost.isEmpty && waitForMore()) {}
        return lost
    }

    /// Takes one event: its number in the first two bytes, then the address.
    private func take(into lost: inout [String]) throws(TransportError) -> Bool {
        guard try unsafe message.receive(from: handle) else { return false }
        guard message.frameCount == 2, message.byteCount(ofFrame: 0) >= 2 else { return true }
        let event = message.withFrame(0) { Int32($0[0]) | Int32($0[1]) << 8 }
        let address = message.withFrame(1) { bytes in
            unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        }
        if event & Self.refusals != 0 {
            refusedPeers += 1
        } else if event == ZMQ_EVENT_DISCONNECTED {
            lost.append(address)
        } else {
            lost.removeAll { $0 == address }
        }
        return true
    }

    private func waitForMore() -> Bool {
        var item = unsafe zmq_pollitem_t(socket: handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
        return unsafe zmq_poll(&item, 1, Int(Self.grace / .milliseconds(1))) > 0
    }
}
