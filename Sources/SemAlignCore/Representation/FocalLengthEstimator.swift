// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Focal lengths of images whose camera is unknown, from the shape they must agree on (equation 3).
///
/// Minimises the sum over edge pairs of the variance over images of the ratio R and the angle A, over 1/f of
/// each image. The scale common to all is next to undetermined: a prior log f ~ N(log 1.2, 0.7²) fixes it.
/// Where a flip table exists each image comes a second time, mirrored, with the same focal length.
struct FocalLengthEstimator {
    /// For each view and keypoint (u, v, z): normalised image coordinates less the principal point, and depth.
    let views: [[SIMD3<Double>?]]
    /// Known normalised focal lengths, `nil` where to estimate.
    let known: [Double?]
    /// Permutation of mirrored keypoints; `nil` where there is none.
    var flip: [Int]?
    /// Edge pairs that are looked at, at most.
    let pairLimit = 3000
    /// Sweeps over all images at most.
    let iterations = 200

    /// Mean of the prior of log f.
    static let priorMean = log(1.2)
    /// Standard deviation of the prior of log f.
    static let priorDeviation = 0.7

    /// One edge pair: two keypoint pairs.
    private struct Pair { let a, b, c, d: Int }

    /// One normalised focal length per view.
    func estimate() -> [Double] {
        let pairs = pairs()
        var logs = known.map { $0.map { log($0) } ?? Self.priorMean }
        let copies = views + mirrored
        for _ in 0..<iterations {
            var (means, counts) = (
                [SIMD2<Double>](repeating: .zero, count: pairs.count),
                [Double](repeating: 0, count: pairs.count)
            )
            var features: [[SIMD4<Double>?]] = []
            for (copy, points) in copies.enumerated() {
                let row = pairs.map { feature($0, points, logFocal: logs[copy % views.count]) }
                for (p, value) in row.enumerated() {
                    guard let value else { continue }
                    means[p] += SIMD2(value.x, value.y)
                    counts[p] += 1
                }
                features.append(row)
            }
            var largest = 0.0
            for v in views.indices where known[v] == nil {
                // Gauss-Newton on one focal length with the means held.
                let precision = 1 / (Self.priorDeviation * Self.priorDeviation)
                var gradient = (logs[v] - Self.priorMean) * precision
                var curvature = precision
                for copy in stride(from: v, to: copies.count, by: views.count) {
                    for (p, value) in features[copy].enumerated() {
                        guard let value, counts[p] >= 2 else { continue }
                        let residual = SIMD2(value.x, value.y) - means[p] / counts[p]
                        let slope = SIMD2(value.z, value.w)
                        // In units of the spread that lifted keypoints have: some 5 % in ratio and cosine.
                        gradient += (residual * slope).sum() / 0.0025 * weight
                        curvature += (slope * slope).sum() / 0.0025 * weight
                    }
                }
                let step = min(max(-gradient / curvature, -0.2), 0.2)
                logs[v] = min(max(logs[v] + step, log(0.2)), log(20))
                largest = max(largest, abs(step))
            }
            if largest < 1e-4 { break }
        }
        return logs.map { exp($0) }
    }

    /// The views in a mirror; none without a flip table.
    private var mirrored: [[SIMD3<Double>?]] {
        guard let flip else { return [] }
        return views.map { view in flip.map { view[$0].map { $0 * SIMD3(-1, 1, 1) } } }
    }

    /// Pairs share keypoints, so they are not independent: their words count less.
    private var weight: Double { 0.02 }

    private func pairs() -> [Pair] {
        let count = views.first?.count ?? 0
        var edges: [(Int, Int)] = []
        for i in 0..<count { for j in (i + 1)..<max(count, i + 1) { edges.append((i, j)) } }
        let total = edges.count * (edges.count - 1) / 2
        let stride = max(1, total / pairLimit)
        var pairs: [Pair] = []
        var number = 0
        for x in edges.indices {
            for y in 0..<x {
                number += 1
                if number % stride == 0 {
                    pairs.append(Pair(a: edges[x].0, b: edges[x].1, c: edges[y].0, d: edges[y].1))
                }
            }
        }
        return pairs
    }

    /// R, cos A and their derivatives by log f; `nil` where a keypoint is missing.
    private func feature(_ pair: Pair, _ points: [SIMD3<Double>?], logFocal: Double) -> SIMD4<Double>? {
        guard let a = points[pair.a], let b = points[pair.b], let c = points[pair.c], let d = points[pair.d]
        else { return nil }
        let inverse = exp(-logFocal)
        func lift(_ p: SIMD3<Double>) -> SIMD3<Double> { [p.x * p.z * inverse, p.y * p.z * inverse, p.z] }
        let (e, g) = (lift(b) - lift(a), lift(d) - lift(c))
        // d(x, y) / d log f = −(x, y); depth does not move.
        let (de, dg) = (SIMD3(-e.x, -e.y, 0), SIMD3(-g.x, -g.y, 0))
        let (le, lg) = ((e * e).sum().squareRoot(), (g * g).sum().squareRoot())
        guard le > 1e-9, lg > 1e-9 else { return nil }
        let (dle, dlg) = ((e * de).sum() / le, (g * dg).sum() / lg)
        let sum = le + lg
        let cosine = (e * g).sum() / (le * lg)
        let dCosine = ((de * g).sum() + (e * dg).sum()) / (le * lg) - cosine * (dle / le + dlg / lg)
        return [le / sum, cosine, (dle * lg - le * dlg) / (sum * sum), dCosine]
    }
}
