// SPDX-License-Identifier: Apache-2.0
internal import Logging
internal import SemAlignCore
internal import SemAlignMessages
internal import SemAlignProfiling
internal import SemAlignTransport
internal import Synchronization

/// The alignment thread's work: owns the tracker and the publisher, answers frames in order, reports once a second.
struct AlignmentLoop: ~Copyable {
    /// How long a report that is due waits before it is tried again, and at most [ns].
    private static let reportDelay: UInt64 = 5_000_000
    private static let longestReportDelay: UInt64 = 200_000_000

    /// Endpoints that were bound, with wildcards resolved.
    let endpoints: [String]
    private let shared: NodeShared
    private let supervisor: ServiceSupervisor
    private var publisher: Publisher
    private var pipeline: FramePipeline
    private var nextReport: UInt64
    /// When a report is due, or is tried again [ns, steady clock].
    private(set) var wakeTime: UInt64
    private var sequences: [String: UInt32] = [:]
    /// Peers that had been refused when that was last counted.
    private var refusedPeers = 0
    private var rhythm = FrameRhythm()

    /// Opens the endpoints of the configuration.
    init(
        _ shared: NodeShared, pipeline: FramePipeline, supervisor: ServiceSupervisor
    ) throws(TransportError) {
        let settings = shared.configuration.publish
        var publisher = try Publisher(
            context: shared.context,
            configuration: SocketConfiguration(
                queueLimit: settings.highWaterMark, lingerMilliseconds: 500, security: shared.security))
        var endpoints: [String] = []
        for endpoint in settings.bind { endpoints.append(try publisher.bind(endpoint)) }
        for endpoint in settings.connect { try publisher.connect(endpoint) }
        self.publisher = publisher
        self.endpoints = endpoints
        self.shared = shared
        self.pipeline = pipeline
        self.supervisor = supervisor
        nextReport = shared.clocks.steady()
        wakeTime = nextReport
    }

    /// Works until the mailbox is closed; the frames in it are still answered.
    mutating func run() {
        while turn() {}
    }

    /// Waits for a frame, not beyond `wakeTime`, and answers it, or reports where that is due; false once the mailbox is
    /// closed and empty.
    mutating func turn() -> Bool {
        switch shared.mailbox.take(until: wakeTime) {
        case .value(let queued): answer(queued)
        case .overtaken(let late):
            for queued in late { rhythm.note(queued.queued, stamp: queued.job.frame.timestamp) }
            shared.recordSuperseded(late)
        case .timeout: break
        case .closed: return false
        }
        let now = shared.clocks.steady()
        if now >= nextReport, hasTimeToReport(at: now) { report() }
        wakeTime = max(nextReport, now &+ Self.reportDelay)
        return true
    }

    /// A report takes some milliseconds: it comes between frames, but not late by more than a frame of a slow camera.
    private func hasTimeToReport(at now: UInt64) -> Bool {
        (!shared.mailbox.hasValue && rhythm.hasTime(at: now, for: FrameRhythm.part))
            || now &- nextReport > Self.longestReportDelay
    }

    private mutating func answer(_ queued: QueuedJob) {
        let before = shared.frames?.meter.reading()
        let start = shared.clocks.steady()
        rhythm.note(queued.queued, stamp: queued.job.frame.timestamp)
        // Where a search fits between two frames it comes before the answer; else in parts, between later ones.
        let (shared, fits) = (shared, rhythm.hasTime(at: start, for: FrameRhythm.search))
        let answer = pipeline.answer(queued.job, clock: shared.clocks.steady) {
            fits && !shared.mailbox.hasValue
        }
        let aligned = shared.clocks.steady()
        for message in answer.messages { publish(message) }
        let published = shared.clocks.steady()
        let afterwards = finish(answer)
        if let recorder = shared.frames, var record = queued.record, let before {
            record.taken = start
            record.answered = aligned
            record.published = published
            record.add(answer)
            record.afterwards = afterwards
            record.alignmentCost = recorder.meter.reading() - before
            recorder.add(record)
        }
        for stage in afterwards { shared.counters.took(stage.name, stage.duration) }
        if let delay = pipeline.smoothingDelay { shared.counters.took("smoothing_delay", delay) }
        shared.counters.answered(answer)
        shared.counters.took("wait", start &- queued.queued)
        shared.counters.took("answer", aligned &- start)
        shared.counters.took("publish", published &- aligned)
        shared.counters.took("receive_to_publish", published &- queued.job.arrival)
        shared.counters.took(FrameRecord.lastTopicToWire, published &- queued.lastArrival)
        noteAge(of: queued.job.frame.timestamp)
        shared.logger.debug(
            "frame \(queued.job.frame.timestamp): \(answer.result.state.rawValue) in \(aligned &- start) ns")
    }

