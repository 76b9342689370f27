// SPDX-License-Identifier: Apache-2.0

/// The axes of a Gaussian's ellipsoid: directions in which its components do not depend on each other.
public struct PrincipalAxes: Hashable, Sendable {
    /// Variance along each axis, ≥ 0, in the unit of the covariance [m² for positions].
    public let variances: SIMD3<Double>
    /// From the axes to the covariance's frame.
    public let rotation: Rotation

    /// Finds the axes of a 3×3 covariance, nine numbers, row-major, of which the upper triangle counts.
    ///
    /// `nil` where a number is not finite. Precondition: there are nine.
    public init?(covariance c: [Double]) {
        precondition(c.count == 9, "a 3×3 covariance has nine entries")
        guard c.allSatisfy(\.isFinite) else { return nil }
        // A fourth row that touches no other stays out of the result.
        let (values, vectors) = eigensystem(of: [
            [c[0], c[1], c[2], 0], [c[1], c[4], c[5], 0], [c[2], c[5], c[8], 0], [0, 0, 0, 0],
        ])
        let axes = vectors.prefix(3).map { SIMD3($0.x, $0.y, $0.z) }
        let isRightHanded = (cross(axes[0], axes[1]) * axes[2]).sum() > 0
        rotation = Rotation(x: axes[0], y: axes[1], z: isRightHanded ? axes[2] : -axes[2])
        variances = SIMD3(max(values[0], 0), max(values[1], 0), max(values[2], 0))
    }
}

/// Eigenvalues of a symmetric 4×4 matrix and the unit eigenvector of each, by Jacobi rotations, in no order.
func eigensystem(of matrix: [SIMD4<Double>]) -> (values: SIMD4<Double>, vectors: [SIMD4<Double>]) {
    var a = matrix
    var v: [SIMD4<Double>] = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    for _ in 0..<16 {
        var off = 0.0
        for p in 0..<3 {
            for q in (p + 1)..<4 {
                off += a[p][q] * a[p][q]
                guard abs(a[p][q]) > 1e-300 else { continue }
                let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                let t = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
                let c = 1 / (t * t + 1).squareRoot()
                let s = t * c
                for k in 0..<4 {
                    (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
                }
                (a[p], a[q]) = (c * a[p] - s * a[q], s * a[p] + c * a[q])
                // Rows of v are the eigenvectors.
                (v[p], v[q]) = (c * v[p] - s * v[q], s * v[p] + c * v[q])
            }
        }
        let scale = (0..<4).reduce(0) { $0 + a[$1][$1] * a[$1][$1] }
        if off <= 1e-28 * scale { break }
    }
    return (SIMD4(a[0][0], a[1][1], a[2][2], a[3][3]), v)
}
