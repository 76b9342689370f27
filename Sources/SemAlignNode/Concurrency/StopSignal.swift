// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// SIGINT and SIGTERM as an orderly stop: the first one is waited for, a second one ends the process with 130.
///
/// Make it on the main thread before any other thread starts: threads inherit the mask, so that only
/// `wait` sees the signals. A file that grows over the system's limit is an error of its writer from here on,
/// not the end of the process.
public struct StopSignal: ~Copyable {
    private var signals = sigset_t()

    /// Blocks the signals on this thread and on those that it starts from now on.
    public init() {
        unsafe sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGUSR1, SIGUSR2] { unsafe sigaddset(&signals, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Waits for the first signal, or for a call of `wake`, and arms the second signal.
    ///
    /// Each SIGUSR1 until then calls `onRequest` and ends nothing.
    public func wait(onRequest: () -> Void = {}) {
        var mask = signals
        var received: Int32 = 0
        repeat {
            while unsafe sigwait(&mask, &received) != 0 {}
            if received == SIGUSR1 { onRequest() }
        } while received == SIGUSR1
        if received == SIGUSR2 {
            // The work was done before anybody asked: the first signal changes nothing any more.
            signal(SIGINT) { _ in StopSignal.armSecond() }
            signal(SIGTERM) { _ in StopSignal.armSecond() }
        } else {
            Self.armSecond()
        }
        // The others stay blocked: SIGUSR2 is the process's own, and comes late where a signal was first.
        for number in [SIGUSR1, SIGUSR2] { unsafe sigdelset(&mask, number) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    }

    private static func armSecond() {
        signal(SIGINT) { _ in _exit(130) }
        signal(SIGTERM) { _ in _exit(130) }
    }

    /// Ends the wait from any thread of this process: the work is done, or cannot go on.
    public static func wake() {
        kill(getpid(), SIGUSR2)
    }
}
