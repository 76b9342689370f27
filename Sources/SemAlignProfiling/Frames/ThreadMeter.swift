// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// What a thread cost over a stretch of its work.
public struct ThreadCost: Hashable, Sendable {
    /// Time on a processor [ns].
    public var processorTime: UInt64
    /// Calls of the allocator; 0 where nobody counts them.
    public var allocations: UInt64
    /// Page faults that needed no disk.
    public var minorFaults: UInt64
    /// Page faults that waited for a disk.
    public var majorFaults: UInt64
    /// Times that another thread took the processor away.
    public var preemptions: UInt64

    /// Joins the figures; all zero by default.
    public init(
        processorTime: UInt64 = 0, allocations: UInt64 = 0, minorFaults: UInt64 = 0, majorFaults: UInt64 = 0,
        preemptions: UInt64 = 0
    ) {
        self.processorTime = processorTime
        self.allocations = allocations
        self.minorFaults = minorFaults
        self.majorFaults = majorFaults
        self.preemptions = preemptions
    }

    /// What was spent between two readings.
    public static func - (later: ThreadCost, earlier: ThreadCost) -> ThreadCost {
        ThreadCost(
            processorTime: later.processorTime &- earlier.processorTime,
            allocations: later.allocations &- earlier.allocations,
            minorFaults: later.minorFaults &- earlier.minorFaults,
            majorFaults: later.majorFaults &- earlier.majorFaults,
            preemptions: later.preemptions &- earlier.preemptions)
    }

    /// The cost of two stretches.
    public static func + (first: ThreadCost, second: ThreadCost) -> ThreadCost {
        ThreadCost(
            processorTime: first.processorTime + second.processorTime,
            allocations: first.allocations + second.allocations,
            minorFaults: first.minorFaults + second.minorFaults,
            majorFaults: first.majorFaults + second.majorFaults,
            preemptions: first.preemptions + second.preemptions)
    }
}

/// Reads what the calling thread has cost since it began: two system calls, about a microsecond.
public struct ThreadMeter: Sendable {
    private let allocations: @Sendable () -> UInt64

    /// `allocations` counts the calls of the allocator by the calling thread, where the program can.
    public init(allocations: @escaping @Sendable () -> UInt64 = { 0 }) { self.allocations = allocations }

    /// The cost so far.
    public func reading() -> ThreadCost {
        var usage = rusage()
        // RUSAGE_THREAD, which the module map does not name.
        _ = unsafe getrusage(__rusage_who_t(1), &usage)
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return ThreadCost(
            processorTime: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec),
            allocations: allocations(), minorFaults: UInt64(clamping: usage.ru_minflt),
            majorFaults: UInt64(clamping: usage.ru_majflt), preemptions: UInt64(clamping: usage.ru_nivcsw))
    }
}
