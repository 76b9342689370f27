// SPDX-License-Identifier: Apache-2.0
internal import Logging
internal import SemAlignCore
internal import SemAlignProfiling
internal import SemAlignTransport
internal import Synchronization

/// The input thread's work: owns the subscriber, joins and decodes, and leaves frames in the mailbox.
struct InputLoop: ~Copyable {
    /// Messages taken from the socket before the frames of them are decoded.
    private static let batch = 256
    /// Memory that is touched for one frame at most [bytes]: larger blocks are not kept.
    private static let largestReserve = 16 << 20
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
    /// Complete frames: one that is overtaken before it is decoded need not be.
    private let arrived: Mailbox<ArrivedFrame>
    private var cost: ThreadCost?
    private var hasSaidNoCamera = false
    private var hasReserved = false
    /// Connections that the transport had cut when that was last counted.
    private var cutConnections = 0
    /// Peers that had been refused when that was last counted.
    private var refusedPeers = 0

    /// Opens the endpoints of the configuration and subscribes to its topics.
    init(_ shared: NodeShared, intake: FrameIntake) throws(TransportError) {
        let settings = shared.configuration.subscribe
        let payloadLimit = settings.payloadLimitMebibytes << 20
        var subscriber = try Subscriber(
            context: shared.context,
            configuration: SocketConfiguration(
                queueLimit: settings.highWaterMark, frameSizeLimit: payloadLimit + payloadLimit / 4,
                lingerMilliseconds: 0, security: shared.security))
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
        arrived = NodeShared.makeMailbox(shared.clocks)
    }

    /// Works until the wake signal calls.
    mutating func run() throws(TransportError) {
        while try turn() {}
    }

    /// Waits for messages, not beyond `nextDeadline`, and leaves the frames that they complete in the mailbox; false once
    /// the wake signal calls.
    mutating func turn() throws(TransportError) -> Bool {
        if cost == nil { cost = shared.frames?.meter.reading() }
        shared.isInputAlive.store(true, ordering: .relaxed)
        _ = try poller.wait(timeout: .nanoseconds(waitingTime))
        if poller.isCalled { return false }
        // Before the socket is emptied: a frame whose rest has come while the machine stood still has not waited in vain.
        let now = shared.clocks.steady()
        try drain()
        countCutConnections()
        countRefusedPeers()
        take(intake.advance(to: now), arrival: now, transfer: nil)
        handOver()
        return true
    }

    /// When a frame has waited long enough for the rest of its streams [ns, steady clock]; `nil` while none waits.
    var nextDeadline: UInt64? { intake.nextDeadline }

