// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Synchronization

/// A second thread's side of searches: where one is lent, it takes hypotheses and directions off the thread that searches.
///
/// The core starts no thread: the program runs `serve` on one of its own, and `close` ends that. Whatever a search is
/// made of does not look at its neighbours, so it finds the same to the last bit with help or without; where the
/// helper is busy with another search, late, or closed, it does all by itself.
///
/// A class since threads share it. `state` says who may touch `work` and `scratch`: `preparing` the one that searches,
/// `taken` the helper; the semaphores and the changes of `state` order their accesses.
@safe public final class SearchHelper: @unchecked Sendable {
    private enum State: UInt8, AtomicRepresentable {
        case idle, preparing, offered, taken
    }

    private let state = Atomic(State.idle)
    private let isClosed = Atomic(false)
    /// Raised for every offer and by `close`; some offers are withdrawn before the helper comes to them.
    private let offers: UnsafeMutablePointer<sem_t>
    /// Raised at the end of every work that was taken.
    private let endings: UnsafeMutablePointer<sem_t>
    private var work: UnsafePointer<SearchWork>?
    private var scratch: UnsafeMutablePointer<SearchScratch>?
    /// Instructions that the searching thread is held to.
    private var forced: InstructionSet?

    /// How often a search whose time is limited looks at the clock while it waits for the helper [ns].
    private static let glance = 100_000

    /// Makes a helper that nobody serves yet.
    public init() {
        unsafe offers = .allocate(capacity: 1)
        unsafe endings = .allocate(capacity: 1)
        unsafe sem_init(offers, 0, 0)
        unsafe sem_init(endings, 0, 0)
    }

    deinit {
        unsafe sem_destroy(offers)
        unsafe sem_destroy(endings)
        unsafe offers.deallocate()
        unsafe endings.deallocate()
    }

    /// Takes part in searches until `close`, and sleeps meanwhile; for one thread of the program.
    ///
    /// Gets no memory from the system: the thread that searches makes room for both.
    public func serve() {
        while !isClosed.load(ordering: .acquiring) {
            guard unsafe sem_wait(offers) == 0 else { continue }
            let isTaken = state.compareExchange(
                expected: .offered, desired: .taken, ordering: .acquiringAndReleasing
            ).exchanged
            guard isTaken else { continue }
            if let forced {
                InstructionSet.$forced.withValue(forced) { runTaken() }
            } else {
                runTaken()
            }
            unsafe sem_post(endings)
        }
    }

    private func runTaken() {
        guard let work = unsafe work, let scratch = unsafe scratch else { return }
        unsafe work.pointee.run(&scratch.pointee) { true }
    }

    /// Ends `serve` once it is done with what it has taken.
    public func close() {
        isClosed.store(true, ordering: .releasing)
        unsafe sem_post(offers)
    }

    /// Does `work` here and, where the helper is free, there at the same time; comes back when both have ended.
    ///
    /// The clock is asked on this thread alone. Where the budget runs out the helper stops at its next step, too.
    func share(
        _ work: borrowing SearchWork, _ own: inout SearchScratch, _ others: inout SearchScratch,
        _ budget: TimeBudget, _ clock: () -> UInt64
    ) {
        unsafe withUnsafePointer(to: work) { work in
            unsafe withUnsafeMutablePointer(to: &others) { scratch in
                let isOffered = unsafe offer(work, scratch)
                unsafe work.pointee.run(&own) { budget.isLeft(clock) }
                guard isOffered, !withdraw() else { return }
                while !waitForEnding(isLimited: budget != .unlimited) {
                    if !budget.isLeft(clock) { unsafe work.pointee.stop() }
                }
                unsafe (self.work, self.scratch) = (nil, nil)
                state.store(.idle, ordering: .releasing)
            }
        }
    }

    /// Lays work out for the helper; false where it is not free.
    private func offer(
        _ work: UnsafePointer<SearchWork>, _ scratch: UnsafeMutablePointer<SearchScratch>
    ) -> Bool {
        guard !isClosed.load(ordering: .relaxed),
            state.compareExchange(expected: .idle, desired: .preparing, ordering: .acquiring).exchanged
        else { return false }
        unsafe (self.work, self.scratch) = (work, scratch)
        forced = InstructionSet.forced
        state.store(.offered, ordering: .releasing)
        unsafe sem_post(offers)
        return true
    }

    /// Takes an offer back that the helper has not come to; false where it has.
    private func withdraw() -> Bool {
        state.compareExchange(expected: .offered, desired: .idle, ordering: .acquiringAndReleasing).exchanged
    }

    /// True once the helper has ended; false where it is time to look at the clock.
    private func waitForEnding(isLimited: Bool) -> Bool {
        guard isLimited else { return unsafe sem_wait(endings) == 0 }
        // A jump of the system's time can make this wait last until the helper ends, which it does soon.
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        let nanoseconds = time.tv_nsec + Self.glance
        time.tv_sec += nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        return unsafe sem_timedwait(endings, &time) == 0
    }
}
