// SPDX-License-Identifier: Apache-2.0
internal import SemAlignBags
public import SemAlignTransport

/// Where a recording hears its messages.
public struct WireRecordingConfiguration: Hashable, Sendable {
    /// Where publishers are: a node's results unless set otherwise.
    public var endpoints = WireEndpoints(connect: PublishSettings().bind, highWaterMark: 1000)
    /// Largest message [MiB].
    public var payloadLimitMebibytes = 64

    /// Makes the default configuration.
    public init() {}
}

/// What a person or a signal asks of a recording.
public enum RecorderCommand: Hashable, Sendable {
    /// Pauses, or goes on after a pause.
    case togglePause
    /// Writes the snapshot.
    case snapshot
}

/// What a recording from the wire did.
public struct WireRecordingSummary: Hashable, Sendable, CustomStringConvertible {
    /// What the recorder did.
    public internal(set) var recorder = RecorderSummary()
    /// Messages received, those of a pause among them.
    public internal(set) var received: UInt64 = 0
    /// Messages that did not arrive, by the gaps in their sequence numbers.
    public internal(set) var missing: UInt64 = 0
    /// Messages that are none.
    public internal(set) var malformed: UInt64 = 0

    /// One line for people.
    public var description: String {
        recorder.description + (missing > 0 ? "; \(missing) did not arrive" : "")
            + (malformed > 0 ? "; \(malformed) are no messages" : "")
    }
}

/// Records what is published over ZeroMQ.
public struct WireRecording: Sendable {
    private let configuration: WireRecordingConfiguration
    private let recorder: RecorderConfiguration
    private let clocks: NodeClocks

    /// Prepares to record.
    public init(
        _ configuration: WireRecordingConfiguration, recorder: RecorderConfiguration,
        clocks: NodeClocks = .system
    ) throws(NodeError) {
        try configuration.endpoints.check()
        try recorder.check()
        self.configuration = configuration
        self.recorder = recorder
        self.clocks = clocks
    }

    /// Records on this thread until `stop` is set or the recorder fails.
    ///
    /// `commands` is asked for the next one ten times a second, `report` hears what happens, `context` is shared
    /// with whoever uses `inproc://` endpoints. Throws where an endpoint or the first file cannot be used.
    public func run(
        until stop: StopFlag, context: Context? = nil, commands: () -> RecorderCommand? = { nil },
        report: @escaping @Sendable (RecorderEvent) -> Void
    ) throws(NodeError) -> WireRecordingSummary {
        let security = try configuration.endpoints.curve.security
        var receiver: WireReceiver
        do throws(TransportError) {
            let context = if let context { context } else { try Context() }
            receiver = try WireReceiver(
                configuration, topics: recorder.topics, security: security, context: context, clocks, report)
        } catch {
            throw NodeError(error)
        }
        let running = try BagRecorder.start(recorder, clocks: clocks, report: report)
        let input = running.input
        let failure = receiver.work(into: input, until: stop, commands)
        receiver.summary.recorder = running.stop()
        if let failure { throw NodeError(failure) }
        return receiver.summary
    }
}

/// The socket's side of a recording.
struct WireReceiver: ~Copyable {
    var summary = WireRecordingSummary()
    private let payloadLimit: Int
    private let clocks: NodeClocks
    private let report: @Sendable (RecorderEvent) -> Void
    private var subscriber: Subscriber
    private var slots = ReceivedMessage()
    private var gaps = SequenceGaps()
    private var drops = DropLog()

    init(
        _ configuration: WireRecordingConfiguration, topics: TopicFilter, security: SocketSecurity,
        context: Context,
        _ clocks: NodeClocks, _ report: @escaping @Sendable (RecorderEvent) -> Void
    ) throws(TransportError) {
        payloadLimit = configuration.payloadLimitMebibytes << 20
        self.clocks = clocks
        self.report = report
        var subscriber = try Subscriber(
            context: context,
            configuration: SocketConfiguration(
                queueLimit: configuration.endpoints.highWaterMark,
                frameSizeLimit: payloadLimit + payloadLimit / 4,
                lingerMilliseconds: 0, security: security))
        // A subscription is a prefix: what stands before the first star. The filter compares the whole.
        let prefixes = topics.included.map { String($0.prefix { $0 != "*" }) }
        for prefix in prefixes.isEmpty ? [""] : prefixes { try subscriber.subscribe(to: prefix) }
        for endpoint in configuration.endpoints.bind { try subscriber.bind(endpoint) }
        for endpoint in configuration.endpoints.connect { try subscriber.connect(endpoint) }
        self.subscriber = subscriber
    }

    /// Puts all messages into the recorder until `stop` is set, then what has arrived by then.
    mutating func work(
        into input: RecorderInput, until stop: StopFlag, _ commands: () -> RecorderCommand?
    ) -> TransportError? {
        do throws(TransportError) {
            var next = clocks.steady()
            while !stop.isSet, !input.hasFailed {
                if try subscriber.receive(into: &slots, timeout: .milliseconds(100)) { take(into: input) }
                guard clocks.steady() >= next else { continue }
                next = clocks.steady() &+ 100_000_000
                while let command = commands() { obey(command, input) }
            }
            // What was sent before the stop may still be on its way.
            let end = clocks.steady() &+ 1_000_000_000
            while !input.hasFailed, clocks.steady() < end,
                try subscriber.receive(into: &slots, timeout: .milliseconds(50))
            {
                take(into: input)
            }
            return nil
        } catch {
            return error
        }
    }

    private func obey(_ command: RecorderCommand, _ input: RecorderInput) {
        switch command {
        case .togglePause: input.isPaused.toggle()
        case .snapshot: input.takeSnapshot()
        }
    }

    private mutating func take(into input: RecorderInput) {
        let now = clocks.wall()
        do throws(WireError) {
            let message = try WireMessage(decoding: slots, payloadLimit: payloadLimit)
            summary.received += 1
            summary.missing +=
                message.stamp.map { gaps.missing(topic: message.topic, before: $0.sequence) } ?? 0
            let isTaken = input.put(
                RecordedMessage(
                    topic: message.topic, schema: message.schema, payload: message.payload,
                    sequence: message.stamp.map { UInt32(truncatingIfNeeded: $0.sequence) }, logTime: now,
                    publishTime: message.stamp?.publishTime))
            // Why a recorder that has failed takes nothing was said by itself.
            if !isTaken, !input.hasFailed {
                say(Drop(.record, "the disk is slower than \(message.topic) comes"))
            }
        } catch {
            summary.malformed += 1
            say(Drop(error))
        }
    }

    private mutating func say(_ drop: Drop) {
        if let line = drops.line(for: drop, at: clocks.steady()) { report(.dropped(line)) }
    }
}
