// SPDX-License-Identifier: Apache-2.0
public import SemAlignBags
internal import SemAlignMessages

/// What the messages of a bag say, after `BagCheck` has seen to the file that holds them.
///
/// Payloads must be what their schemas say; the streams of a frame should have one stamp; stamps should go
/// forward; topics should come without gaps. Memory grows with the number of frames, not with their size.
public struct BagContentCheck: Sendable {
    /// Something that was found.
    public struct Finding: Hashable, Sendable {
        /// True where messages are not what they claim to be; otherwise it is allowed, and worth knowing.
        public let isError: Bool
        /// One line that says what was found.
        public let text: String
    }

    /// A gap is worth a word if it is this many times the mean distance of a topic's messages.
    private static let gapFactor = 4.0

    /// What was found, topic by topic.
    public let findings: [Finding]
    /// Errors among the findings.
    public var errorCount: Int { findings.count { $0.isError } }

    /// Reads every message; what the file itself lacks is left to `BagCheck`.
    ///
    /// Throws where the bag cannot be opened.
    public init(_ source: any ByteSource, topics: TopicNames = TopicNames()) throws(BagError) {
        let reader = try BagReader(source)
        var streams: [String: TopicContent] = [:]
        var messages = reader.stream()
        var damages = 0
        while damages < 1000 {
            do throws(BagError) {
                guard let message = try messages.next() else { break }
                streams[message.topic, default: TopicContent(message)].take(message)
            } catch {
                if case .readFailed = error { throw error }
                damages += 1
            }
        }
        let sorted = streams.sorted { $0.key < $1.key }
        findings =
            sorted.flatMap { $0.value.findings(of: $0.key) } + Self.frames(streams, topics)
            + Self.gaps(try reader.info())
    }

    /// Frames are known by the stamps of their images.
    private static func frames(_ streams: [String: TopicContent], _ topics: TopicNames) -> [Finding] {
        guard let images = streams[topics.image]?.stamps, !images.isEmpty else { return [] }
        return [topics.depth, topics.mask, topics.features].compactMap { topic in
            guard let stamps = streams[topic]?.stamps else { return nil }
            let (missing, alone) = (images.subtracting(stamps).count, stamps.subtracting(images).count)
            guard missing + alone > 0 else { return nil }
            return Finding(
                isError: false,
                text: "\(topic): \(missing) of \(images.count) images have no message of their stamp, "
                    + "\(alone) messages have no image")
        }
    }

    private static func gaps(_ info: BagInfo) -> [Finding] {
        info.topics.compactMap { topic in
            guard let timing = topic.timing, let rate = timing.rate, topic.count > 3 else { return nil }
            let gap = Double(timing.largestGap) / 1e9
            guard gap * rate > gapFactor else { return nil }
            return Finding(
                isError: false,
                text: "\(topic.channel.topic): a gap of \((gap * 1000).rounded() / 1000) s "
                    + "at \((rate * 100).rounded() / 100) messages a second")
        }
    }
}

/// What the messages of one topic say.
private struct TopicContent {
    var stamps: Set<UInt64> = []
    private let schema: Schema?
    private var last: UInt64 = 0
    private var backwards = 0
    private var repeated = 0
    private var count = 0
    private var failures: [String: (count: Int, isError: Bool)] = [:]

    init(_ message: BagMessage) { schema = message.channel.schema }

    mutating func take(_ message: BagMessage) {
        count += 1
        do throws(MessageError) {
            guard let stamp = try Self.stamp(of: message) else { return }
            if stamp < last { backwards += 1 }
            if !stamps.insert(stamp).inserted { repeated += 1 }
            last = stamp
        } catch {
            // What our messages do not carry is legal elsewhere; what is no protobuf is legal nowhere.
            var isError = false
            if case .malformed = error { isError = true }
            if failures.count < 20 || failures[error.description] != nil {
                failures[error.description, default: (0, isError)].count += 1
            }
        }
    }

    func findings(of topic: String) -> [BagContentCheck.Finding] {
        var findings = failures.sorted { $0.key < $1.key }.map { reason, failure in
            BagContentCheck.Finding(
                isError: failure.isError, text: "\(topic): \(failure.count) of \(count) messages: \(reason)")
        }
        func note(_ text: String) { findings.append(.init(isError: false, text: "\(topic): \(text)")) }
        if let schema, let known = SchemaDescriptor.named(schema.name), schema.data != known.data {
            note(
                schema.data.isEmpty
                    ? "the definition of \(schema.name) is missing: other programs cannot decode it"
                    : "the definition of \(schema.name) is not this build's")
        }
        if backwards > 0 { note("\(backwards) stamps are before the one in front of them") }
        if repeated > 0 { note("\(repeated) stamps occur more than once") }
        return findings
    }

    /// The stamp of a message whose schema we know; `nil` for others.
    private static func stamp(of message: BagMessage) throws(MessageError) -> UInt64? {
        let payload = message.payload
        switch message.schemaName {
        case RawImageMessage.schemaName: return try RawImageMessage(decoding: payload).timestamp
        case CompressedImageMessage.schemaName: return try CompressedImageMessage(decoding: payload).timestamp
        case CalibrationMessage.schemaName: return try CalibrationMessage(decoding: payload).timestamp
        case FeatureMessage.schemaName: return try FeatureMessage(decoding: payload).timestamp
        case QueryMessage.schemaName: return try QueryMessage(decoding: payload).timestamp
        case KeypointMessage.schemaName: return try KeypointMessage(decoding: payload).timestamp
        case CorrespondenceMessage.schemaName: return try CorrespondenceMessage(decoding: payload).timestamp
        case DiagnosticsMessage.schemaName: return try DiagnosticsMessage(decoding: payload).timestamp
        default: return nil
        }
    }
}
