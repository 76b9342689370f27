// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore
public import SemAlignTransport

/// Listens to a camera's topics for some time and names the likely mistake, as `BagDoctor` does for a recording.
///
/// It takes the place of the node at the endpoints of `subscribe.*`: publishers that bind can be listened to beside a
/// running node, publishers that connect only instead of one.
public struct LiveDoctor: Sendable {
    /// Frames that are looked at, spread evenly over the time.
    private static let frameLimit: UInt64 = 16

    private let configuration: NodeConfiguration
    private let representation: ClassRepresentation?
    private let calibration: CameraCalibration?
    private let duration: UInt64
    private let clocks: NodeClocks

    /// Reads the files that the configuration names; listens for `seconds`, above 0 and at most an hour.
    public init(
        _ configuration: NodeConfiguration, seconds: Double, clocks: NodeClocks = .system
    ) throws(NodeError) {
        guard seconds > 0, seconds <= 3600 else {
            throw .conflict(
                reason: "the doctor cannot listen for \(seconds) s",
                remedy: "give more than 0 and at most 3600")
        }
        let doctor = try BagDoctor(configuration)
        self.configuration = configuration
        representation = doctor.representation
        calibration = doctor.calibration
        duration = UInt64(seconds * 1e9)
        self.clocks = clocks
    }

    /// Everything that was looked at; `progress` gets the share 0…1 of the time and the messages so far.
    ///
    /// `context` is shared with whoever uses `inproc://` endpoints. Throws where an endpoint cannot be used.
    public func findings(
        context: Context? = nil, until stop: StopFlag = StopFlag(),
        progress: (Double, Int) -> Void = { _, _ in }
    ) throws(NodeError) -> [Finding] {
        var streams = StreamStatistics()
        var frames = SampledFrames(configuration, representation: representation, calibration: calibration)
        var wire = WireFindings()
        let security = try configuration.curve.security
        do throws(TransportError) {
            let context = if let context { context } else { try Context() }
            var listener = try StreamListener(configuration, security: security, context: context)
            let decoder = MessageDecoder(configuration)
            let begin = clocks.steady()
            var (nextSample, heard) = (begin, 0)
            while !stop.isSet, clocks.steady() &- begin < duration {
                let message = try listener.next(within: .milliseconds(100), &wire)
                let now = clocks.steady()
                heard += message == nil ? 0 : 1
                progress(Double(now &- begin) / Double(duration), heard)
                guard let message else { continue }
                streams.add(message, at: clocks.wall(), decoder, configuration.topics)
                let isTaken = frames.add(message, at: now) { _ in now >= nextSample }
                if isTaken { nextSample = now &+ duration / Self.frameLimit }
            }
        } catch {
            throw NodeError(error)
        }
        let hasNone = frames.samples.isEmpty
        frames.finish { _ in hasNone }
        let stamps = StampCheck(streams, configuration).findings + wire.findings
        guard !stamps.contains(where: { $0.verdict == .problem }) else { return stamps }
        return stamps + frames.allFindings(representation: representation)
    }
}

/// What the transport itself says about a stream.
struct WireFindings: Hashable, Sendable {
    /// Messages that did not arrive, by topic.
    var missing: [String: UInt64] = [:]
    /// Messages that are none.
    private var malformedCount = 0
    /// Why the first of them is none.
    private var malformedReason = ""

    /// Notes a message that is none.
    mutating func note(_ error: WireError) {
        if malformedCount == 0 { malformedReason = "\(error)" }
        malformedCount += 1
    }

    /// Nothing where all came as it was sent.
    var findings: [Finding] {
        var list = missing.sorted { $0.key < $1.key }.map { topic, count in
            Finding(
                "lost_messages", .warning, found: "\(count) messages of \(topic) did not arrive",
                matter: "frames without them are not answered, or answered without that stream",
                remedy: "raise subscribe.high_water_mark, or send less")
        }
        if malformedCount > 0 {
            list.append(
                Finding(
                    "wire_frames", .warning, found: "\(malformedCount) times: \(malformedReason)",
                    matter: "such messages are not used", remedy: "see docs/messages.md for the frames"))
        }
        return list
    }
}

/// The node's subscriber, for somebody who only listens.
struct StreamListener: ~Copyable {
    private let topics: Set<String>
    private let payloadLimit: Int
    private var subscriber: Subscriber
    private var slots = ReceivedMessage()
    private var gaps = SequenceGaps()

    init(
        _ configuration: NodeConfiguration, security: SocketSecurity, context: Context
    ) throws(TransportError) {
        let settings = configuration.subscribe
        payloadLimit = settings.payloadLimitMebibytes << 20
        topics = Set(MessageDecoder(configuration).topics)
        var subscriber = try Subscriber(
            context: context,
            configuration: SocketConfiguration(
                queueLimit: settings.highWaterMark, frameSizeLimit: payloadLimit + payloadLimit / 4,
                lingerMilliseconds: 0, security: security))
        for topic in topics.sorted() { try subscriber.subscribe(to: topic) }
        for endpoint in settings.bind { try subscriber.bind(endpoint) }
        for endpoint in settings.connect { try subscriber.connect(endpoint) }
        self.subscriber = subscriber
    }

    /// The next message of the node's topics; `nil` where none came in time.
    mutating func next(
        within time: Duration, _ findings: inout WireFindings
    ) throws(TransportError) -> IncomingMessage? {
        guard try subscriber.receive(into: &slots, timeout: time) else { return nil }
        do throws(WireError) {
            let message = try WireMessage(decoding: slots, payloadLimit: payloadLimit)
            guard topics.contains(message.topic) else { return nil }
            let missing = message.stamp.map { gaps.missing(topic: message.topic, before: $0.sequence) } ?? 0
            if missing > 0 { findings.missing[message.topic, default: 0] += missing }
            return IncomingMessage(topic: message.topic, schema: message.schema, payload: message.payload)
        } catch {
            findings.note(error)
            return nil
        }
    }
}
