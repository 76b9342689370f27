// SPDX-License-Identifier: Apache-2.0
internal import Logging
internal import SemAlignCore
internal import SemAlignMessages
internal import SemAlignProfiling
internal import SemAlignTransport
internal import Synchronization

/// The alignment thread's work: owns the tracker and the publisher, answers the newest frame, reports once a second.
struct AlignmentLoop: ~Copyable {
    /// Endpoints that were bound, with wildcards resolved.
    let endpoints: [String]
    private let shared: NodeShared
    private let supervisor: ServiceSupervisor
    private var publisher: Publisher
    private var pipeline: FramePipeline
    private var nextReport: UInt64
    private var sequences: [String: UInt32] = [:]

    /// Opens the endpoints of the configuration.
    init(
        _ shared: NodeShared, pipeline: FramePipeline, supervisor: ServiceSupervisor
    ) throws(TransportError) {
        let settings = shared.configuration.publish
        var publisher = try Publisher(
            context: shared.context,
            configuration: SocketConfiguration(queueLimit: settings.highWaterMark, lingerMilliseconds: 500))
        var endpoints: [String] = []
        for endpoint in settings.bind { endpoints.append(try publisher.bind(endpoint)) }
        for endpoint in settings.connect { try publisher.connect(endpoint) }
        self.publisher = publisher
        self.endpoints = endpoints
        self.shared = shared
        self.pipeline = pipeline
        self.supervisor = supervisor
        nextReport = shared.clocks.steady()
    }

    /// Works until the mailbox is closed; the frame in it is still answered.
    mutating func run() {
        while true {
            switch shared.mailbox.take(until: nextReport) {
            case .value(let queued): answer(queued)
            case .timeout: break
            case .closed: return
            }
            if shared.clocks.steady() >= nextReport { report() }
        }
    }

    private mutating func answer(_ queued: QueuedJob) {
        let before = shared.frames?.meter.reading()
        let start = shared.clocks.steady()
        let answer = pipeline.process(queued.job, clock: shared.clocks.steady)
        let aligned = shared.clocks.steady()
        for message in answer.messages { publish(message) }
        let published = shared.clocks.steady()
        if let recorder = shared.frames, var record = queued.record, let before {
            record.taken = start
            record.answered = aligned
            record.published = published
            record.add(answer)
            record.alignmentCost = recorder.meter.reading() - before
            recorder.add(record)
        }
        for drop in answer.drops { shared.record(drop) }
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

    private mutating func report() {
        let now = shared.clocks.steady()
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
