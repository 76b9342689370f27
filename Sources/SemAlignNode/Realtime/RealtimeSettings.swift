// SPDX-License-Identifier: Apache-2.0

/// What the node asks of the operating system so that frames come in time; nothing by default.
///
/// What is not permitted costs one line in the log and nothing else.
public struct RealtimeSettings: Hashable, Sendable {
    /// Priority of the threads of a frame under SCHED_FIFO, 1…99; 0 = the usual scheduler.
    public var priority = 0
    /// Processors that the input thread may run on; empty = all.
    public var inputProcessors: [Int] = []
    /// Processors that the alignment thread, and the one that helps it, may run on; empty = all.
    public var alignmentProcessors: [Int] = []
    /// True where no page of the node may leave the memory.
    public var locksMemory = false
    /// True where large blocks of memory should lie on huge pages.
    public var advisesHugePages = false
    /// Longest time that a processor may take to wake up [µs]; below 0 = as the system likes.
    public var wakeLatencyMicroseconds = -1

    /// Makes the defaults.
    public init() {}
}
