// SPDX-License-Identifier: Apache-2.0

/// Affine weights of points with respect to a set of keypoints: what makes the dense cloud follow the keypoints.
///
/// For a point p the weights minimise Σ wᵢ² (|p − kᵢ|² + ε) under Σ wᵢ = 1 and Σ wᵢ kᵢ = p. They are defined
/// everywhere, also outside the keypoints' convex hull, and reproduce affine motions of the keypoints exactly.
struct AffineWeights {
    private let keypoints: [SIMD3<Double>]
    private let epsilon: Double

    /// Prepares weights for `keypoints`; `epsilon` [squared unit of the keypoints] spreads them out.
    init(keypoints: [SIMD3<Double>], epsilon: Double) {
        self.keypoints = keypoints
        self.epsilon = epsilon
    }

    /// One weight per keypoint for `point`, in the keypoints' frame.
    func weights(at point: SIMD3<Double>) -> [Double] {
        // wᵢ = hᵢ (λ₀ + λ·(kᵢ − p)) with hᵢ = 1 / (|p − kᵢ|² + ε): a 4×4 system for the multipliers.
        var system = [SIMD4<Double>](repeating: .zero, count: 4)
        var inverse = [Double](repeating: 0, count: keypoints.count)
        for (i, keypoint) in keypoints.enumerated() {
            let d = keypoint - point
            let h = 1 / ((d * d).sum() + epsilon)
            inverse[i] = h
            let row = SIMD4(1, d.x, d.y, d.z)
            for r in 0..<4 { system[r] += h * row[r] * row }
        }
        // Coplanar keypoints leave one direction undetermined: a trace of damping keeps the system solvable.
        let damping = 1e-9 * (system[0][0] + system[1][1] + system[2][2] + system[3][3])
        for r in 1..<4 { system[r][r] += damping }
        let multipliers = solve(system, [1, 0, 0, 0])
        return keypoints.indices.map { i in
            let d = keypoints[i] - point
            return inverse[i] * (multipliers * SIMD4(1, d.x, d.y, d.z)).sum()
        }
    }
}

/// Solves a symmetric positive definite 4×4 system by Gaussian elimination.
private func solve(_ matrix: [SIMD4<Double>], _ right: SIMD4<Double>) -> SIMD4<Double> {
    var a = matrix
    var b = right
    for p in 0..<4 {
        for r in (p + 1)..<4 {
            let f = a[r][p] / a[p][p]
            a[r] -= f * a[p]
            b[r] -= f * b[p]
        }
    }
    var x = SIMD4<Double>.zero
    for p in stride(from: 3, through: 0, by: -1) {
        var value = b[p]
        for c in (p + 1)...4 where c < 4 { value -= a[p][c] * x[c] }
        x[p] = value / a[p][p]
    }
    return x
}
