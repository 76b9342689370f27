// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Values on their way from some threads to another one, bounded by their weight.
///
/// A class since threads share it; every access to its state holds the lock.
@safe final class BoundedQueue<Value: Sendable>: @unchecked Sendable {
    /// What a receiver finds.
    enum Delivery {
        case value(Value)
        /// Nothing came in time.
        case timeout
        /// The queue is closed and empty.
        case closed
    }

    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let arrival: UnsafeMutablePointer<pthread_cond_t>
    private let room: UnsafeMutablePointer<pthread_cond_t>
    private let limit: Int
    private var entries: [(value: Value, weight: Int)?] = []
    private var first = 0
    private var weight = 0
    private var refused: UInt64 = 0
    private var isClosed = false

    /// Makes a queue for values of the weight `limit` in all; a heavier one fits in alone.
    init(limit: Int) {
        self.limit = limit
        unsafe lock = .allocate(capacity: 1)
        unsafe arrival = .allocate(capacity: 1)
        unsafe room = .allocate(capacity: 1)
        unsafe pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(arrival, &attributes)
        unsafe pthread_cond_init(room, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(arrival)
        unsafe pthread_cond_destroy(room)
        unsafe pthread_mutex_destroy(lock)
        unsafe arrival.deallocate()
        unsafe room.deallocate()
        unsafe lock.deallocate()
    }

    /// Values that `offer` had no room for.
    var refusedCount: UInt64 { locked { refused } }

    /// Puts a value in without waiting; false, and counted, where there is no room for it or the queue is closed.
    func offer(_ value: Value, weight: Int) -> Bool {
        locked {
            guard !isClosed, fits(weight) else {
                refused += 1
                return false
            }
            append(value, weight)
            return true
        }
    }

    /// Puts a value in as soon as there is room; false where the queue was closed before.
    func put(_ value: Value, weight: Int) -> Bool {
        locked {
            while !isClosed, !fits(weight) { unsafe pthread_cond_wait(room, lock) }
            guard !isClosed else { return false }
            append(value, weight)
            return true
        }
    }

    /// Waits for the next value until the monotonic clock shows `deadline` [ns].
    func take(until deadline: UInt64 = .max) -> Delivery {
        var time = timespec()
        time.tv_sec = Int(deadline / 1_000_000_000)
        time.tv_nsec = Int(deadline % 1_000_000_000)
        return locked {
            while first == entries.count, !isClosed {
                if unsafe pthread_cond_timedwait(arrival, lock, &time) != 0 { break }
            }
            guard first < entries.count, let entry = entries[first].take() else {
                return isClosed ? .closed : .timeout
            }
            first += 1
            if first == entries.count || first > 1024 {
                entries.removeFirst(first)
                first = 0
            }
            weight -= entry.weight
            unsafe pthread_cond_signal(room)
            return .value(entry.value)
        }
    }

    /// Lets nothing more in and wakes who waits; what is there can still be taken.
    func close() {
        locked {
            isClosed = true
            unsafe pthread_cond_broadcast(arrival)
            unsafe pthread_cond_broadcast(room)
        }
    }

    private func fits(_ added: Int) -> Bool { weight + added <= limit || weight == 0 }

    private func append(_ value: Value, _ added: Int) {
        entries.append((value, added))
        weight += added
        unsafe pthread_cond_signal(arrival)
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return body()
    }
}
