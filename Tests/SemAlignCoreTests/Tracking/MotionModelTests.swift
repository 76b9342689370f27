// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

@Suite struct MotionModelTests {
    private func pose(_ seconds: Double) -> SimilarityTransform {
        SimilarityTransform(
            scale: 0.1, rotation: Rotation(vector: [0, 0.8 * seconds, 0.3]),
            translation: [0.2 * seconds, -0.1, 0.5 + 0.4 * seconds])
    }

    private func time(_ seconds: Double) -> UInt64 { 1_000_000_000 + UInt64(seconds * 1e9) }

    @Test("Constant velocity is carried on exactly")
    func constantVelocity() throws {
        var model = MotionModel()
        #expect(model.pose(at: 5) == nil)
        let turn = Rotation(vector: [0, 0.08, 0])
        var current = pose(0)
        for step in 0..<3 {
            model.observe(current, at: time(0.1 * Double(step)))
            current = SimilarityTransform(
                scale: 0.1, rotation: turn.composed(with: current.rotation),
                translation: current.translation + [0.02, 0, 0.04])
        }
        let predicted = try #require(model.pose(at: time(0.3)))
        let (a, b) = (predicted.translation - current.translation, predicted.rotation.x - current.rotation.x)
        #expect((a * a).sum() < 1e-18 && (b * b).sum() < 1e-18)
    }

    @Test("Time that stands still, runs back or leaves a gap makes no velocity")
    func strangeTimes() throws {
        for gap in [0.0, -0.5, 3] {
            var model = MotionModel()
            model.observe(pose(0), at: time(1))
            model.observe(pose(0.2), at: time(1 + gap))
            #expect(try #require(model.pose(at: time(9))).translation == pose(0.2).translation)
        }
    }

    @Test("Motion is not carried on beyond the horizon")
    func horizon() throws {
        var model = MotionModel()
        model.observe(pose(0), at: time(0))
        model.observe(pose(0.1), at: time(0.1))
        let far = try #require(model.pose(at: time(100)))
        let near = try #require(model.pose(at: time(0.1 + MotionModel.horizon)))
        #expect(far.translation == near.translation)
    }

    @Test("A rotation and its vector are inverse to each other, half a turn included")
    func rotationVectors() {
        for vector: SIMD3<Double> in [[0, 0, 0], [1e-9, 0, 0], [0.3, -0.2, 0.9], [0, 3.1, 0]] {
            let back = Rotation(vector: vector).vector - vector
            #expect((back * back).sum().squareRoot() < 1e-9)
        }
    }
}
