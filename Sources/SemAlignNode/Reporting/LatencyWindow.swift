// SPDX-License-Identifier: Apache-2.0

/// The last durations of one stage, and the figures that are published of them.
struct LatencyWindow: Hashable, Sendable {
    private let capacity: Int
    private var durations: [UInt64] = []
    private var next = 0
    /// The longest since the start [ns].
    private(set) var maximum: UInt64 = 0
    /// Durations since the start.
    private(set) var count: UInt64 = 0

    /// Keeps the last `capacity` durations.
    init(capacity: Int = 1024) { self.capacity = capacity }

    /// Adds a duration [ns].
    mutating func add(_ duration: UInt64) {
        if durations.count < capacity {
            durations.append(duration)
        } else {
            durations[next] = duration
            next = (next + 1) % capacity
        }
        maximum = max(maximum, duration)
        count += 1
    }

    /// The smallest durations that the given shares, 0…1, of the window do not exceed [ns]; zeros while it is empty.
    func percentiles(_ shares: [Double]) -> [UInt64] {
        guard !durations.isEmpty else { return shares.map { _ in 0 } }
        let sorted = durations.sorted()
        return shares.map { share in
            let rank = (share * Double(sorted.count)).rounded(.up)
            return sorted[min(sorted.count, max(1, Int(rank))) - 1]
        }
    }
}
