// SPDX-License-Identifier: Apache-2.0

import CZeroMQ

/// Slots for the frames of one multipart message, used again for every message.
///
/// The bytes stay where the library put them until the next message is received into these slots.
@safe public struct ReceivedMessage: ~Copyable {
    /// Frames that are kept; no message of this project has more.
    public static let capacity = 4

    /// How many frames the message had; those beyond `capacity` were thrown away.
    public private(set) var frameCount = 0

    // A fixed address: the library does not promise that its messages may be moved. One slot is for the
    // frames that are not kept.
    private let slots: UnsafeMutablePointer<zmq_msg_t>

    /// Makes empty slots.
    public init() {
        unsafe slots = .allocate(capacity: Self.capacity + 1)
        for index in 0...Self.capacity {
            unsafe (slots + index).initialize(to: zmq_msg_t())
            unsafe zmq_msg_init(slots + index)
        }
    }

    deinit {
        for index in 0...Self.capacity { unsafe zmq_msg_close(slots + index) }
        unsafe slots.deallocate()
    }

    /// Size of frame `index` [bytes].
    ///
    /// Precondition: the message has this frame, and it was kept.
    public func byteCount(ofFrame index: Int) -> Int {
        checkIndex(index)
        return unsafe zmq_msg_size(slots + index)
    }

    /// Calls `body` with the bytes of frame `index`, in place, not aligned to anything.
    ///
    /// Precondition: the message has this frame, and it was kept.
    public func withFrame<Result, Failure: Error>(
        _ index: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        checkIndex(index)
        let start = unsafe zmq_msg_data(slots + index)?.assumingMemoryBound(to: UInt8.self)
        let bytes = unsafe UnsafeBufferPointer(start: start, count: zmq_msg_size(slots + index))
        return try unsafe body(bytes.span)
    }

    /// A copy of the payload, which is frame 2.
    ///
    /// Precondition: the message has this frame.
    public var payload: [UInt8] {
        withFrame(2) { bytes in unsafe bytes.withUnsafeBufferPointer { unsafe [UInt8]($0) } }
    }

    /// True where frame `index` holds exactly these bytes; false where there is no such frame.
    public func frame(_ index: Int, equals text: String) -> Bool {
        guard index < min(frameCount, Self.capacity) else { return false }
        return withFrame(index) { bytes in
            bytes.count == text.utf8.count
                && zip(text.utf8, bytes.indices).allSatisfy { $0 == bytes[$1] }
        }
    }

    private func checkIndex(_ index: Int) {
        precondition(
            index >= 0 && index < min(frameCount, Self.capacity), "the message has no frame of this number")
    }

    /// Receives one message without waiting; false where there is none.
    mutating func receive(from socket: UnsafeMutableRawPointer) throws(TransportError) -> Bool {
        frameCount = 0
        var hasMore = true
        while hasMore {
            let slot = unsafe slots + min(frameCount, Self.capacity)
            guard unsafe zmq_msg_recv(slot, socket, ZMQ_DONTWAIT) >= 0 else {
                let code = zmq_errno()
                if code == EINTR { continue }
                if code == EAGAIN, frameCount == 0 { return false }
                frameCount = 0
                throw .last(operation: "receiving a message")
            }
            frameCount += 1
            hasMore = unsafe zmq_msg_more(slot) != 0
        }
        return true
    }
}
