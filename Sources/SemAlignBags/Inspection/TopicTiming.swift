// SPDX-License-Identifier: Apache-2.0

/// When the messages of a channel were recorded.
public struct TopicTiming: Hashable, Sendable {
    /// Earliest log time [ns].
    public private(set) var firstTime: UInt64 = 0
    /// Latest log time [ns].
    public private(set) var lastTime: UInt64 = 0
    /// Largest step between one message and the next in the order written [ns]; steps back count as none.
    public private(set) var largestGap: UInt64 = 0
    /// Messages.
    public private(set) var count: UInt64 = 0
    private var previousTime: UInt64 = 0

    /// Makes the timing of no message.
    init() {}

    mutating func count(_ time: UInt64) {
        if count == 0 {
            (firstTime, lastTime) = (time, time)
        } else {
            firstTime = min(firstTime, time)
            lastTime = max(lastTime, time)
            largestGap = max(largestGap, time > previousTime ? time - previousTime : 0)
        }
        previousTime = time
        count += 1
    }

    /// Messages per second between the first and the last; `nil` if all have one time.
    public var rate: Double? {
        lastTime > firstTime ? Double(count - 1) * 1e9 / Double(lastTime - firstTime) : nil
    }
}
