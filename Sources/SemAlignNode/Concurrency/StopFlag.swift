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
    public func set() { flag.store(true, ordering: .releasing) }
}

/// Runs `body` on a thread of its own until it is done; SIGINT and SIGTERM set its flag, a second signal exits with 130.
///
/// Call it from the main thread before any other thread was started. Returns or throws what `body` does,
/// also after a signal.
public func runUntilSignal<Success: Sendable>(
    named name: String, _ body: @escaping @Sendable (StopFlag) throws(NodeError) -> Success
) throws(NodeError) -> Success {
    let signal = StopSignal()
    let flag = StopFlag()
    let outcome = LatestMailbox<Result<Success, NodeError>>()
    let thread = try WorkerThread(name: name) {
        do throws(NodeError) { _ = outcome.put(.success(try body(flag))) } catch {
            _ = outcome.put(.failure(error))
        }
        outcome.close()
        StopSignal.wake()
    }
    signal.wait()
    flag.set()
    thread.join()
    guard case .value(let result) = outcome.take(until: .max) else {
        throw .thread(name: name, code: 0)
    }
    return try result.get()
}
