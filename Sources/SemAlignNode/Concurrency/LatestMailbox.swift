// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Hands the newest value from one thread to another: capacity one, newest wins, nothing queues.
///
/// A class since two threads share it; every access to its state holds the lock.
@safe public final class LatestMailbox<Value: Sendable>: @unchecked Sendable {
    /// What a receiver finds.
    public enum Delivery {
        /// The newest value that nobody took.
        case value(Value)
        /// Nothing came in time.
        case timeout
        /// The mailbox is closed and empty.
        case closed
    }

    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let arrival: UnsafeMutablePointer<pthread_cond_t>
    private var slot: Value?
    private var isClosed = false

    /// Makes an empty mailbox.
    public init() {
        unsafe lock = .allocate(capacity: 1)
        unsafe arrival = .allocate(capacity: 1)
        unsafe pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(arrival, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(arrival)
        unsafe pthread_mutex_destroy(lock)
        unsafe arrival.deallocate()
        unsafe lock.deallocate()
    }

    /// Puts a value in and returns the one it replaced, which nobody will see; after `close` that is `value` itself.
    public func put(_ value: Value) -> Value? {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        guard !isClosed else { return value }
        let replaced = slot
        slot = value
        unsafe pthread_cond_signal(arrival)
        return replaced
    }

    /// True where a value waits.
    public var isFull: Bool {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return slot != nil
    }

    /// Waits for a value until the monotonic clock shows `deadline` [ns].
    public func take(until deadline: UInt64) -> Delivery {
        var time = timespec()
        time.tv_sec = Int(deadline / 1_000_000_000)
        time.tv_nsec = Int(deadline % 1_000_000_000)
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        while slot == nil, !isClosed {
            if unsafe pthread_cond_timedwait(arrival, lock, &time) != 0 { break }
        }
        if let value = slot.take() { return .value(value) }
        return isClosed ? .closed : .timeout
    }

    /// Lets no more values in and wakes the receiver, which still gets the last one.
    public func close() {
        unsafe pthread_mutex_lock(lock)
        isClosed = true
        unsafe pthread_cond_broadcast(arrival)
        unsafe pthread_mutex_unlock(lock)
    }
}