    /// What the keypoints did not wait for: the other messages, then a look beside the track while there is time.
    private mutating func finish(_ answer: FramePipeline.Answer) -> [FrameRecord.Stage] {
        let start = shared.clocks.steady()
        let (messages, drops) = pipeline.followUp(answer, clock: shared.clocks.steady)
        for message in messages { publish(message) }
        for drop in answer.drops + drops { shared.record(drop) }
        let followed = shared.clocks.steady()
        let (shared, rhythm) = (shared, rhythm)
        let hasExplored = pipeline.explore {
            !shared.mailbox.hasValue && rhythm.hasTime(at: shared.clocks.steady(), for: FrameRhythm.part)
        }
        var stages = [FrameRecord.Stage("follow_up", followed &- start)]
        if hasExplored { stages.append(FrameRecord.Stage("explore", shared.clocks.steady() &- followed)) }
        return stages
    }

    /// From acquisition to the answer, where both clocks seem to be the same: a played bag's are not.
    private func noteAge(of stamp: UInt64) {
        let now = shared.clocks.wall()
        guard now >= stamp, now - stamp < 60_000_000_000 else { return }
        shared.counters.took("stamp_to_publish", now - stamp)
    }

    private mutating func publish(_ message: OutgoingMessage) {
        let now = shared.clocks.wall()
        if shared.configuration.record.hasOutputs { record(message, at: now) }
        do throws(TransportError) {
            try publisher.publish(
                topic: message.topic, schema: message.schema, payload: message.payload.span,
                publishTime: now)
        } catch {
            shared.record(Drop(.publish, "\(message.topic): \(error)"))
        }
    }

    /// Records an answer under the number that the publisher gives it.
    private mutating func record(_ message: OutgoingMessage, at time: UInt64) {
        guard shared.recorder != nil else { return }
        let sequence = sequences[message.topic, default: 0]
        sequences[message.topic] = sequence &+ 1
        shared.put(
            RecordedMessage(
                topic: message.topic, schema: message.schema, payload: message.payload, sequence: sequence,
                logTime: time))
    }

    private mutating func countRefusedPeers() {
        guard let count = try? publisher.refusedPeers() else { return }
        shared.recordRefusedPeers(count - refusedPeers)
        refusedPeers = count
    }

    private mutating func report() {
        let now = shared.clocks.steady()
        countRefusedPeers()
        let report = shared.counters.report(at: now, wallTime: shared.clocks.wall())
        do throws(MessageError) {
            publish(try OutgoingMessage(shared.configuration.topics.diagnostics, report))
        } catch {
            shared.record(Drop(.publish, "\(error)"))
        }
        nextReport = now &+ UInt64(shared.configuration.reports.diagnosticsPeriodMilliseconds) * 1_000_000
        if shared.isInputAlive.exchange(false, ordering: .relaxed) {
            supervisor.notify("WATCHDOG=1\nSTATUS=\(report.frames) frames, \(report.state.rawValue)")
        }
    }
}

extension FrameRecord {
    /// Notes what the tracker did.
    fileprivate mutating func add(_ answer: FramePipeline.Answer) {
        stages = answer.stages.map { Stage($0.name, $0.nanoseconds) }
        let result = answer.result
        // A search costs what it costs, also where it only confirms the track.
        isCold = result.startedCold || stages.contains { $0.name == "cold" }
        state = result.state.rawValue
    }
}
