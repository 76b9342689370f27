// SPDX-License-Identifier: Apache-2.0

/// The linear map B (N×L, rows sum to 1, sparse) that carries keypoints to dense points: c_i = Σ_j B_ij k_j.
public struct DeformationMap: Hashable, Sendable {
    /// Number of keypoints L: the columns of B.
    public let keypointCount: Int
    /// Row i holds entries `rowStarts[i] ..< rowStarts[i + 1]`; N + 1 numbers.
    public let rowStarts: [Int32]
    /// Keypoint index of each entry.
    public let columns: [Int32]
    /// Weight of each entry.
    public let weights: [Float]

    /// Makes a map from its compressed rows.
    ///
    /// Precondition: starts ascend from 0 to the number of entries, columns are below `keypointCount`.
    public init(keypointCount: Int, rowStarts: [Int32], columns: [Int32], weights: [Float]) {
        precondition(
            rowStarts.first == 0 && rowStarts.last == Int32(columns.count) && columns.count == weights.count
                && zip(rowStarts, rowStarts.dropFirst()).allSatisfy { $0 <= $1 }
                && columns.allSatisfy { $0 >= 0 && $0 < keypointCount },
            "rows of a deformation map do not fit its entries")
        self.keypointCount = keypointCount
        self.rowStarts = rowStarts
        self.columns = columns
        self.weights = weights
    }

    /// Number of dense points N.
    public var pointCount: Int { rowStarts.count - 1 }

    /// Dense points for the keypoints `keypoints` (L of them), in their frame and unit.
    public func apply(to keypoints: [SIMD3<Double>]) -> [SIMD3<Double>] {
        var points: [SIMD3<Double>] = []
        apply(to: keypoints, into: &points)
        return points
    }

    /// The same into the storage of `points`.
    func apply(to keypoints: [SIMD3<Double>], into points: inout [SIMD3<Double>]) {
        points.removeAll(keepingCapacity: true)
        points.reserveCapacity(pointCount)
        for row in 0..<pointCount {
            var point = SIMD3<Double>.zero
            for entry in Int(rowStarts[row])..<Int(rowStarts[row + 1]) {
                point += Double(weights[entry]) * keypoints[Int(columns[entry])]
            }
            points.append(point)
        }
    }

    /// The map to means of dense points: a row for each group of theirs.
    func means(of groups: [[Int]]) -> DeformationMap {
        var (starts, columns, weights): ([Int32], [Int32], [Float]) = ([0], [], [])
        for group in groups {
            var sum = [Float](repeating: 0, count: keypointCount)
            for row in group {
                for entry in Int(rowStarts[row])..<Int(rowStarts[row + 1]) {
                    sum[Int(self.columns[entry])] += self.weights[entry] / Float(group.count)
                }
            }
            for (column, weight) in sum.enumerated() where weight != 0 {
                columns.append(Int32(column))
                weights.append(weight)
            }
            starts.append(Int32(columns.count))
        }
        return DeformationMap(
            keypointCount: keypointCount, rowStarts: starts, columns: columns, weights: weights)
    }
}
