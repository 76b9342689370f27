// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

@Suite struct ProcrustesTests {
    private let points: [SIMD3<Double>] = [
        [0, 0, 0], [1, 0, 0.2], [0, 2, 0], [0.3, 0.1, 1.5], [1, 1, 1],
    ]

    @Test("A similarity transform is recovered from the points that it moved", arguments: 0..<8)
    func recovers(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let truth = SimilarityTransform(
            scale: 0.1 + generator.uniform(),
            rotation: Rotation(
                quaternion: [
                    generator.normal(), generator.normal(), generator.normal(), generator.normal(),
                ]),
            translation: [generator.normal(), generator.normal(), generator.normal()])
        let fit = try #require(
            SimilarityTransform.fit(
                from: points, to: points.map(truth.apply), weights: points.map { _ in 1 }))
        #expect(abs(fit.scale - truth.scale) < 1e-9)
        #expect(fit.rotation.angle(to: truth.rotation) < 1e-6)
        #expect(squaredDistance(fit.translation, truth.translation) < 1e-16)
    }

    @Test("A mirror image is never fitted by a reflection")
    func keepsTheHand() throws {
        let mirrored = points.map { $0 * [-1, 1, 1] }
        let fit = try #require(
            SimilarityTransform.fit(from: points, to: mirrored, weights: points.map { _ in 1 }))
        #expect(abs((cross(fit.rotation.x, fit.rotation.y) * fit.rotation.z).sum() - 1) < 1e-9)
        #expect(zip(points, mirrored).contains { squaredDistance(fit.apply($0), $1) > 1e-2 })
    }

    @Test("Points of weight zero have no say, and two points are too few")
    func weights() throws {
        var target = points
        target[4] = [100, 100, 100]
        let fit = try #require(SimilarityTransform.fit(from: points, to: target, weights: [1, 1, 1, 1, 0]))
        #expect(abs(fit.scale - 1) < 1e-9)
        #expect(SimilarityTransform.fit(from: points, to: points, weights: [1, 1, 0, 0, 0]) == nil)
    }

    @Test("Affine weights sum to one, reproduce their point, and follow affine motion, also outside the hull")
    func affineWeights() {
        let affine = AffineWeights(keypoints: points, epsilon: 0.1)
        for point in [[0.4, 0.5, 0.3], [3, -2, 1]] as [SIMD3<Double>] {
            let weights = affine.weights(at: point)
            #expect(abs(weights.reduce(0, +) - 1) < 1e-6)
            let moved = zip(weights, points).reduce(SIMD3<Double>.zero) { $0 + $1.0 * ($1.1 * [2, 1, 0.5]) }
            #expect(squaredDistance(moved, point * [2, 1, 0.5]) < 1e-10)
        }
    }
}
