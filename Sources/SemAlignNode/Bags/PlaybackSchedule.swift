// SPDX-License-Identifier: Apache-2.0

/// When a message of a bag is due while the bag is played: the bag's time as a line over the steady clock.
struct PlaybackSchedule: Hashable, Sendable {
    /// Steps of the rate, as in rosbag2.
    private static let rateStep = 0.1

    private var logTime: UInt64
    private var steadyTime: UInt64
    /// Speed: 2 is twice as fast, 0 is without pauses.
    private(set) var rate: Double
    /// True while the bag's time stands still.
    private(set) var isPaused = false

    /// Plays a bag whose first message was logged at `firstLogTime` [ns] from `start` [ns, steady clock] on.
    init(firstLogTime: UInt64, start: UInt64, rate: Double, isPaused: Bool = false) {
        logTime = firstLogTime
        steadyTime = start
        self.rate = rate
        self.isPaused = isPaused
    }

    /// When to send a message that was logged at `time` [ns, steady clock]; `nil` during a pause.
    func dueTime(of time: UInt64) -> UInt64? {
        guard !isPaused else { return nil }
        guard rate > 0, time > logTime else { return steadyTime }
        let pause = Double(time - logTime) / rate
        return pause < 1e18 ? steadyTime &+ UInt64(pause) : .max
    }

    /// Pauses at `now` [ns, steady clock], or goes on where the bag's time stood still.
    mutating func togglePause(at now: UInt64) {
        move(to: now)
        isPaused.toggle()
    }

    /// Plays faster by 0.1, or slower for negative `steps`, from `now` [ns, steady clock] on; never slower than 0.1.
    mutating func changeRate(by steps: Int, at now: UInt64) {
        guard rate > 0 else { return }
        move(to: now)
        rate = max(Self.rateStep, ((rate + Double(steps) * Self.rateStep) * 10).rounded() / 10)
    }

    /// Sets the bag's time to that of a message that was sent at `now` [ns, steady clock] out of turn.
    mutating func jump(to time: UInt64, at now: UInt64) {
        logTime = max(logTime, time)
        steadyTime = now
    }

    /// Begins the line anew where it is at `now`.
    private mutating func move(to now: UInt64) {
        if !isPaused, now > steadyTime {
            let passed = Double(now - steadyTime) * rate
            logTime = passed < 1e18 ? logTime &+ UInt64(passed) : .max
        }
        steadyTime = max(steadyTime, now)
    }
}