    private var waitingTime: UInt64 {
        guard let deadline = nextDeadline else { return Self.longestWait }
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

    private mutating func countRefusedPeers() {
        shared.recordRefusedPeers(subscriber.refusedPeers - refusedPeers)
        refusedPeers = subscriber.refusedPeers
    }

    private mutating func receive() {
        do throws(WireError) {
            let limit = shared.configuration.subscribe.payloadLimitMebibytes << 20
            let arrival = shared.clocks.steady()
            let wallTime = shared.clocks.wall()
            let header = try WireHeader(decoding: slots, payloadLimit: limit)
            guard shared.inputTopics.contains(header.topic) else { return }
            count(header)
            if shared.configuration.record.hasInputs { record(header) }
            take(
                Self.events(of: slots, header, at: arrival, wallTime: wallTime, by: &intake),
                arrival: arrival, transfer: header.stamp?.age(at: wallTime))
        } catch {
            shared.record(Drop(error))
        }
    }

    /// Megabytes of features are read where the transport put them.
    private static func events(
        of message: borrowing ReceivedMessage, _ header: WireHeader, at arrival: UInt64, wallTime: UInt64,
        by intake: inout FrameIntake
    ) -> [FrameIntake.Event] {
        message.withFrame(2) { payload in
            intake.receive(
                payload, topic: header.topic, schema: header.schema, at: arrival, wallTime: wallTime)
        }
    }

    private func record(_ header: WireHeader) {
        guard shared.recorder?.isRecording(header.topic) ?? false else { return }
        shared.put(
            RecordedMessage(
                topic: header.topic, schema: header.schema, payload: slots.payload,
                sequence: header.stamp.map { UInt32(truncatingIfNeeded: $0.sequence) },
                logTime: shared.clocks.wall(), publishTime: header.stamp?.publishTime))
    }

    private mutating func count(_ header: WireHeader) {
        let missing = header.stamp.map { gaps.missing(topic: header.topic, before: $0.sequence) } ?? 0
        shared.counters.received(header.topic, missing: missing)
        if missing > 0 {
            shared.record(
                Drop(
                    .lost, "\(missing) messages of \(header.topic) did not arrive",
                    count: Int(clamping: missing)))
        }
    }

    private mutating func take(_ events: [FrameIntake.Event], arrival: UInt64, transfer: UInt64?) {
        for event in events {
            switch event {
            case .frame(let frame):
                let complete = ArrivedFrame(
                    frame: frame, lastArrival: arrival, completed: shared.clocks.steady(),
                    transfer: transfer)
                recordSuperseded(arrived.put(complete, since: complete.wayBegan))
            case .dropped(let drop): shared.record(drop)
            case .newSequence(let before, let after):
                shared.logger.info("stamps jumped back from \(before) to \(after): tracking starts anew")
            }
        }
    }

    /// Decodes the frames that came together and hands them over in order.
    private mutating func handOver() {
        while arrived.hasValue {
            switch arrived.take(until: 0) {
            case .value(let frame): handOver(frame)
            case .overtaken(let frames): recordSuperseded(frames)
            case .timeout, .closed: return
            }
        }
    }

    private func recordSuperseded(_ frames: [ArrivedFrame]) {
        for overtaken in frames { shared.recordSuperseded(overtaken.frame.stamp) }
    }

    private mutating func handOver(_ arrived: ArrivedFrame) {
        let start = shared.clocks.steady()
        let job = intake.job(for: arrived.frame)
        let end = shared.clocks.steady()
        if let transfer = arrived.transfer { shared.counters.took("receive", transfer) }
        shared.counters.took("join", start &- arrived.frame.firstArrival)
        shared.counters.took("decode", end &- start)
        for drop in job.frame.notes { shared.record(drop) }
        if case .refused(let drop) = job.frame.content { shared.record(drop) }
        sayOnceWithoutCamera(job)
        let queued = QueuedJob(
            job: job, lastArrival: arrived.lastArrival, queued: end, record: record(of: arrived, decoded: end)
        )
        shared.recordSuperseded(shared.mailbox.put(queued, since: arrived.wayBegan))
        reserve(for: arrived.frame, job.frame.content)
    }

    /// Touches the memory, once, that all frames take that can wait, here and before the socket: after a standstill nothing
    /// costs page faults then, and the node's size says from the start what it will be.
    private mutating func reserve(for frame: JoinedFrame<FramePart>, _ content: AssembledFrame.Content) {
        guard !hasReserved, case .observation(let sighted) = content else { return }
        hasReserved = true
        let observation = sighted.observation
        let decoded = 4 * (observation.depth?.values.count ?? 0) + observation.mask.labels.count
        let settings = shared.configuration.subscribe
        let before = settings.highWaterMark / max(intake.topics.count, 1) + 1
        let blocks = (0..<NodeShared.waitingFrames + before).map { _ in
            [UInt8](repeating: 1, count: min(frame.byteCount + decoded, Self.largestReserve))
        }
        withExtendedLifetime(blocks) {}
    }

    /// What happened to a frame so far and what that cost; `nil` where nobody wants to know.
    private mutating func record(of arrived: ArrivedFrame, decoded: UInt64) -> FrameRecord? {
        guard let recorder = shared.frames else { return nil }
        var record = FrameRecord(stamp: arrived.frame.stamp)
        record.transfer = arrived.transfer
        record.firstArrival = arrived.frame.firstArrival
        record.lastArrival = arrived.lastArrival
        record.completed = arrived.completed
        record.decoded = decoded
        let reading = recorder.meter.reading()
        if let before = cost { record.inputCost = reading - before }
        cost = reading
        return record
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

/// A complete frame and when its last stream came.
private struct ArrivedFrame: Sendable {
    let frame: JoinedFrame<FramePart>
    /// When the message came that completed the frame, or the wait for others ended [ns, steady clock].
    let lastArrival: UInt64
    /// When it was parsed [ns, steady clock].
    let completed: UInt64
    /// Time that the last message spent on the way [ns]; `nil` where its sender did not say when it left.
    let transfer: UInt64?

    /// When the last message left its sender, or came where that is not known [ns, steady clock].
    var wayBegan: UInt64 { lastArrival &- min(transfer ?? 0, lastArrival) }
}

extension WireStamp {
    /// Time since the message left [ns]; `nil` where its sender's clock seems to be another one.
    fileprivate func age(at wallTime: UInt64) -> UInt64? {
        guard publishTime > 0, wallTime >= publishTime, wallTime - publishTime < 60_000_000_000 else {
            return nil
        }
        return wallTime - publishTime
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
