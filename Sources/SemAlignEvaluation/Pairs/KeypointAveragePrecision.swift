// SPDX-License-Identifier: Apache-2.0

/// Where the patches of a target image lie, as KAP's code has it: at their upper left corners.
public struct PatchGrid: Hashable, Sendable {
    /// Place of patch (0, 0) [px].
    public let origin: SIMD2<Double>
    /// Distance between neighbours [px].
    public let step: SIMD2<Double>
    /// Patches from top to bottom.
    public let rows: Int
    /// Patches from left to right.
    public let columns: Int

    /// Joins place and size.
    public init(origin: SIMD2<Double>, step: SIMD2<Double>, rows: Int, columns: Int) {
        self.origin = origin
        self.step = step
        self.rows = rows
        self.columns = columns
    }

    /// Squared distances of all patches from a place, row-major [px²].
    func squaredDistances(from place: SIMD2<Double>) -> [Double] {
        (0..<rows).flatMap { row in
            (0..<columns).map { column in
                let d = origin + step * SIMD2(Double(column), Double(row)) - place
                return (d * d).sum()
            }
        }
    }
}

/// KAP: average precision over all keypoints that a source shows, whether the target shows them or not.
///
/// Each keypoint has scores over the target's patches. Near the truth, the best score is a positive; elsewhere
/// the best score is a negative: confident answers where there is no match cost precision.
public struct KeypointAveragePrecision: Hashable, Sendable {
    /// Which public code it follows.
    public enum Variant: String, Hashable, Sendable, CaseIterable {
        /// SphericalMaps: within means `<`, the nearest patch always counts as within, and a keypoint that the
        /// target lacks gives a negative only.
        case sphericalMaps = "kap"
        /// Jamais Vu's released code: within means `<=`; every keypoint gives a positive and a negative, one
        /// that the target lacks as if it lay in the upper left corner of the padded image; scores outside a
        /// region count as 0.
        case jamaisVu = "kap_jamaisvu"
    }

    /// Which public code it follows.
    public let variant: Variant
    /// Thresholds α.
    public let thresholds: [Double]
    private var positives: [[Float]]
    private var negatives: [[Float]]

    /// Starts without a pair.
    public init(_ variant: Variant, thresholds: [Double]) {
        self.variant = variant
        self.thresholds = thresholds
        positives = thresholds.map { _ in [] }
        negatives = thresholds.map { _ in [] }
    }

    /// Adds a pair: for each keypoint of the source its scores over the target's patches and its true place.
    ///
    /// Scores are stretched to 0…1 over all keypoints of the pair; a keypoint without scores counts as 0.
    public mutating func add(
        scores: [[Float]], targets: [SIMD2<Double>?], grid: PatchGrid, thresholdSide: Double
    ) {
        precondition(scores.count == targets.count, "one true place for each keypoint")
        let patches = grid.rows * grid.columns
        guard patches > 0 else { return }
        let low = scores.lazy.compactMap { $0.min() }.min() ?? 0
        let high = scores.lazy.compactMap { $0.max() }.max() ?? 0
        let factor = high > low ? 1 / (high - low) : 0
        for (row, target) in zip(scores, targets) {
            let stretched =
                row.isEmpty ? [Float](repeating: 0, count: patches) : row.map { ($0 - low) * factor }
            switch variant {
            case .sphericalMaps: addLikeSphericalMaps(stretched, target, grid, thresholdSide)
            case .jamaisVu: addLikeJamaisVu(stretched, target ?? grid.origin, grid, thresholdSide)
            }
        }
    }

    private mutating func addLikeSphericalMaps(
        _ scores: [Float], _ target: SIMD2<Double>?, _ grid: PatchGrid, _ side: Double
    ) {
        guard let target else {
            for t in thresholds.indices { negatives[t].append(scores.max() ?? 0) }
            return
        }
        let distances = grid.squaredDistances(from: target)
        let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
        for (t, threshold) in thresholds.enumerated() {
            let limit = threshold * side * threshold * side
            var (inside, outside) = (-Float.infinity, -Float.infinity)
            for patch in distances.indices {
                if distances[patch] < limit || patch == nearest {
                    inside = max(inside, scores[patch])
                } else {
                    outside = max(outside, scores[patch])
                }
            }
            positives[t].append(inside)
            if outside > -.infinity { negatives[t].append(outside) }
        }
    }

    private mutating func addLikeJamaisVu(
        _ scores: [Float], _ target: SIMD2<Double>, _ grid: PatchGrid, _ side: Double
    ) {
        let distances = grid.squaredDistances(from: target)
        for (t, threshold) in thresholds.enumerated() {
            let limit = threshold * side * threshold * side
            var (inside, outside): (Float, Float) = (0, 0)
            for patch in distances.indices {
                if distances[patch] <= limit {
                    inside = max(inside, scores[patch])
                } else {
                    outside = max(outside, scores[patch])
                }
            }
            positives[t].append(inside)
            negatives[t].append(outside)
        }
    }

    /// Average precision at each threshold; NaN without positives.
    public var values: [Double] {
        thresholds.indices.map { averagePrecision(positives: positives[$0], negatives: negatives[$0]) }
    }
}

/// Σ (R_n − R_{n−1}) P_n over falling scores, equal ones together: the average precision of scikit-learn.
func averagePrecision(positives: [Float], negatives: [Float]) -> Double {
    guard !positives.isEmpty else { return .nan }
    let all = (positives.map { ($0, true) } + negatives.map { ($0, false) }).sorted { $0.0 > $1.0 }
    var (found, seen, sum) = (0, 0, 0.0)
    var start = 0
    while start < all.count {
        var end = start
        var hits = 0
        while end < all.count, all[end].0 == all[start].0 {
            hits += all[end].1 ? 1 : 0
            end += 1
        }
        found += hits
        seen = end
        sum += Double(hits) * Double(found) / Double(seen)
        start = end
    }
    return sum / Double(positives.count)
}
