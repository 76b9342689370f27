// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

extension KeypointEstimate {
    /// Squared Mahalanobis distance within which 95 % lie where the covariances are right: chi-square of three dimensions.
    public static let bound95 = 7.8147

    /// dᵀ C⁻¹ d for the difference d of `truth` from the position; infinite where C is not positive definite.
    public func squaredMahalanobisDistance(to truth: SIMD3<Double>) -> Double {
        let (d, c) = (truth - position, covariance)
        let cofactors = [
            c[4] * c[8] - c[5] * c[7], c[2] * c[7] - c[1] * c[8], c[1] * c[5] - c[2] * c[4],
            c[5] * c[6] - c[3] * c[8], c[0] * c[8] - c[2] * c[6], c[2] * c[3] - c[0] * c[5],
            c[3] * c[7] - c[4] * c[6], c[1] * c[6] - c[0] * c[7], c[0] * c[4] - c[1] * c[3],
        ]
        let determinant = c[0] * cofactors[0] + c[1] * cofactors[3] + c[2] * cofactors[6]
        guard determinant > 0 else { return .infinity }
        var value = 0.0
        for row in 0..<3 {
            for column in 0..<3 { value += d[row] * cofactors[3 * row + column] * d[column] }
        }
        return value / determinant
    }
}
