// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SemAlignBags
internal import Synchronization

/// Writes messages to bags on a thread of its own.
///
/// Whoever has messages puts them into ``input``, which never waits: what the disk is too slow for is dropped
/// and counted.
public struct BagRecorder: ~Copyable {
    /// Where messages go in; any thread may use it.
    public let input: RecorderInput
    private let thread: WorkerThread

    /// Creates the first file and starts the thread; `report` is called from that thread.
    ///
    /// Where the disk has too little free space from the start, recording has stopped at once, and says so.
    /// Throws `NodeError` where the file cannot be made or the settings do not go together.
    public static func start(
        _ configuration: RecorderConfiguration, clocks: NodeClocks = .system,
        report: @escaping @Sendable (RecorderEvent) -> Void
    ) throws(NodeError) -> BagRecorder {
        try start(configuration, clocks: clocks, report: report, freeSpace: DiskSpace.free) {
            path throws(BagError) in try FileSink(path: path)
        }
    }

    static func start(
        _ configuration: RecorderConfiguration, clocks: NodeClocks,
        report: @escaping @Sendable (RecorderEvent) -> Void,
        freeSpace: @escaping @Sendable (_ folder: String) -> UInt64? = { _ in nil },
        makeSink: @escaping @Sendable (String) throws(BagError) -> any ByteSink
    ) throws(NodeError) -> BagRecorder {
        try configuration.check()
        let input = RecorderInput(configuration, report: report)
        let started = Mailbox<NodeError?>()
        let thread = try WorkerThread(name: "semalign-record") {
            var loop = RecordingLoop(
                configuration, input, clocks: clocks, freeSpace: freeSpace, makeSink: makeSink)
            do throws(BagError) { try loop.begin() } catch {
                _ = started.put(NodeError(error, path: configuration.path))
                return
            }
            _ = started.put(nil)
            loop.run()
        }
        if case .value(let failure?) = started.take(until: .max) {
            thread.join()
            throw failure
        }
        return BagRecorder(input: input, thread: thread)
    }

    private init(input: RecorderInput, thread: consuming WorkerThread) {
        self.input = input
        self.thread = thread
    }

    /// Writes what is left, completes the file and ends the thread.
    public consuming func stop() -> RecorderSummary {
        let input = input
        input.queue.close()
        thread.join()
        return input.summary
    }
}

/// The side of a recorder that messages come in; a class since threads share it.
public final class RecorderInput: Sendable {
    /// What the writing thread finds in its queue.
    enum Entry: Sendable {
        case message(RecordedMessage)
        /// A snapshot was asked for.
        case snapshot
    }

    let queue: BoundedQueue<Entry>
    let report: @Sendable (RecorderEvent) -> Void
    private let topics: TopicFilter
    private let state: Mutex<RecorderSummary>
    private let hasRefused = Atomic(false)
    private let hasStopped = Atomic(false)
    private let paused: Atomic<Bool>

    init(_ configuration: RecorderConfiguration, report: @escaping @Sendable (RecorderEvent) -> Void) {
        queue = BoundedQueue(limit: configuration.memoryLimit)
        topics = configuration.topics
        state = Mutex(RecorderSummary())
        paused = Atomic(configuration.startsPaused)
        self.report = report
    }

    /// Hands a message over without waiting; false where it will be missing, and is counted.
    ///
    /// That is because the disk is too slow, or recording has failed. Topics that are not recorded, and
    /// everything during a pause, are passed over.
    @discardableResult
    public func put(_ message: RecordedMessage) -> Bool {
        guard isRecording(message.topic) else { return true }
        guard !hasStopped.load(ordering: .acquiring) else {
            change { $0.lost += 1 }
            return false
        }
        return queue.offer(.message(message), weight: message.weight)
    }

    /// True where messages of a topic are recorded at present.
    public func isRecording(_ topic: String) -> Bool { !isPaused && topics.contains(topic) }

    /// True while nothing is recorded.
    public var isPaused: Bool {
        get { paused.load(ordering: .relaxed) }
        set { paused.store(newValue, ordering: .relaxed) }
    }

    /// True once recording has stopped by itself.
    public var hasFailed: Bool { hasStopped.load(ordering: .acquiring) }

    /// Writes what a snapshot holds by now to a file of its own; without snapshot mode nothing happens.
    public func takeSnapshot() { _ = queue.put(.snapshot, weight: 0) }

    /// What was recorded so far; messages of the open file are not yet counted.
    public var summary: RecorderSummary {
        var summary = state.withLock { $0 }
        summary.dropped = queue.refusedCount
        return summary
    }

    func change(_ body: (inout RecorderSummary) -> Void) { state.withLock { body(&$0) } }

    /// Says once that there are too many topics, and counts what is not recorded.
    func refuse(_ topic: String) {
        change { $0.lost += 1 }
        if !hasRefused.exchange(true, ordering: .relaxed) { report(.refused(topic: topic)) }
    }

    func fail(_ reason: String) {
        hasStopped.store(true, ordering: .releasing)
        change { $0.failure = reason }
        report(.failed(reason: reason))
    }

    /// Deletes an old file; false where it was gone.
    func delete(_ path: String) -> Bool { unsafe unlink(path) == 0 }
}
