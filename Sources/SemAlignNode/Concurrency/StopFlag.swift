// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Asks work on another thread to come to an end.
///
/// A class since two threads share it.
public final class StopFlag: Sendable {
    private let flag = Atomic(false)

    /// Makes a flag that is not set.
    public init() {}

    /// True once somebody asked.
    public var isSet: Bool { flag.load(ordering: .acquiring) }

    /// Asks.
    @Sendable public func set() { flag.store(true, ordering: .releasing) }

    /// True where somebody asked since the last call.
    public func take() -> Bool { flag.exchange(false, ordering: .acquiringAndReleasing) }
}

/// Runs `body` on a thread of its own until it is done; SIGINT and SIGTERM set its flag, a second signal exits with 130.
///
/// Call it from the main thread before any other thread was started. Returns or throws what `body` does,
/// also after a signal. SIGUSR1 calls `onRequest` on the main thread.
public func runUntilSignal<Success: Sendable>(
    named name: String, onRequest: () -> Void = {},
    _ body: @escaping @Sendable (StopFlag) throws(NodeError) -> Success
) throws(NodeError) -> Success {
    let signal = StopSignal()
    let flag = StopFlag()
    let outcome = Mailbox<Result<Success, NodeError>>()
    let thread = try WorkerThread(name: name) {
        do throws(NodeError) { _ = outcome.put(.success(try body(flag))) } catch {
            _ = outcome.put(.failure(error))
        }
        outcome.close()
        StopSignal.wake()
    }
    signal.wait(onRequest: onRequest)
    flag.set()
    thread.join()
    guard case .value(let result) = outcome.take(until: .max) else {
        throw .thread(name: name, code: 0)
    }
    return try result.get()
}
