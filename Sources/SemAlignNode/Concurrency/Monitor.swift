// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// State that threads share: one of them at a time has it, and others can wait for a change of it.
///
/// A class since threads share it; every access to its state holds the lock.
@safe final class Monitor<State>: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    init(_ state: State) {
        self.state = state
        unsafe lock = .allocate(capacity: 1)
        unsafe changed = .allocate(capacity: 1)
        unsafe pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(changed, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(lock)
        unsafe changed.deallocate()
        unsafe lock.deallocate()
    }

    /// Looks at the state.
    func read<Result>(_ body: (State) -> Result) -> Result { locked { body(state) } }

    /// Changes the state and wakes who waits.
    func change<Result>(_ body: (inout State) -> Result) -> Result {
        locked {
            defer { unsafe pthread_cond_broadcast(changed) }
            return body(&state)
        }
    }

    /// Waits until `body` makes something of the state, and wakes who waits for that; `nil` where the monotonic clock
    /// shows `deadline` [ns] before.
    func wait<Result>(until deadline: UInt64 = .max, _ body: (inout State) -> Result?) -> Result? {
        var time = timespec()
        time.tv_sec = Int(deadline / 1_000_000_000)
        time.tv_nsec = Int(deadline % 1_000_000_000)
        return locked {
            var isOver = false
            while true {
                if let result = body(&state) {
                    unsafe pthread_cond_broadcast(changed)
                    return result
                }
                if isOver { return nil }
                isOver = unsafe pthread_cond_timedwait(changed, lock, &time) != 0
            }
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return body()
    }
}
