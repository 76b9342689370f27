// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Several bags replayed at the same time, each on one thread: every output is what a replay of its bag alone gives.
public struct ReplayBatch: Sendable {
    /// A bag and where its answers go.
    public struct Item: Hashable, Sendable {
        /// Bag to read.
        public let input: String
        /// Bag to write; it must not exist.
        public let output: String

        /// Joins the two.
        public init(input: String, output: String) {
            self.input = input
            self.output = output
        }
    }

    private let replay: BagReplay
    private let items: [Item]

    /// Prepares to replay `items`.
    public init(_ replay: BagReplay, _ items: [Item]) {
        self.replay = replay
        self.items = items
    }

    /// Replays all bags on `jobs` threads, at least one, and returns what each gave, in their order.
    ///
    /// `prepare` wraps the work of each thread. `progress` is called after every frame, never at the same time
    /// from two threads, with the frames of all bags and the mean of their shares. A bag that fails does not
    /// end the others.
    public func run(
        jobs: Int, until stop: StopFlag = StopFlag(),
        prepare: @escaping @Sendable (() -> Void) -> Void = { $0() },
        progress: @escaping @Sendable (ReplayProgress) -> Void = { _ in }
    ) throws(NodeError) -> [Result<ReplaySummary, NodeError>] {
        let work = Work(count: items.count, progress: progress)
        try start(max(1, min(jobs, items.count)), work, stop, prepare)
        return work.results()
    }

    /// Starts one thread, then the others, and waits for all: what cannot be copied cannot stand in an array.
    private func start(
        _ count: Int, _ work: Work, _ stop: StopFlag,
        _ prepare: @escaping @Sendable (() -> Void) -> Void
    ) throws(NodeError) {
        guard count > 0 else { return }
        let thread = try WorkerThread(name: "semalign-replay") {
            prepare {
                while !stop.isSet, let index = work.take() {
                    work.finish(index, with: replay(index, work, stop))
                }
            }
        }
        do throws(NodeError) { try start(count - 1, work, stop, prepare) } catch {
            // Fewer threads do the same work.
            thread.join()
            return
        }
        thread.join()
    }

    private func replay(_ index: Int, _ work: Work, _ stop: StopFlag) -> Result<ReplaySummary, NodeError> {
        do throws(NodeError) {
            return .success(
                try replay.run(from: items[index].input, to: items[index].output, until: stop) {
                    work.note($0, of: index)
                })
        } catch {
            return .failure(error)
        }
    }

    /// What the threads share.
    private final class Work: Sendable {
        private struct State {
            var next = 0
            var results: [Result<ReplaySummary, NodeError>?]
            var progress: [ReplayProgress]
        }

        private let state: Mutex<State>
        private let report: @Sendable (ReplayProgress) -> Void

        init(count: Int, progress: @escaping @Sendable (ReplayProgress) -> Void) {
            state = Mutex(
                State(
                    results: Array(repeating: nil, count: count),
                    progress: Array(repeating: ReplayProgress(frames: 0, share: 0), count: count)))
            report = progress
        }

        /// The next bag that nobody works on; `nil` where none is left.
        func take() -> Int? {
            state.withLock {
                guard $0.next < $0.results.count else { return nil }
                $0.next += 1
                return $0.next - 1
            }
        }

        func note(_ progress: ReplayProgress, of index: Int) {
            state.withLock {
                $0.progress[index] = progress
                let share = $0.progress.reduce(0) { $0 + $1.share } / Double($0.progress.count)
                report(ReplayProgress(frames: $0.progress.reduce(0) { $0 + $1.frames }, share: share))
            }
        }

        func finish(_ index: Int, with result: Result<ReplaySummary, NodeError>) {
            state.withLock {
                $0.results[index] = result
                $0.progress[index] = ReplayProgress(frames: $0.progress[index].frames, share: 1)
            }
        }

        /// What was replayed; bags that a stop kept from being begun are left out.
        func results() -> [Result<ReplaySummary, NodeError>] {
            state.withLock { $0.results.compactMap { $0 } }
        }
    }
}
