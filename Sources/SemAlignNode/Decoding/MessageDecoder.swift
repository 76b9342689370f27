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
    /// Features for the further class with this number, from 1.
    case classFeatures(Int, FeatureMessage)
    /// Where the camera is.
    case cameraPose(CameraPoseMessage)
}

/// Decodes the messages of the configured topics.
public struct MessageDecoder: Sendable {
    private let streams: [String: FrameStream]
    private let queries: String
    private let cameraPose: String
    /// Numbers of the classes that have features of their own.
    private let classes: [String: Int]
    private let payloadLimit: Int

    /// Takes the topics and limits of a configuration.
    public init(_ configuration: NodeConfiguration) {
        let topics = configuration.topics
        let named = FrameStream.allCases.map { (topics.name(of: $0), $0) }.filter { !$0.0.isEmpty }
        streams = Dictionary(named) { first, _ in first }
        queries = topics.queries
        cameraPose = topics.cameraPose
        let numbered = configuration.objects.features.enumerated().map { ($1, $0 + 1) }
        classes = Dictionary(numbered) { first, _ in first }
        payloadLimit = configuration.subscribe.payloadLimitMebibytes << 20
    }

    /// Topics to subscribe to, sorted.
    public var topics: [String] {
        (Array(streams.keys) + Array(classes.keys) + [queries, cameraPose]).filter { !$0.isEmpty }.sorted()
    }

    /// The content of a message; `nil` where its topic is none of ours.
    ///
    /// Throws a `Drop` that says what is wrong with it.
    public func decode(_ message: IncomingMessage) throws(Drop) -> DecodedMessage? {
        try decode(message.payload.span, topic: message.topic, schema: message.schema)
    }

    /// The content of a payload that may lie in somebody else's memory; `nil` where its topic is none of ours.
    ///
    /// Throws a `Drop` that says what is wrong with it.
    public func decode(
        _ payload: Span<UInt8>, topic: String, schema: String
    ) throws(Drop) -> DecodedMessage? {
        let stream = streams[topic]
        let index = classes[topic]
        guard
            stream != nil || index != nil || (!topic.isEmpty && [queries, cameraPose].contains(topic))
        else { return nil }
        guard payload.count <= payloadLimit else {
            throw Drop(
                .oversize, "\(topic): \(payload.count) bytes, at most \(payloadLimit) are accepted")
        }
        do throws(MessageError) {
            if stream == nil, topic == cameraPose {
                try check(schema, isOneOf: CameraPoseMessage.schemas)
                return .cameraPose(try CameraPoseMessage(decoding: copy(payload), schema: schema))
            }
            if let index {
                try check(schema, isOneOf: [FeatureMessage.schemaName])
                return .classFeatures(index, try FeatureMessage(decoding: payload))
            }
            guard let stream else {
                try check(schema, isOneOf: [QueryMessage.schemaName])
                return .queries(try QueryMessage(decoding: copy(payload)))
            }
            return .part(stream, try part(of: stream, from: payload, schema: schema))
        } catch {
            let other: DropReason = topic == cameraPose ? .cameraPose : index != nil ? .features : .query
            throw Drop(error.dropReason(stream?.dropReason ?? other), "\(topic): \(error)")
        }
    }

    /// Only features are large enough to be worth reading where they lie.
    private func part(
        of stream: FrameStream, from payload: Span<UInt8>, schema: String
    ) throws(MessageError) -> FramePart {
        switch stream {
        case .features:
            try check(schema, isOneOf: [FeatureMessage.schemaName])
            return .features(try FeatureMessage(decoding: payload))
        case .cameraInfo:
            try check(schema, isOneOf: [CalibrationMessage.schemaName])
            return .calibration(try CalibrationMessage(decoding: copy(payload)))
        case .image, .depth, .mask:
            try check(schema, isOneOf: [CompressedImageMessage.schemaName, RawImageMessage.schemaName])
            return schema == RawImageMessage.schemaName
                ? .raw(try RawImageMessage(decoding: copy(payload)))
                : .compressed(try CompressedImageMessage(decoding: copy(payload)))
        }
    }

    private func copy(_ payload: Span<UInt8>) -> [UInt8] {
        unsafe payload.withUnsafeBufferPointer { unsafe [UInt8]($0) }
    }

    private func check(_ schema: String, isOneOf schemas: [String]) throws(MessageError) {
        guard schemas.contains(schema) else {
            throw .unknown(
                field: "schema", found: String(schema.prefix(80)),
                supported: schemas.joined(separator: ", "))
        }
    }
}

extension MessageError {
    /// The name that a broken message is counted under.
    fileprivate func dropReason(_ content: DropReason) -> DropReason {
        switch self {
        case .malformed: .malformed
        case .unknown(field: "schema", _, _): .unknownSchema
        case .timestampOutOfRange: .noStamp
        case .missing(let field) where field.hasPrefix("timestamp"): .noStamp
        default: content
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
