// SPDX-License-Identifier: Apache-2.0
internal import Logging
internal import SemAlignProfiling
internal import SemAlignTransport
internal import Synchronization

/// What the threads of a node share: the settings, and the few things that are safe to share.
final class NodeShared: Sendable {
    /// No frame older than this [ns] is answered while a newer one waits; younger ones are, in order, so that a short
    /// standstill of the machine costs none.
    static let framePatience: UInt64 = 50_000_000
    /// Frames that may wait for their answer: those of 50 ms of a camera with 100 frames a second.
    static let waitingFrames = 5

    let configuration: NodeConfiguration
    let context: Context
    let security: SocketSecurity
    let wake: WakeSignal
    /// Frames on their way to the alignment thread.
    let mailbox: Mailbox<QueuedJob>
    let counters: NodeCounters
    let clocks: NodeClocks
    let logger: Logger
    /// Where messages are recorded; `nil` where nothing is.
    let recorder: RecorderInput?
    /// Keeps what happened to each frame, where somebody wants to know.
    let frames: FrameRecorder?
    /// Topics that are listened to: a subscription brings all that begin like them.
    let inputTopics: Set<String>
    /// Set by the input thread in every round, taken by the alignment thread before it says that all is well.
    let isInputAlive = Atomic(true)
    /// Why a thread could not go on.
    let failure = Mutex<NodeError?>(nil)

    init(
        _ configuration: NodeConfiguration, context: Context, security: SocketSecurity, wake: WakeSignal,
        clocks: NodeClocks, logger: Logger, recorder: RecorderInput?, frames: FrameRecorder?
    ) {
        self.configuration = configuration
        self.context = context
        self.security = security
        self.wake = wake
        self.clocks = clocks
        self.logger = logger
        self.recorder = recorder
        self.frames = frames
        mailbox = Self.makeMailbox(clocks)
        counters = NodeCounters(now: clocks.steady())
        inputTopics = Set(MessageDecoder(configuration).topics)
    }

    /// Where frames wait for what comes next, their decoding or their answer.
    static func makeMailbox<Value>(_ clocks: NodeClocks) -> Mailbox<Value> {
        Mailbox(places: waitingFrames, patience: framePatience, clock: clocks.steady)
    }

    /// Opens what the threads share of the transport.
    static func make(
        _ configuration: NodeConfiguration, context: Context?, security: SocketSecurity, clocks: NodeClocks,
        logger: Logger,
        recorder: RecorderInput?, frames: FrameRecorder?
    ) throws(NodeError) -> NodeShared {
        do throws(TransportError) {
            let context = if let context { context } else { try Context() }
            return NodeShared(
                configuration, context: context, security: security, wake: try WakeSignal(), clocks: clocks,
                logger: logger, recorder: recorder, frames: frames)
        } catch {
            throw NodeError(error)
        }
    }

    /// Counts a drop, and says it unless its reason was said lately.
    func record(_ drop: Drop) {
        let now = clocks.steady()
        frames?.add(DropRecord(time: now, reason: drop.reason.rawValue))
        guard let line = counters.record(drop, at: now) else { return }
        logger.log(level: drop.reason == .superseded ? .info : .warning, "\(line)")
    }

    /// Counts peers that were refused, `new` since the last call.
    func recordRefusedPeers(_ new: Int) {
        guard new > 0 else { return }
        record(
            Drop(
                .refusedPeer, "a peer did not know the node's key, or its own is not in curve.clients",
                count: new))
    }

    /// Says what became of a request to the operating system.
    func say(_ outcome: RealtimeOutcome) {
        logger.log(level: outcome.isGranted ? .info : .warning, "realtime: \(outcome.line)")
    }

    /// Places the calling thread, and says what became of it.
    func place(_ name: String, _ placement: ThreadPlacement) {
        for outcome in placement.apply(name: name) { say(outcome) }
    }

    /// Records a message; what will be missing is counted, and said where that is news.
    func put(_ message: RecordedMessage) {
        guard let recorder, !recorder.put(message) else { return }
        guard recorder.hasFailed else {
            record(Drop(.record, "the disk is slower than \(message.topic) comes"))
            return
        }
        _ = counters.record(Drop(.record, "recording has stopped"), at: clocks.steady())
    }

    /// Counts a frame that a newer one overtook.
    func recordSuperseded(_ stamp: UInt64) {
        record(Drop(.superseded, "the frame at \(stamp) was overtaken by a newer one"))
    }

    /// Counts the frames in the mailbox that a newer one overtook.
    func recordSuperseded(_ jobs: [QueuedJob]) {
        for queued in jobs { recordSuperseded(queued.job.frame.timestamp) }
    }
}

/// A frame in the mailbox.
struct QueuedJob: Sendable {
    let job: FrameJob
    /// When its last stream came [ns, steady clock].
    let lastArrival: UInt64
    /// When it was put in [ns, steady clock].
    let queued: UInt64
    /// What happened to the frame so far, where somebody wants to know.
    let record: FrameRecord?
}
