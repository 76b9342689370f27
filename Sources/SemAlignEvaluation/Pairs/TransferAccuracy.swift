// SPDX-License-Identifier: Apache-2.0

/// How PCK counts, since public code disagrees: the names are printed with every number.
public struct TransferConvention: Hashable, Sendable {
    /// How an error is compared with α · T.
    public enum Comparison: String, Hashable, Sendable, CaseIterable {
        /// error < α · T: GeoAware-SC, SD-DINO, SphericalMaps.
        case less = "<"
        /// error ≤ α · T: the paper's words "no further away than", DHPF, CATs, MARCO.
        case lessOrEqual = "<="
    }

    /// What counts as correct.
    public enum Metric: String, Hashable, Sendable, CaseIterable {
        /// Within the threshold.
        case pck
        /// PCK†: within the threshold, and no other keypoint that both images show is nearer.
        case pckDagger = "pck_dagger"
    }

    /// How an error is compared with the threshold.
    public var comparison: Comparison
    /// What counts as correct.
    public var metric: Metric
    /// True to count keypoints of GeoAware-SC's geometry-aware subset only.
    public var isGeometryAware: Bool

    /// Joins the choices.
    public init(
        _ metric: Metric = .pck, _ comparison: Comparison = .lessOrEqual, isGeometryAware: Bool = false
    ) {
        self.metric = metric
        self.comparison = comparison
        self.isGeometryAware = isGeometryAware
    }
}

/// Share of correctly carried keypoints, averaged in the ways that papers use.
public struct TransferAccuracy: Hashable, Sendable {
    /// How it was counted.
    public let convention: TransferConvention
    /// Thresholds α.
    public let thresholds: [Double]
    /// Pairs with at least one keypoint that counts.
    public let pairs: Int
    /// Keypoints that count.
    public let points: Int
    /// Share over all points together: categories weighted by their points.
    public let perPoint: [Double]
    /// Mean over pairs of each pair's share: categories weighted by their pairs.
    public let perImage: [Double]
    /// Plain mean over categories of their per-point shares.
    public let categoriesPerPoint: [Double]
    /// Plain mean over categories of their per-image shares.
    public let categoriesPerImage: [Double]
    /// Mean over categories of per-image shares, weighted by all pairs of a category, those without points too.
    public let weighted: [Double]
    /// Per-image share of each category.
    public let categories: [String: [Double]]

    /// Integer counts of one category at all thresholds; sums of shares are left to the end.
    private struct Tally {
        var allPairs = 0
        var pairs = 0
        var points = 0
        var hits: [Int]
        var shares: [Double]

        init(count: Int) {
            hits = [Int](repeating: 0, count: count)
            shares = [Double](repeating: 0, count: count)
        }
    }

    /// Judges `outcomes`; the order of pairs within a category does not matter but for the last bits.
    public init(_ outcomes: [PairOutcome], thresholds: [Double], convention: TransferConvention) {
        var tallies: [String: Tally] = [:]
        for pair in outcomes {
            var tally = tallies[pair.category] ?? Tally(count: thresholds.count)
            tally.allPairs += 1
            let judged = pair.points.filter {
                $0.truth != nil && (!convention.isGeometryAware || $0.isGeometryAware)
            }
            if !judged.isEmpty {
                tally.pairs += 1
                tally.points += judged.count
                for (t, threshold) in thresholds.enumerated() {
                    let hits = judged.reduce(0) {
                        $0 + (pair.isCorrect($1, threshold, convention) ? 1 : 0)
                    }
                    tally.hits[t] += hits
                    tally.shares[t] += Double(hits) / Double(judged.count)
                }
            }
            tallies[pair.category] = tally
        }
        let all = tallies.sorted { $0.key < $1.key }
        let counted = all.filter { $0.value.points > 0 }
        self.convention = convention
        self.thresholds = thresholds
        let (pairs, points) = (all.reduce(0) { $0 + $1.value.pairs }, all.reduce(0) { $0 + $1.value.points })
        self.pairs = pairs
        self.points = points
        func sums(_ value: (Tally, Int) -> Double, over count: Double) -> [Double] {
            thresholds.indices.map { t in
                count > 0 ? counted.reduce(0) { $0 + value($1.value, t) } / count : .nan
            }
        }
        let categoryCount = Double(counted.count)
        perPoint = sums({ Double($0.hits[$1]) }, over: Double(points))
        perImage = sums({ $0.shares[$1] }, over: Double(pairs))
        categoriesPerPoint = sums({ Double($0.hits[$1]) / Double($0.points) }, over: categoryCount)
        categoriesPerImage = sums({ $0.shares[$1] / Double($0.pairs) }, over: categoryCount)
        weighted = sums(
            { $0.shares[$1] / Double($0.pairs) * Double($0.allPairs) },
            over: Double(counted.reduce(0) { $0 + $1.value.allPairs }))
        categories = Dictionary(
            uniqueKeysWithValues: counted.map { name, tally in
                (name, tally.shares.map { $0 / Double(tally.pairs) })
            })
    }
}

extension PairOutcome {
    /// True where a point with truth is carried correctly by a convention.
    func isCorrect(_ point: PointOutcome, _ threshold: Double, _ convention: TransferConvention) -> Bool {
        guard let error = point.error else { return false }
        let limit = threshold * thresholdSide
        guard convention.comparison == .less ? error < limit : error <= limit else { return false }
        return convention.metric == .pck || !isNearerToAnother(point)
    }
}
