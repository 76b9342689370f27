// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

@Suite struct PrincipalAxesTests {
    /// R diag(v) Rᵀ, row-major.
    private func covariance(_ variances: SIMD3<Double>, _ rotation: Rotation) -> [Double] {
        let (x, y, z) = rotation.columns
        return (0..<9).map { index in
            let (row, column) = (index / 3, index % 3)
            return variances.x * x[row] * x[column] + variances.y * y[row] * y[column]
                + variances.z * z[row] * z[column]
        }
    }

    @Test("Variances and a right-handed rotation give the covariance back", arguments: 0..<8)
    func recovers(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let rotation = Rotation(
            quaternion: [generator.normal(), generator.normal(), generator.normal(), generator.normal()])
        let truth = covariance([4e-6, 1e-6 * Double(seed), 9e-4], rotation)
        let axes = try #require(PrincipalAxes(covariance: truth))
        #expect(abs((cross(axes.rotation.x, axes.rotation.y) * axes.rotation.z).sum() - 1) < 1e-12)
        for (found, expected) in zip(covariance(axes.variances, axes.rotation), truth) {
            #expect(abs(found - expected) < 1e-16)
        }
    }

    @Test("A variance below zero is none, and numbers that are none have no axes")
    func degenerate() throws {
        let flat = try #require(PrincipalAxes(covariance: [1, 0, 0, 0, -1e-9, 0, 0, 0, 0]))
        #expect(flat.variances.min() == 0 && flat.variances.max() == 1)
        #expect(PrincipalAxes(covariance: [1, 0, 0, 0, .nan, 0, 0, 0, 1]) == nil)
    }
}
