// SPDX-License-Identifier: Apache-2.0

/// How similarities of one image are distributed, so that a match can be told from a coincidence.
///
/// Raw similarities say little: some patches resemble every point, some points every patch. So both means are
/// taken off, and each point is counted in standard deviations over the object's patches.
struct SimilarityStatistics: Sendable {
    /// Mean similarity of each patch (row of the maps) to all points.
    private(set) var patchMean: [Float] = []
    /// Mean over the object's patches of each point's similarity less the patch's mean, and 1 / its deviation.
    private(set) var pointMean: [Float]
    private(set) var inverseDeviation: [Float]

    /// Statistics over the first `patchCount` rows of `maps`, the object's own.
    init(_ maps: SimilarityMaps, patchCount: Int) {
        let points = maps.pointCount
        pointMean = [Float](repeating: 0, count: points)
        inverseDeviation = pointMean
        patchMean.reserveCapacity(maps.patchIndices.count)
        for row in maps.patchIndices.indices {
            var sum: Float = 0
            for point in 0..<points { sum += maps.values[row * maps.stride + point] }
            patchMean.append(sum / Float(max(points, 1)))
        }
        for row in 0..<patchCount {
            for point in 0..<points {
                let value = maps.values[row * maps.stride + point] - patchMean[row]
                pointMean[point] += value
                inverseDeviation[point] += value * value
            }
        }
        let count = Float(max(patchCount, 1))
        for point in 0..<points {
            let mean = pointMean[point] / count
            pointMean[point] = mean
            let variance = max(inverseDeviation[point] / count - mean * mean, 0)
            inverseDeviation[point] = 1 / max(variance.squareRoot(), 0.02)
        }
    }
}

extension AlignmentEnergy {
    /// Mean over the visible points of how much better than elsewhere they match the image where they project.
    ///
    /// In standard deviations: 0 for a random pose, 1 to 3 for a good one. Points beside the object count −1.
    /// Needs points placed and visibility looked up. Not in the paper, whose likelihood of a patch's best point
    /// hardly falls when another point than the right one takes its place.
    func semanticAgreement(_ w: borrowing AlignmentWorkspace) -> Double {
        let (maps, statistics) = (evidence.maps, evidence.statistics)
        var (sum, total): (Float, Float) = (0, 0)
        for point in 0..<model.pointCount where w.visibility[point] > 0.3 {
            let place = SIMD2<Double>(SIMD2(w.u[point], w.v[point]))
            let (rows, weights) = maps.interpolation(at: evidence.patchCoordinates(of: place))
            total += w.visibility[point]
            guard evidence.isBesidePatches(place) == false, weights.sum() > 0 else {
                sum -= w.visibility[point]
                continue
            }
            var value: Float = 0
            for corner in 0..<4 {
                let row = Int(rows[corner])
                value +=
                    weights[corner] * (maps.values[row * maps.stride + point] - statistics.patchMean[row])
            }
            sum +=
                w.visibility[point] * (value - statistics.pointMean[point])
                * statistics.inverseDeviation[point]
        }
        return total > 0 ? Double(sum / total) : -1
    }
}
