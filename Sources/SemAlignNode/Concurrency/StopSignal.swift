// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// SIGINT and SIGTERM as an orderly stop: the first one is waited for, a second one ends the process with 130.
///
/// Block them on the main thread before any other thread starts: threads inherit the mask, so that
/// only `wait` sees the signals.
public struct StopSignal: ~Copyable {
    private var signals = sigset_t()

    /// Blocks both signals on this thread and on those that it starts from now on.
    public init() {
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGINT)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits for the first signal, arms the second, and returns the signal's number.
    public func wait() -> Int32 {
        var mask = signals
        var received: Int32 = 0
        while unsafe sigwait(&mask, &received) != 0 {}
        signal(SIGINT) { _ in _exit(130) }
        signal(SIGTERM) { _ in _exit(130) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &mask, nil)
        return received
    }

    /// Asks this process to stop, as if SIGTERM had come: for a thread that cannot go on.
    public static func raise() {
        kill(getpid(), SIGTERM)
    }
}
