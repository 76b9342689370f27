// SPDX-License-Identifier: Apache-2.0

/// The figures of one stage over a kind of frames.
public struct StageFigures: Hashable, Sendable {
    /// Which frames are looked at.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Frames that started from the one before.
        case warm
        /// Frames that searched.
        case cold
    }

    /// Name of the stage.
    public let name: String
    /// Kind of the frames.
    public let kind: Kind
    /// All durations.
    public let histogram: LatencyHistogram
    /// Durations [ns], in order of time.
    public let values: [UInt64]

    init(name: String, kind: Kind, values: [UInt64]) {
        self.name = name
        self.kind = kind
        self.values = values
        histogram = LatencyHistogram(values)
    }

    /// Mean absolute difference between the durations of successive frames [ns]; NaN for less than two.
    public var jitter: Double {
        guard values.count > 1 else { return .nan }
        let changes = zip(values, values.dropFirst()).map { abs(Double($0) - Double($1)) }
        return changes.reduce(0, +) / Double(changes.count)
    }

    /// The smallest value that a share, 0…1, of the values does not exceed [ns]: one that occurred; 0 without any.
    public func percentile(_ share: Double) -> UInt64 {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }

    /// Shares that a report prints.
    public static let shares: [(name: String, share: Double)] = [
        ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999),
    ]
}
