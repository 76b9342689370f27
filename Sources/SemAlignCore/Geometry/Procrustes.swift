// SPDX-License-Identifier: Apache-2.0

import Glibc

extension SimilarityTransform {
    /// The similarity transform without reflection that carries `source` to `target` with least weighted squares.
    ///
    /// Horn's closed form by quaternions. The scale is `fixedScale` where given, else the least-squares one.
    /// `nil` with fewer than three points of positive weight or where they fall on one spot.
    public static func fit(
        from source: [SIMD3<Double>], to target: [SIMD3<Double>], weights: [Double],
        fixedScale: Double? = nil
    ) -> SimilarityTransform? {
        precondition(source.count == target.count && source.count == weights.count, "points come in pairs")
        var total = 0.0
        var used = 0
        var (sourceMean, targetMean) = (SIMD3<Double>.zero, SIMD3<Double>.zero)
        for i in source.indices where weights[i] > 0 {
            total += weights[i]
            used += 1
            sourceMean += weights[i] * source[i]
            targetMean += weights[i] * target[i]
        }
        guard used >= 3, total > 0 else { return nil }
        sourceMean /= total
        targetMean /= total
        var columns = (SIMD3<Double>.zero, SIMD3<Double>.zero, SIMD3<Double>.zero)
        var (sourceSpread, targetSpread) = (0.0, 0.0)
        for i in source.indices where weights[i] > 0 {
            let (a, b) = (source[i] - sourceMean, target[i] - targetMean)
            columns.0 += weights[i] * a * b.x
            columns.1 += weights[i] * a * b.y
            columns.2 += weights[i] * a * b.z
            sourceSpread += weights[i] * (a * a).sum()
            targetSpread += weights[i] * (b * b).sum()
        }
        guard sourceSpread > 0, targetSpread > 0 else { return nil }
        let rotation = Rotation.bestFit(covariance: columns)
        var aligned = 0.0
        for i in source.indices where weights[i] > 0 {
            let turned = rotation.apply(source[i] - sourceMean)
            aligned += weights[i] * (turned * (target[i] - targetMean)).sum()
        }
        let scale = fixedScale ?? max(aligned, 1e-12 * targetSpread) / sourceSpread
        return SimilarityTransform(
            scale: scale, rotation: rotation, translation: targetMean - scale * rotation.apply(sourceMean))
    }
}

extension Rotation {
    /// The rotation R that maximises Σ wᵢ (R aᵢ)·bᵢ, where column j of the covariance is Σ wᵢ aᵢ (bᵢ)_j.
    static func bestFit(covariance s: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)) -> Rotation {
        // Horn's symmetric 4×4 matrix over (w, x, y, z); S_ab = Σ a_a b_b.
        let (xx, yx, zx) = (s.0.x, s.0.y, s.0.z)
        let (xy, yy, zy) = (s.1.x, s.1.y, s.1.z)
        let (xz, yz, zz) = (s.2.x, s.2.y, s.2.z)
        let q = largestEigenvector(of: [
            [xx + yy + zz, yz - zy, zx - xz, xy - yx],
            [yz - zy, xx - yy - zz, xy + yx, zx + xz],
            [zx - xz, xy + yx, -xx + yy - zz, yz + zy],
            [xy - yx, zx + xz, yz + zy, -xx - yy + zz],
        ])
        return Rotation(quaternion: [q.y, q.z, q.w, q.x])
    }

    /// The rotation by `|v|` radians about `v`.
    init(rotationVector v: SIMD3<Double>) {
        let angle = (v * v).sum().squareRoot()
        let s = angle < 1e-9 ? 0.5 : sin(angle / 2) / angle
        self.init(quaternion: [v.x * s, v.y * s, v.z * s, cos(angle / 2)])
    }

    /// Angle [rad, 0…π] of the rotation that leads from `other` to this one.
    func angle(to other: Rotation) -> Double {
        let trace = (x * other.x).sum() + (y * other.y).sum() + (z * other.z).sum()
        return acos(min(max((trace - 1) / 2, -1), 1))
    }
}

/// Unit eigenvector of the largest eigenvalue of a symmetric 4×4 matrix.
private func largestEigenvector(of matrix: [SIMD4<Double>]) -> SIMD4<Double> {
    let (values, vectors) = eigensystem(of: matrix)
    var best = 0
    for i in 1..<4 where values[i] > values[best] { best = i }
    return vectors[best]
}
