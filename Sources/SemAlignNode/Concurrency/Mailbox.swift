// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Hands values from one thread to another, in order, and leaps to the newest where the receiver has fallen behind.
///
/// The receiver has fallen behind where more values wait than there are places, or where one that others wait behind
/// has waited for too long: then it will not catch up by working off what is old, and all but the newest are overtaken.
/// With one place, as by default, the newest always wins. A class since two threads share it; every access to its
/// state holds the lock.
@safe public final class Mailbox<Value: Sendable>: @unchecked Sendable {
    /// What a receiver finds.
    public enum Delivery {
        /// The next value.
        case value(Value)
        /// Values that a newer one overtook, which comes next: nobody will see them.
        case overtaken([Value])
        /// Nothing came in time.
        case timeout
        /// The mailbox is closed and empty.
        case closed
    }

    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let arrival: UnsafeMutablePointer<pthread_cond_t>
    private let patience: UInt64
    private let clock: @Sendable () -> UInt64
    private let places: Int
    private var waiting: [(value: Value, since: UInt64)] = []
    private var isClosed = false

    /// Makes an empty mailbox.
    /// - Parameters:
    ///   - places: Values that may wait.
    ///   - patience: Age [ns] above which no value is delivered while a newer one waits.
    ///   - clock: The clock of all ages [ns].
    public init(
        places: Int = 1, patience: UInt64 = .max, clock: @escaping @Sendable () -> UInt64 = { 0 }
    ) {
        self.places = max(places, 1)
        self.patience = patience
        self.clock = clock
        waiting.reserveCapacity(self.places + 1)
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

    /// Puts a value in that has been under way since `time` [ns], and returns those that it overtook, which nobody will
    /// see; after `close` that is `value` itself.
    public func put(_ value: Value, since time: UInt64 = 0) -> [Value] {
        locked {
            guard !isClosed else { return [value] }
            waiting.append((value, time))
            unsafe pthread_cond_signal(arrival)
            return waiting.count > places ? leap() : []
        }
    }

    /// True where a value waits.
    public var isFull: Bool { locked { !waiting.isEmpty } }

    /// Waits for a value until the monotonic clock shows `deadline` [ns].
    public func take(until deadline: UInt64) -> Delivery {
        var time = timespec()
        time.tv_sec = Int(deadline / 1_000_000_000)
        time.tv_nsec = Int(deadline % 1_000_000_000)
        return locked {
            while waiting.isEmpty, !isClosed {
                if unsafe pthread_cond_timedwait(arrival, lock, &time) != 0 { break }
            }
            guard let oldest = waiting.first else { return isClosed ? .closed : .timeout }
            let now = clock()
            let isLate = waiting.count > 1 && now > oldest.since && now - oldest.since > patience
            return isLate ? .overtaken(leap()) : .value(waiting.removeFirst().value)
        }
    }

    /// Lets no more values in and wakes the receiver, which still gets what waits.
    public func close() {
        locked {
            isClosed = true
            unsafe pthread_cond_broadcast(arrival)
        }
    }

    /// Leaves the newest value only and returns the others.
    private func leap() -> [Value] {
        let overtaken = waiting.dropLast().map(\.value)
        waiting.removeFirst(overtaken.count)
        return overtaken
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return body()
    }
}
