// SPDX-License-Identifier: Apache-2.0

/// A message as it stands on the wire: topic, schema, payload, and usually a stamp.
public struct WireMessage: Hashable, Sendable {
    /// Longest topic or schema name [bytes of UTF-8].
    public static let nameLimit = 255
    /// Largest payload unless configured otherwise: 64 MiB.
    public static let defaultPayloadLimit = 64 << 20

    /// Topic, such as `/camera/color/image`.
    public let topic: String
    /// Full name of the payload's schema, such as `foxglove.CompressedImage`.
    public let schema: String
    /// The protobuf message, byte for byte what a bag stores.
    public let payload: [UInt8]
    /// Number and time of sending; senders may leave it out.
    public let stamp: WireStamp?

    /// Joins the parts of a message.
    public init(topic: String, schema: String, payload: [UInt8], stamp: WireStamp?) {
        self.topic = topic
        self.schema = schema
        self.payload = payload
        self.stamp = stamp
    }

    /// Reads the frames of a received message; the payload is copied, and looked at last.
    ///
    /// Throws what `WireHeader` throws.
    public init(
        decoding message: borrowing ReceivedMessage, payloadLimit: Int = defaultPayloadLimit
    ) throws(WireError) {
        let header = try WireHeader(decoding: message, payloadLimit: payloadLimit)
        self.init(header, payload: message.payload)
    }

    /// Joins a header and its payload.
    public init(_ header: WireHeader, payload: [UInt8]) {
        self.init(topic: header.topic, schema: header.schema, payload: payload, stamp: header.stamp)
    }
}

/// What stands on the wire around a payload: enough to tell whether it is wanted.
public struct WireHeader: Hashable, Sendable {
    /// Topic, such as `/camera/color/image`.
    public let topic: String
    /// Full name of the payload's schema.
    public let schema: String
    /// Number and time of sending; senders may leave it out.
    public let stamp: WireStamp?

    /// Reads all frames of a received message but the payload, whose size is checked.
    ///
    /// Throws the reason why the message cannot be taken: the number of frames, a name that is empty, too long
    /// or not UTF-8, a payload of more than `payloadLimit` bytes, a stamp of another length than 16 bytes.
    public init(
        decoding message: borrowing ReceivedMessage, payloadLimit: Int = WireMessage.defaultPayloadLimit
    ) throws(WireError) {
        guard (3...4).contains(message.frameCount) else { throw .frameCount(found: message.frameCount) }
        topic = try Self.name(in: message, frame: 0, what: "topic")
        schema = try Self.name(in: message, frame: 1, what: "schema")
        let size = message.byteCount(ofFrame: 2)
        guard size <= payloadLimit else {
            throw .oversize(topic: topic, found: size, limit: payloadLimit)
        }
        if message.frameCount == 4 {
            let length = message.byteCount(ofFrame: 3)
            guard length == WireStamp.byteCount else { throw .stampLength(topic: topic, found: length) }
            stamp = message.withFrame(3) { WireStamp(decoding: $0) }
        } else {
            stamp = nil
        }
    }

    private static func name(
        in message: borrowing ReceivedMessage, frame: Int, what: String
    ) throws(WireError) -> String {
        let length = message.byteCount(ofFrame: frame)
        guard (1...WireMessage.nameLimit).contains(length) else {
            throw .nameLength(frame: what, found: length)
        }
        let text = message.withFrame(frame) { bytes in
            unsafe bytes.withUnsafeBufferPointer { unsafe String(validating: $0, as: UTF8.self) }
        }
        guard let text else { throw .notUTF8(frame: what) }
        return text
    }
}

/// The fourth frame: 16 bytes, little-endian.
public struct WireStamp: Hashable, Sendable {
    static let byteCount = 16

    /// Number of the message on its topic, from 0.
    public let sequence: UInt64
    /// When it was sent [ns since the Unix epoch].
    public let publishTime: UInt64

    /// Joins number and time.
    public init(sequence: UInt64, publishTime: UInt64) {
        self.sequence = sequence
        self.publishTime = publishTime
    }

    init(decoding bytes: Span<UInt8>) {
        func word(_ start: Int) -> UInt64 {
            (start..<(start + 8)).reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
        }
        self.init(sequence: word(0), publishTime: word(8))
    }

    var encoded: [UInt8] {
        [sequence, publishTime].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
    }
}
