// SPDX-License-Identifier: Apache-2.0

/// When the next frame is expected: what may wait is not begun shortly before.
struct FrameRhythm: Sendable {
    /// What a part of a search takes at most, or nearly so [ns].
    static let part: UInt64 = 6_000_000
    /// What a whole search takes at most, or nearly so [ns].
    static let search: UInt64 = 120_000_000
    /// Intervals that are remembered: their median is expected, so that one lost frame is no slower camera, and two that
    /// came together after a standstill are no faster one.
    private static let memory = 8

    private var last: (time: UInt64, stamp: UInt64)?
    private var intervals: [UInt64] = []
    private var expected: UInt64?

    /// Starts without knowledge: there is time.
    init() {}

    /// Notes that a frame with `stamp` [ns, the camera's clock] came at `time` [ns, steady clock].
    ///
    /// Of both clocks' intervals the shorter one counts: where the node holds up its own input frames seem to come later than
    /// they do, and where a bag is played fast its stamps lie further apart than they come.
    mutating func note(_ time: UInt64, stamp: UInt64) {
        if let last, time > last.time {
            var interval = time - last.time
            if stamp > last.stamp { interval = min(interval, stamp - last.stamp) }
            intervals.append(interval)
            if intervals.count > Self.memory { intervals.removeFirst() }
            expected = intervals.sorted()[(intervals.count - 1) / 2]
        }
        last = (time, stamp)
    }

    /// True where no frame is expected within `duration` [ns] after `now` [ns, steady clock].
    ///
    /// Also true where the expected frame is late by a whole interval: nobody knows when it comes. False where frames
    /// come so fast that there is never time: work that waits for it is done at last when it is overdue.
    func hasTime(at now: UInt64, for duration: UInt64) -> Bool {
        guard let last, now > last.time, let interval = expected else { return true }
        let passed = now - last.time
        return passed &+ duration < interval || passed > 2 &* interval
    }
}
