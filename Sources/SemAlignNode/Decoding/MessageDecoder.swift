// SPDX-License-Identifier: Apache-2.0
public import SemAlignMessages

/// A message of the wire or of a bag, before anybody looked into it.
public struct IncomingMessage: Hashable, Sendable {
    /// Name of the topic.
    public let topic: String
    /// Full name of the schema.
    public let schema: String
    /// The protobuf message.
    public let payload: [UInt8]

    /// Joins topic, schema and payload.
    public init(topic: String, schema: String, payload: [UInt8]) {
        self.topic = topic
        self.schema = schema
        self.payload = payload
    }
}

/// What the node listens to, decoded.
public enum DecodedMessage: Hashable, Sendable {
    /// A stream of a frame.
    case part(FrameStream, FramePart)
    /// Points to find from now on.
    case queries(QueryMessage)
}

/// Decodes the messages of the configured topics.
public struct MessageDecoder: Sendable {
    private let streams: [String: FrameStream]
    private let queries: String
    private let payloadLimit: Int

    /// Takes the topics and limits of a configuration.
    public init(_ configuration: NodeConfiguration) {
        let topics = configuration.topics
        let named = FrameStream.allCases.map { (topics.name(of: $0), $0) }.filter { !$0.0.isEmpty }
        streams = Dictionary(named) { first, _ in first }
        queries = topics.queries
        payloadLimit = configuration.subscribe.payloadLimitMebibytes << 20
    }

    /// Topics to subscribe to, sorted.
    public var topics: [String] { (Array(streams.keys) + [queries]).filter { !$0.isEmpty }.sorted() }

    /// The content of a message; `nil` where its topic is none of ours.
    ///
    /// Throws a `Drop` that says what is wrong with it.
    public func decode(_ message: IncomingMessage) throws(Drop) -> DecodedMessage? {
        let stream = streams[message.topic]
        guard stream != nil || (message.topic == queries && !queries.isEmpty) else { return nil }
        guard message.payload.count <= payloadLimit else {
            throw Drop(
                .oversize,
                "\(message.topic): \(message.payload.count) bytes, at most \(payloadLimit) are accepted")
        }
        do throws(MessageError) {
            guard let stream else {
                try check(message, carries: [QueryMessage.schemaName])
                return .queries(try QueryMessage(decoding: message.payload))
            }
            return .part(stream, try part(of: stream, from: message))
        } catch {
            throw Drop(error.dropReason(stream: stream), "\(message.topic): \(error)")
        }
    }

    private func part(
        of stream: FrameStream, from message: IncomingMessage
    ) throws(MessageError) -> FramePart {
        switch stream {
        case .features:
            try check(message, carries: [FeatureMessage.schemaName])
            return .features(try FeatureMessage(decoding: message.payload))
        case .cameraInfo:
            try check(message, carries: [CalibrationMessage.schemaName])
            return .calibration(try CalibrationMessage(decoding: message.payload))
        case .image, .depth, .mask:
            try check(message, carries: [CompressedImageMessage.schemaName, RawImageMessage.schemaName])
            return message.schema == RawImageMessage.schemaName
                ? .raw(try RawImageMessage(decoding: message.payload))
                : .compressed(try CompressedImageMessage(decoding: message.payload))
        }
    }

    private func check(_ message: IncomingMessage, carries schemas: [String]) throws(MessageError) {
        guard schemas.contains(message.schema) else {
            throw .unknown(
                field: "schema", found: String(message.schema.prefix(80)),
                supported: schemas.joined(separator: ", "))
        }
    }
}

extension MessageError {
    /// The name that a broken message is counted under.
    fileprivate func dropReason(stream: FrameStream?) -> DropReason {
        switch self {
        case .malformed: .malformed
        case .unknown(field: "schema", _, _): .unknownSchema
        case .timestampOutOfRange: .noStamp
        case .missing(let field) where field.hasPrefix("timestamp"): .noStamp
        default: stream?.dropReason ?? .query
        }
    }
}

extension FrameStream {
    /// The name that unusable content of the stream is counted under.
    var dropReason: DropReason {
        switch self {
        case .image: .image
        case .cameraInfo: .cameraInfo
        case .depth: .depth
        case .mask: .mask
        case .features: .features
        }
    }
}
