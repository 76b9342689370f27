// SPDX-License-Identifier: Apache-2.0

/// When the next frame is expected: what may wait is not begun shortly before.
struct FrameRhythm: Hashable, Sendable {
    /// What a part of a search takes at most, or nearly so [ns].
    static let part: UInt64 = 6_000_000
    /// What a whole search takes at most, or nearly so [ns].
    static let search: UInt64 = 120_000_000
    /// Intervals that are remembered: their median is expected, so that one lost frame is no slower camera, and two that
    /// came together after a standstill are no faster one.
    private static let memory = 8

    private var last: UInt64?
    private var intervals: [UInt64] = []
    private var expected: UInt64?

    /// Starts without knowledge: there is time.
    init() {}

    /// Notes that a frame came at `time` [ns, steady clock].
    mutating func note(_ time: UInt64) {
        if let last, time > last {
            intervals.append(time - last)
            if intervals.count > Self.memory { intervals.removeFirst() }
            expected = intervals.sorted()[(intervals.count - 1) / 2]
        }
        last = time
    }

    /// True where no frame is expected within `duration` [ns] after `now` [ns, steady clock].
    ///
    /// Also true where the expected frame is late by a whole interval: nobody knows when it comes. False where frames
    /// come so fast that there is never time: work that waits for it is done at last when it is overdue.
    func hasTime(at now: UInt64, for duration: UInt64) -> Bool {
        guard let last, now > last, let interval = expected else { return true }
        let passed = now - last
        return passed &+ duration < interval || passed > 2 &* interval
    }
}
