// SPDX-License-Identifier: Apache-2.0
public import Logging
public import SemAlignTransport
internal import SemAlignCore
internal import SemAlignMessages
public import SemAlignProfiling
internal import Synchronization

/// A running node: two threads that receive and answer frames until `stop`.
public struct Node: ~Copyable {
    /// Endpoints that publishers of frames can connect to, with wildcards resolved.
    public let inputs: [String]
    /// Endpoints that subscribers of results can connect to, with wildcards resolved.
    public let outputs: [String]
    let shared: NodeShared
    let startedAt: UInt64
    private let inputThread: WorkerThread
    private let alignmentThread: WorkerThread
    private let tuning: ProcessTuning
    private let metrics: MetricsServer?
    /// Where Prometheus finds the counters, with the port that was chosen; `nil` = nowhere.
    public let metricsAddress: String?

    /// Reads the files, opens the endpoints and starts the threads.
    ///
    /// `context` is shared with whoever uses `inproc://` endpoints; `recorder` keeps what happened to each frame,
    /// which costs a few microseconds a frame; `onFailure` is called from a thread that
    /// cannot go on. Throws before anything runs if a file, a setting or an endpoint is not usable.
    public static func start(
        _ configuration: NodeConfiguration, logger: Logger, context: Context? = nil,
        clocks: NodeClocks = .system, supervisor: ServiceSupervisor = ServiceSupervisor(notifySocket: nil),
        recorder: FrameRecorder? = nil, onFailure: @escaping @Sendable () -> Void = {}
    ) throws(NodeError) -> Node {
        try configuration.check()
        let resources = try NodeResources(configuration)
        for note in resources.notes { logger.warning("\(note)") }
        let shared: NodeShared
        do throws(TransportError) {
            let context = if let context { context } else { try Context() }
            shared = NodeShared(
                configuration, context: context, wake: try WakeSignal(), clocks: clocks, logger: logger,
                recorder: recorder)
        } catch {
            throw NodeError(error)
        }
        let metrics: MetricsServer?
        if configuration.reports.metricsBind.isEmpty {
            metrics = nil
        } else {
            metrics = try MetricsServer(address: configuration.reports.metricsBind, clock: clocks.steady) {
                MetricsText(shared.counters.snapshot(at: clocks.steady())).text
            }
        }
        let tuning = ProcessTuning(configuration.realtime)
        for outcome in tuning.outcomes { shared.say(outcome) }
        let alignment = try EndpointThread(name: "semalign-align") { started in
            align(shared, resources, supervisor, started)
        }
        let input: Result<EndpointThread, NodeError> = EndpointThread.started(name: "semalign-input") {
            receive(shared, resources, $0, onFailure: onFailure)
        }
        switch consume input {
        case .success(let input):
            return Node(shared, input: input, alignment: alignment, tuning: tuning, metrics: metrics)
        case .failure(let error):
            shared.mailbox.close()
            alignment.thread.join()
            throw error
        }
    }

    private init(
        _ shared: NodeShared, input: consuming EndpointThread, alignment: consuming EndpointThread,
        tuning: consuming ProcessTuning, metrics: consuming MetricsServer?
    ) {
        self.tuning = tuning
        metricsAddress = metrics?.address
        self.metrics = metrics
        self.shared = shared
        startedAt = shared.clocks.steady()
        inputs = input.endpoints
        outputs = alignment.endpoints
        inputThread = input.thread
        alignmentThread = alignment.thread
    }

    /// What the node did so far.
    public var summary: NodeSummary { shared.counters.summary }

    /// Answers the frame that is being worked on and the one that waits, sends what is left, and ends the threads.
    ///
    /// Throws what made a thread give up before.
    public consuming func stop() throws(NodeError) -> NodeSummary {
        let shared = shared
        shared.wake.call()
        inputThread.join()
        shared.mailbox.close()
        alignmentThread.join()
        if let failure = shared.failure.withLock({ $0 }) { throw failure }
        return shared.counters.summary
    }

    private static func align(
        _ shared: NodeShared, _ resources: NodeResources, _ supervisor: ServiceSupervisor,
        _ started: EndpointThread.Report
    ) {
        let realtime = shared.configuration.realtime
        shared.place(
            "semalign-align",
            ThreadPlacement(processors: realtime.alignmentProcessors, priority: realtime.priority))
        let pipeline = FramePipeline(
            shared.configuration, representation: resources.representation,
            references: resources.references, reportsDurations: true)
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
        let realtime = shared.configuration.realtime
        shared.place(
            "semalign-input",
            ThreadPlacement(processors: realtime.inputProcessors, priority: realtime.priority))
        let intake = FrameIntake(
            shared.configuration, appearance: resources.representation.representation.appearance,
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
    typealias Report = LatestMailbox<Result<[String], NodeError>>

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
        case .timeout, .closed:
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
