// SPDX-License-Identifier: Apache-2.0

/// What became slower or dearer from one profile to another.
public struct ProfileComparison: Hashable, Sendable {
    /// One column of the tables over one kind of frames.
    public struct Row: Hashable, Sendable {
        /// Name of the column.
        public let column: String
        /// Kind of the frames.
        public let kind: StageFigures.Kind
        /// Number of values before and after.
        public let counts: SIMD2<Int>
        /// Medians before and after, in the column's unit.
        public let medians: SIMD2<Double>
        /// 99th percentiles before and after.
        public let percentiles99: SIMD2<Double>
        /// Rank test on the values frame by frame.
        public let test: RankTest
        /// p-value corrected for the number of comparisons (Holm).
        public internal(set) var correctedP: Double

        /// What the difference is, in one word.
        public var verdict: Verdict {
            guard correctedP < 0.01, abs(test.effect) >= 0.147 else { return .same }
            return test.effect > 0 ? .more : .less
        }
    }

    /// What a difference is.
    public enum Verdict: String, Hashable, Sendable {
        /// Larger beyond doubt: corrected p below 0.01 and an effect that is not negligible (delta above 0.147).
        case more
        /// Smaller beyond doubt.
        case less
        /// No such difference.
        case same
    }

    /// All columns that both tables have, warm frames first.
    public let rows: [Row]

    /// Compares two tables.
    public init(_ before: FrameTable, _ after: FrameTable) {
        var rows: [Row] = []
        for kind in StageFigures.Kind.allCases {
            for column in before.columns where column != "stamp_ns" {
                let (first, second) = (before.values(of: column, kind), after.values(of: column, kind))
                guard let test = RankTest(first, second) else { continue }
                rows.append(
                    Row(
                        column: column, kind: kind, counts: SIMD2(first.count, second.count),
                        medians: SIMD2(Self.quantile(first, 0.5), Self.quantile(second, 0.5)),
                        percentiles99: SIMD2(Self.quantile(first, 0.99), Self.quantile(second, 0.99)),
                        test: test, correctedP: test.pValue))
            }
        }
        Self.correct(&rows)
        self.rows = rows
    }

    /// Multiplies the smallest p-value by the number of rows, the next by one less, and so on, never descending.
    private static func correct(_ rows: inout [Row]) {
        let order = rows.indices.sorted { rows[$0].test.pValue < rows[$1].test.pValue }
        var floor = 0.0
        for (place, index) in order.enumerated() {
            floor = max(floor, min(1, rows[index].test.pValue * Double(rows.count - place)))
            rows[index].correctedP = floor
        }
    }

    private static func quantile(_ values: [Double], _ share: Double) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(max(Int((share * Double(sorted.count)).rounded(.up)), 1), sorted.count) - 1]
    }
}
