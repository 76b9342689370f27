// SPDX-License-Identifier: Apache-2.0

/// When a message of a bag is due while the bag is played.
struct PlaybackSchedule: Hashable, Sendable {
    private let firstLogTime: UInt64
    private let start: UInt64
    private let rate: Double

    /// Plays a bag whose first message was logged at `firstLogTime` [ns] from `start` [ns, steady clock] on.
    ///
    /// `rate` 2 is twice as fast; 0 is without pauses.
    init(firstLogTime: UInt64, start: UInt64, rate: Double) {
        self.firstLogTime = firstLogTime
        self.start = start
        self.rate = rate
    }

    /// When to send a message that was logged at `logTime` [ns, steady clock].
    func dueTime(of logTime: UInt64) -> UInt64 {
        guard rate > 0, logTime > firstLogTime else { return start }
        let pause = Double(logTime - firstLogTime) / rate
        return pause < 1e18 ? start &+ UInt64(pause) : .max
    }
}
