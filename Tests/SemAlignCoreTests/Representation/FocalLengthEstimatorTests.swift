// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

@Suite struct FocalLengthEstimatorTests {
    private static let focalLengths = [0.8, 1.0, 1.3, 1.7, 2.2, 0.9, 1.5, 1.1]

    /// One shape, turned at random before eight cameras: normalised coordinates and depth of its keypoints.
    private func views() -> [[SIMD3<Double>?]] {
        var generator = SeededGenerator(seed: 31)
        let shape = (0..<9).map { _ in
            SIMD3(generator.uniform(), generator.uniform(), generator.uniform()) - 0.5
        }
        return Self.focalLengths.map { focal in
            let rotation = Rotation.random(using: &generator)
            return shape.map { point in
                let seen = rotation.apply(point) + SIMD3(0, 0, 3 * focal)
                return [focal * seen.x / seen.z, focal * seen.y / seen.z, seen.z]
            }
        }
    }

    @Test("Equation 3: views of one shape tell their focal lengths, up to a weakly known common factor")
    func recovers() {
        let found = FocalLengthEstimator(views: views(), known: Self.focalLengths.map { _ in nil }).estimate()
        let ratios = zip(found, Self.focalLengths).map { $0 / $1 }
        let mean = ratios.reduce(0, +) / Double(ratios.count)
        #expect(ratios.allSatisfy { abs($0 / mean - 1) < 0.08 }, "\(ratios)")
        #expect((0.7...1.4).contains(mean))
    }

    @Test("Known focal lengths stay, unknown ones follow them, and a keypoint may be missing")
    func knownOnes() {
        var views = views()
        views[1][3] = nil
        views[2][0] = nil
        var known = Self.focalLengths.map(Optional.some)
        known[1] = nil
        known[4] = nil
        let found = FocalLengthEstimator(views: views, known: known).estimate()
        for (index, focal) in Self.focalLengths.enumerated() {
            #expect(abs(found[index] / focal - 1) < (known[index] == nil ? 0.05 : 1e-9), "\(index)")
        }
    }

    @Test("Views that share nothing keep the prior's focal length")
    func nothingShared() {
        let found = FocalLengthEstimator(views: [[nil, nil], [nil, nil]], known: [nil, nil]).estimate()
        #expect(found.allSatisfy { abs($0 - 1.2) < 1e-6 })
    }
}
