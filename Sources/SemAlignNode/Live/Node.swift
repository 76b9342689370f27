// SPDX-License-Identifier: Apache-2.0
public import Logging
public import SemAlignTransport
internal import SemAlignCore
internal import SemAlignMessages
public import SemAlignProfiling
internal import Synchronization

/// A running node: two threads that receive and answer frames until `stop`, and one that helps where it was asked for.
public struct Node: ~Copyable {
    /// Endpoints that publishers of frames can connect to, with wildcards resolved.
    public let inputs: [String]
    /// Endpoints that subscribers of results can connect to, with wildcards resolved.
    public let outputs: [String]
    let shared: NodeShared
    let startedAt: UInt64
    private let inputThread: WorkerThread
    private let alignmentThread: WorkerThread
    private let searchThread: SearchThread?
    private let recorder: BagRecorder?
    private let tuning: ProcessTuning
    private let metrics: MetricsServer?
    private let gate: ClientGate?
    /// Where Prometheus finds the counters, with the port that was chosen; `nil` = nowhere.
    public let metricsAddress: String?

    /// Reads the files, opens the endpoints and starts the threads.
    ///
    /// `context` is shared with whoever uses `inproc://` endpoints; `onFailure` is called from a thread that
    /// cannot go on; `frames` keeps what happened to each frame, which costs a few microseconds a frame. Throws
    /// before anything runs if a file, a setting or an endpoint is not usable.
    public static func start(
        _ configuration: NodeConfiguration, logger: Logger, context: Context? = nil,
        clocks: NodeClocks = .system, supervisor: ServiceSupervisor = ServiceSupervisor(notifySocket: nil),
        frames: FrameRecorder? = nil, onFailure: @escaping @Sendable () -> Void = {}
    ) throws(NodeError) -> Node {
        try configuration.check()
        let resources = try NodeResources(configuration)
        for note in resources.notes { logger.warning("\(note)") }
        var recorder = try startRecorder(configuration, logger: logger, clocks: clocks)
        do throws(NodeError) {
            let shared = try NodeShared.make(
                configuration, context: context, security: resources.security, clocks: clocks, logger: logger,
                recorder: recorder?.input, frames: frames)
            let gate = try Self.gate(of: shared, resources)
            let metrics = try Self.metrics(of: shared)
            let tuning = ProcessTuning(configuration.realtime)
            for outcome in tuning.outcomes { shared.say(outcome) }
            let search = try SearchThread.started(for: configuration) {
                shared.place(SearchThread.name, .alignment(configuration.realtime))
            }
            let helper = SearchThread.helper(of: search)
            let alignment = try EndpointThread(name: "semalign-align") { started in
                align(shared, resources, helper, supervisor, started)
            }
            let input: Result<EndpointThread, NodeError> = EndpointThread.started(name: "semalign-input") {
                receive(shared, resources, $0, onFailure: onFailure)
            }
            switch consume input {
            case .success(let input):
                return Node(
                    shared, input: input, alignment: alignment, search: search, recorder: recorder.take(),
                    tuning: tuning, metrics: metrics, gate: gate)
            case .failure(let error):
                shared.mailbox.close()
                alignment.thread.join()
                throw error
            }
        } catch {
            _ = recorder.take()?.stop()
            throw error
        }
    }

    private init(
        _ shared: NodeShared, input: consuming EndpointThread, alignment: consuming EndpointThread,
        search: consuming SearchThread?, recorder: consuming BagRecorder?, tuning: consuming ProcessTuning,
        metrics: consuming MetricsServer?, gate: consuming ClientGate?
    ) {
        self.gate = gate
        self.tuning = tuning
        metricsAddress = metrics?.address
        self.metrics = metrics
        self.shared = shared
        startedAt = shared.clocks.steady()
        inputs = input.endpoints
        outputs = alignment.endpoints
        inputThread = input.thread
        alignmentThread = alignment.thread
        searchThread = search
        self.recorder = recorder
    }

    /// Starts to record where the configuration says so.
    private static func startRecorder(
        _ configuration: NodeConfiguration, logger: Logger, clocks: NodeClocks
    ) throws(NodeError) -> BagRecorder? {
        guard let recorder = configuration.record.recorder(at: clocks.wall()) else { return nil }
        return try BagRecorder.start(recorder, clocks: clocks) { event in
            logger.log(level: event.isWarning ? .warning : .info, "\(event)")
        }
    }

    /// Asks for the keys of clients where the configuration says who they are.
    private static func gate(
        of shared: NodeShared, _ resources: NodeResources
    ) throws(NodeError) -> ClientGate? {
        guard let clients = resources.clients else { return nil }
        return try ClientGate(shared.context, clients: clients) { error in
            // Without the gate nobody comes in any more.
            shared.logger.error("clients can no longer be let in: \(error)")
        }
    }

