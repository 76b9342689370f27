// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// The Mann-Whitney test of whether one sample tends to larger values than the other, whatever their distributions.
public struct RankTest: Hashable, Sendable {
    /// U of the second sample: pairs in which its value is larger, ties counted half.
    public let statistic: Double
    /// Probability of ranks at least as uneven if both samples came from one distribution, two-sided.
    ///
    /// By the normal approximation with correction for ties and continuity: good from eight values on.
    public let pValue: Double
    /// Cliff's delta, -1…1: how much likelier the second sample's value is larger than smaller.
    public let effect: Double
    /// Hodges-Lehmann estimate: median of all differences second - first, on at most 1000 values of each.
    public let shift: Double

    /// Compares two samples; `nil` where one is empty or holds a NaN.
    public init?(_ first: [Double], _ second: [Double]) {
        guard !first.isEmpty, !second.isEmpty, (first + second).allSatisfy({ !$0.isNaN }) else { return nil }
        let (m, n) = (Double(first.count), Double(second.count))
        let pooled = (first.map { (value: $0, isSecond: false) } + second.map { ($0, true) })
            .sorted { $0.value < $1.value }
        var (rankSum, ties) = (0.0, 0.0)
        var start = 0
        while start < pooled.count {
            var end = start
            while end < pooled.count, pooled[end].value == pooled[start].value { end += 1 }
            let size = Double(end - start)
            ties += size * size * size - size
            let rank = Double(start + end + 1) / 2
            rankSum += rank * Double(pooled[start..<end].count { $0.isSecond })
            start = end
        }
        statistic = rankSum - n * (n + 1) / 2
        let total = m + n
        let variance = m * n / 12 * (total + 1 - ties / (total * max(total - 1, 1)))
        let distance = max(0, abs(statistic - m * n / 2) - 0.5)
        pValue = variance > 0 ? erfc(distance / (2 * variance).squareRoot()) : 1
        effect = 2 * statistic / (m * n) - 1
        shift = Self.shift(from: Self.thinned(first), to: Self.thinned(second))
    }

    /// At most 1000 values at even distances of the sorted sample: its quantiles.
    private static func thinned(_ sample: [Double]) -> [Double] {
        let sorted = sample.sorted()
        guard sorted.count > 1000 else { return sorted }
        return (0..<1000).map { sorted[($0 * 2 + 1) * sorted.count / 2000] }
    }

    private static func shift(from first: [Double], to second: [Double]) -> Double {
        var differences: [Double] = []
        differences.reserveCapacity(first.count * second.count)
        for a in first { for b in second { differences.append(b - a) } }
        differences.sort()
        let middle = differences.count / 2
        return differences.count % 2 == 1
            ? differences[middle] : (differences[middle - 1] + differences[middle]) / 2
    }
}
