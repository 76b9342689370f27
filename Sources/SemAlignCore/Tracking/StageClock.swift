// SPDX-License-Identifier: Apache-2.0

/// Collects how long the stages of a frame took.
struct StageClock {
    private(set) var durations: [StageDuration] = []
    private var last: UInt64 = 0

    /// Begins a frame; the list is used again where the receiver of the last answer has let go of it.
    mutating func start(_ now: UInt64) {
        durations.removeAll(keepingCapacity: true)
        last = now
    }

    mutating func finish(_ name: String, now: UInt64) {
        durations.append(StageDuration(name: name, nanoseconds: now &- last))
        last = now
    }
}