    /// Serves the counters where the configuration says so.
    private static func metrics(of shared: NodeShared) throws(NodeError) -> MetricsServer? {
        let address = shared.configuration.reports.metricsBind
        guard !address.isEmpty else { return nil }
        return try MetricsServer(address: address, clock: shared.clocks.steady) {
            MetricsText(shared.counters.snapshot(at: shared.clocks.steady())).text
        }
    }

    /// What a recording takes and does; `nil` where nothing is recorded.
    var recording: RecorderInput? { shared.recorder }

    /// What the node did so far.
    public var summary: NodeSummary { shared.counters.summary }

    /// Answers the frame that is being worked on and those that wait, sends what is left, and ends the threads.
    ///
    /// Throws what made a thread give up before.
    public consuming func stop() throws(NodeError) -> NodeSummary {
        let shared = shared
        shared.wake.call()
        inputThread.join()
        shared.mailbox.close()
        alignmentThread.join()
        if let recorder {
            let recorded = recorder.stop()
            shared.logger.info("\(recorded)")
        }
        if let failure = shared.failure.withLock({ $0 }) { throw failure }
        return shared.counters.summary
    }

    private static func align(
        _ shared: NodeShared, _ resources: NodeResources, _ helper: SearchHelper?,
        _ supervisor: ServiceSupervisor, _ started: EndpointThread.Report
    ) {
        shared.place("semalign-align", .alignment(shared.configuration.realtime))
        var configuration = shared.configuration
        configuration.track.defersSearches = configuration.defersSearches
        let pipeline = FramePipeline(
            configuration, representation: resources.representation, others: resources.others,
            references: resources.references, reportsDurations: true, helper: helper)
        do throws(TransportError) {
            var loop = try AlignmentLoop(shared, pipeline: pipeline, supervisor: supervisor)
            _ = started.put(.success(loop.endpoints))
            loop.run()
        } catch {
            _ = started.put(.failure(NodeError(error)))
        }
    }

    private static func receive(
        _ shared: NodeShared, _ resources: NodeResources,
        _ started: EndpointThread.Report, onFailure: @Sendable () -> Void
    ) {
        shared.place("semalign-input", .input(shared.configuration.realtime))
        let intake = FrameIntake(
            shared.configuration, appearance: resources.representation.representation.appearance,
            others: resources.others.map(\.representation.appearance),
            calibration: resources.calibration, keepsEveryFrame: false)
        var hasStarted = false
        do throws(TransportError) {
            var loop = try InputLoop(shared, intake: intake)
            hasStarted = true
            _ = started.put(.success(loop.endpoints))
            try loop.run()
        } catch {
            let failure = NodeError(error)
            guard hasStarted else {
                _ = started.put(.failure(failure))
                return
            }
            shared.failure.withLock { $0 = failure }
            shared.logger.error("\(failure)")
            onFailure()
        }
    }
}

/// A thread that opens endpoints first and says whether it could.
struct EndpointThread: ~Copyable {
    typealias Report = Mailbox<Result<[String], NodeError>>

    let thread: WorkerThread
    /// What was bound, with wildcards resolved.
    let endpoints: [String]

    /// Starts `body` and waits for its report.
    init(name: String, body: @escaping @Sendable (Report) -> Void) throws(NodeError) {
        let report = Report()
        let thread = try WorkerThread(name: name) {
            body(report)
            report.close()
        }
        switch report.take(until: .max) {
        case .value(.success(let endpoints)):
            self.thread = thread
            self.endpoints = endpoints
        case .value(.failure(let error)):
            thread.join()
            throw error
        case .overtaken, .timeout, .closed:
            thread.join()
            throw .endpoint(endpoint: "the node's sockets", reason: "their thread ended at once")
        }
    }

    /// The same as a value.
    static func started(
        name: String, body: @escaping @Sendable (Report) -> Void
    ) -> Result<EndpointThread, NodeError> {
        do throws(NodeError) { return .success(try EndpointThread(name: name, body: body)) } catch {
            return .failure(error)
        }
    }
}

extension NodeError {
    /// Why the transport cannot be used, in the node's terms.
    init(_ error: TransportError) {
        switch error {
        case .addressInUse(let endpoint):
            self = .endpoint(
                endpoint: endpoint, reason: "the address is in use; stop who has it or choose another")
        case .invalidEndpoint(let endpoint, let reason), .cannotBind(let endpoint, let reason),
            .cannotConnect(let endpoint, let reason):
            self = .endpoint(endpoint: endpoint, reason: reason)
        case .invalidName, .terminated, .failed:
            self = .endpoint(endpoint: "the node's sockets", reason: error.description)
        }
    }
}
