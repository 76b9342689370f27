// SPDX-License-Identifier: Apache-2.0

import CZeroMQ

/// Waits until one of several subscribers has a message, or somebody calls.
///
/// Belongs to the thread of its subscribers, and keeps their sockets open.
@safe public struct Poller: ~Copyable {
    private var sockets: [Socket] = []
    /// Which items belong to each socket: its own, and that of its monitor.
    private var parts: [Range<Int>] = []
    private var items: [zmq_pollitem_t] = unsafe []
    private let signal: WakeSignal?

    /// Makes a poller that `signal`, if given, can wake from other threads.
    public init(signal: WakeSignal? = nil) {
        self.signal = signal
        if let signal {
            unsafe items.append(
                zmq_pollitem_t(socket: nil, fd: signal.descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
        }
    }

    /// Adds a subscriber; the number it is known by here is returned, from 0.
    @discardableResult
    public mutating func add(_ subscriber: borrowing Subscriber) -> Int {
        add(subscriber.socket)
    }

    /// Adds any socket.
    @discardableResult
    package mutating func add(_ socket: Socket) -> Int {
        sockets.append(socket)
        let start = unsafe items.count
        unsafe append(socket.handle)
        if let monitor = socket.monitor { unsafe append(monitor.handle) }
        unsafe parts.append(start..<items.count)
        return sockets.count - 1
    }

    private mutating func append(_ handle: UnsafeMutableRawPointer) {
        unsafe items.append(zmq_pollitem_t(socket: handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0))
    }

    /// Waits for a message or a call, at most `timeout` (`nil` = as long as it takes).
    ///
    /// False where the time is over, or where a signal of the system broke the wait.
    public mutating func wait(timeout: Duration?) throws(TransportError) -> Bool {
        let milliseconds = timeout.map(Self.milliseconds) ?? -1
        let count = unsafe items.withUnsafeMutableBufferPointer { buffer in
            unsafe zmq_poll(buffer.baseAddress, Int32(buffer.count), milliseconds)
        }
        if count >= 0 { return count > 0 }
        for index in unsafe items.indices { unsafe items[index].revents = 0 }
        if zmq_errno() == EINTR { return false }
        throw .last(operation: "waiting for messages")
    }

    /// True where subscriber number `index` is to be read: it has a message, or, seldom, a connection to care for.
    public func isReady(_ index: Int) -> Bool {
        parts[index].contains { unsafe items[$0].revents != 0 }
    }

    /// True where the signal called when the last wait ended; it calls until it is reset.
    public var isCalled: Bool {
        unsafe signal != nil && items[0].revents != 0
    }

    /// Rounded up, so that a wait is never shorter than asked for.
    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0 else { return 0 }
        guard seconds < 1_000_000_000 else { return 1_000_000_000_000 }
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
