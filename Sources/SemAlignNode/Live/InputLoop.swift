// SPDX-License-Identifier: Apache-2.0
internal import Logging
internal import SemAlignCore
internal import SemAlignTransport
internal import Synchronization

/// The input thread's work: owns the subscriber, decodes and joins, and leaves the newest frame in the mailbox.
struct InputLoop: ~Copyable {
    /// Messages taken from the socket before the newest frame of them is decoded.
    private static let batch = 256
    /// Longest wait [ns]: often enough for the watchdog to see that the thread lives.
    private static let longestWait: UInt64 = 500_000_000

    /// Endpoints that were bound, with wildcards resolved.
    let endpoints: [String]
    private let shared: NodeShared
    private var subscriber: Subscriber
    private var poller: Poller
    private var intake: FrameIntake
    private var gaps = SequenceGaps()
    private var slots = ReceivedMessage()
    private var newest: JoinedFrame<FramePart>?
    private var hasSaidNoCamera = false
    /// Connections that the transport had cut when that was last counted.
    private var cutConnections = 0

    /// Opens the endpoints of the configuration and subscribes to its topics.
    init(_ shared: NodeShared, intake: FrameIntake) throws(TransportError) {
        let settings = shared.configuration.subscribe
        let payloadLimit = settings.payloadLimitMebibytes << 20
        var subscriber = try Subscriber(
            context: shared.context,
            configuration: SocketConfiguration(
                queueLimit: settings.highWaterMark, frameSizeLimit: payloadLimit + payloadLimit / 4,
                lingerMilliseconds: 0))
        for topic in intake.topics { try subscriber.subscribe(to: topic) }
        var endpoints: [String] = []
        for endpoint in settings.bind { endpoints.append(try subscriber.bind(endpoint)) }
        for endpoint in settings.connect { try subscriber.connect(endpoint) }
        poller = Poller(signal: shared.wake)
        poller.add(subscriber)
        self.subscriber = subscriber
        self.endpoints = endpoints
        self.shared = shared
        self.intake = intake
    }

    /// Works until the wake signal calls.
    mutating func run() throws(TransportError) {
        while true {
            shared.isInputAlive.store(true, ordering: .relaxed)
            _ = try poller.wait(timeout: .nanoseconds(waitingTime))
            if poller.isCalled { return }
            try drain()
            countCutConnections()
            take(intake.advance(to: shared.clocks.steady()))
            handOver()
        }
    }

    private var waitingTime: UInt64 {
        guard let deadline = intake.nextDeadline else { return Self.longestWait }
        let now = shared.clocks.steady()
        return deadline > now ? min(deadline - now, Self.longestWait) : 0
    }

    /// Empties the socket: a full queue keeps what is old and drops what is new.
    private mutating func drain() throws(TransportError) {
        for _ in 0..<Self.batch {
            guard try subscriber.receive(into: &slots) else { return }
            receive()
        }
    }

    /// A frame far over the limit never becomes a message: the transport cuts its sender's connection.
    private mutating func countCutConnections() {
        let new = subscriber.cutConnections - cutConnections
        guard new > 0 else { return }
        cutConnections += new
        let limit = shared.configuration.subscribe.payloadLimitMebibytes
        shared.record(
            Drop(
                .oversize,
                "a connection was cut: its sender sent a frame far over \(limit) MiB, or does not speak ZeroMQ",
                count: new))
    }

    private mutating func receive() {
        do throws(WireError) {
            let limit = shared.configuration.subscribe.payloadLimitMebibytes << 20
            let message = try WireMessage(decoding: slots, payloadLimit: limit)
            guard shared.inputTopics.contains(message.topic) else { return }
            count(message)
            if shared.configuration.record.hasInputs { record(message) }
            take(
                intake.receive(
                    IncomingMessage(topic: message.topic, schema: message.schema, payload: message.payload),
                    at: shared.clocks.steady(), wallTime: shared.clocks.wall()))
        } catch {
            shared.record(Drop(error))
        }
    }

    private func record(_ message: WireMessage) {
        guard shared.recorder?.isRecording(message.topic) ?? false else { return }
        shared.put(
            RecordedMessage(
                topic: message.topic, schema: message.schema, payload: message.payload,
                sequence: message.stamp.map { UInt32(truncatingIfNeeded: $0.sequence) },
                logTime: shared.clocks.wall(), publishTime: message.stamp?.publishTime))
    }

    private mutating func count(_ message: WireMessage) {
        let missing = message.stamp.map { gaps.missing(topic: message.topic, before: $0.sequence) } ?? 0
        shared.counters.received(message.topic, missing: missing)
        if missing > 0 {
            shared.record(
                Drop(
                    .lost, "\(missing) messages of \(message.topic) did not arrive",
                    count: Int(clamping: missing)))
        }
    }

    private mutating func take(_ events: [FrameIntake.Event]) {
        for event in events {
            switch event {
            case .frame(let frame):
                if let older = newest.take() { shared.recordSuperseded(older.stamp) }
                newest = frame
            case .dropped(let drop): shared.record(drop)
            case .newSequence(let before, let after):
                shared.logger.info("stamps jumped back from \(before) to \(after): tracking starts anew")
            }
        }
    }

    /// Decodes the newest frame only: older ones would be overtaken in the mailbox.
    private mutating func handOver() {
        guard let frame = newest.take() else { return }
        let start = shared.clocks.steady()
        let job = intake.job(for: frame)
        let end = shared.clocks.steady()
        shared.counters.took("join", start &- frame.firstArrival)
        shared.counters.took("decode", end &- start)
        for drop in job.frame.notes { shared.record(drop) }
        if case .refused(let drop) = job.frame.content { shared.record(drop) }
        sayOnceWithoutCamera(job)
        if let replaced = shared.mailbox.put(QueuedJob(job: job, queued: end)) {
            shared.recordSuperseded(replaced.job.frame.timestamp)
        }
    }

    private mutating func sayOnceWithoutCamera(_ job: FrameJob) {
        guard !hasSaidNoCamera, case .observation(let sighted) = job.frame.content,
            sighted.observation.intrinsics == nil
        else { return }
        hasSaidNoCamera = true
        shared.logger.warning(
            "no intrinsics came: the focal length is estimated and positions are not metres; set calibration")
    }
}

extension Drop {
    /// A wire message that is none.
    init(_ error: WireError) {
        switch error {
        case .oversize: self.init(.oversize, error.description)
        default: self.init(.wireFrames, error.description)
        }
    }
}
