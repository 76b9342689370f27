// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Messages on their way from the threads that have them to the one that writes them: bounded, and nobody waits to put.
///
/// A class since threads share it; every access to its state holds the lock.
@safe final class RecorderQueue: @unchecked Sendable {
    /// What the writer finds.
    enum Delivery: Sendable {
        case message(RecordedMessage)
        /// A snapshot was asked for.
        case snapshot
        /// Nothing came in time.
        case timeout
        /// The queue is closed and empty.
        case closed
    }

    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let arrival: UnsafeMutablePointer<pthread_cond_t>
    private let limit: Int
    private var entries: [RecordedMessage?] = []
    private var first = 0
    private var size = 0
    private var dropped: UInt64 = 0
    private var isClosed = false

    /// Makes a queue for payloads of `limit` bytes in all.
    init(limit: Int) {
        self.limit = limit
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

    /// Messages that found the queue full.
    var droppedCount: UInt64 {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return dropped
    }

    /// Puts a message in; false, and counted, where there is no room for it.
    func put(_ message: RecordedMessage) -> Bool {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        let weight = Self.weight(of: message)
        guard !isClosed, size + weight <= limit || size == 0 else {
            dropped += 1
            return false
        }
        entries.append(message)
        size += weight
        unsafe pthread_cond_signal(arrival)
        return true
    }

    /// Asks for a snapshot of what was put in before.
    func requestSnapshot() {
        unsafe pthread_mutex_lock(lock)
        if !isClosed { entries.append(nil) }
        unsafe pthread_cond_signal(arrival)
        unsafe pthread_mutex_unlock(lock)
    }

    /// Waits for the next entry until the monotonic clock shows `deadline` [ns].
    func take(until deadline: UInt64) -> Delivery {
        var time = timespec()
        time.tv_sec = Int(deadline / 1_000_000_000)
        time.tv_nsec = Int(deadline % 1_000_000_000)
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        while first == entries.count, !isClosed {
            if unsafe pthread_cond_timedwait(arrival, lock, &time) != 0 { break }
        }
        guard first < entries.count else { return isClosed ? .closed : .timeout }
        let entry = entries[first].take()
        first += 1
        if first == entries.count || first > 1024 {
            entries.removeFirst(first)
            first = 0
        }
        guard let entry else { return .snapshot }
        size -= Self.weight(of: entry)
        return .message(entry)
    }

    /// Lets nothing more in and wakes the writer, which still gets what is there.
    func close() {
        unsafe pthread_mutex_lock(lock)
        isClosed = true
        unsafe pthread_cond_broadcast(arrival)
        unsafe pthread_mutex_unlock(lock)
    }

    /// Memory of a message [bytes], roughly.
    static func weight(of message: RecordedMessage) -> Int { message.payload.count + 256 }
}
