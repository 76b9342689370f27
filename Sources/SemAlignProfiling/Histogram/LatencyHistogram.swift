// SPDX-License-Identifier: Apache-2.0

/// Counts durations in log-linear buckets: fixed memory, constant time, no allocation on record.
///
/// The layout is that of HdrHistogram with two significant digits: a bucket is at most 1/128 of its value wide.
/// Minimum, maximum, mean and standard deviation are exact.
public struct LatencyHistogram: Hashable, Sendable {
    /// Half of the buckets of one power of two.
    static let halfCount = 128
    private static let halfCountBits = 7
    /// Largest value that has a bucket of its own [ns], about 69 s; longer ones share the last bucket.
    public static let highestTrackable: UInt64 = (1 << 36) - 1
    private static let bucketCount = 30 * halfCount

    private(set) var counts = [UInt64](repeating: 0, count: Self.bucketCount)
    /// Durations recorded.
    public private(set) var count: UInt64 = 0
    /// The shortest [ns]; 0 while there is none.
    public private(set) var minimum: UInt64 = 0
    /// The longest [ns]; 0 while there is none.
    public private(set) var maximum: UInt64 = 0
    private var sum = 0.0
    private var squares = 0.0

    /// Makes an empty histogram.
    public init() {}

    /// Makes a histogram of `durations` [ns].
    public init(_ durations: some Sequence<UInt64>) {
        for duration in durations { record(duration) }
    }

    /// Counts a duration [ns].
    public mutating func record(_ duration: UInt64) {
        counts[Self.index(of: min(duration, Self.highestTrackable))] += 1
        minimum = count == 0 ? duration : min(minimum, duration)
        maximum = max(maximum, duration)
        count += 1
        let value = Double(duration)
        sum += value
        squares += value * value
    }

    /// Adds what another histogram counted.
    public mutating func add(_ other: LatencyHistogram) {
        guard other.count > 0 else { return }
        for index in counts.indices { counts[index] += other.counts[index] }
        minimum = count == 0 ? other.minimum : min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        count += other.count
        sum += other.sum
        squares += other.squares
    }

    /// Mean [ns]; NaN while empty.
    public var mean: Double { count == 0 ? .nan : sum / Double(count) }

    /// Standard deviation [ns]; NaN while empty.
    public var standardDeviation: Double {
        count == 0 ? .nan : max(0, squares / Double(count) - mean * mean).squareRoot()
    }

    /// The smallest bucket's upper end that a share, 0…1, of the durations does not exceed [ns]; 0 while empty.
    ///
    /// Never above the maximum, which a share of 1 gives exactly.
    public func percentile(_ share: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let rank = UInt64(max(1, (min(max(share, 0), 1) * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, number) in counts.enumerated() {
            seen += number
            if seen >= rank { return min(Self.upperEnd(of: index), maximum) }
        }
        return maximum
    }

    /// How many durations lie in a bucket above that of `limit` [ns].
    public func count(above limit: UInt64) -> UInt64 {
        guard limit < Self.highestTrackable else { return 0 }
        return counts[(Self.index(of: limit) + 1)...].reduce(0, +)
    }

    /// Buckets that hold something: their lower end [ns] and their count, ascending.
    public var buckets: [(lowerEnd: UInt64, count: UInt64)] {
        counts.indices.filter { counts[$0] > 0 }.map { (Self.lowerEnd(of: $0), counts[$0]) }
    }

    /// The bucket of a value.
    private static func index(of value: UInt64) -> Int {
        let power = 64 - (value | 255).leadingZeroBitCount - (halfCountBits + 1)
        return ((power + 1) << halfCountBits) + Int(value >> UInt64(power)) - halfCount
    }

    static func lowerEnd(of index: Int) -> UInt64 {
        let power = (index >> halfCountBits) - 1
        guard power >= 0 else { return UInt64(index) }
        return UInt64((index & (halfCount - 1)) + halfCount) << UInt64(power)
    }

    private static func upperEnd(of index: Int) -> UInt64 {
        lowerEnd(of: index) + (1 << UInt64(max(0, (index >> halfCountBits) - 1))) - 1
    }
}
