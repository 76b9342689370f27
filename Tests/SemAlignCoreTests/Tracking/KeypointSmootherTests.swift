// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

@Suite struct KeypointSmootherTests {
    private static let period: UInt64 = 33_333_333

    private func result(
        _ place: SIMD3<Double>, _ state: TrackingState = .tracking, startedCold: Bool = false
    ) -> TrackingResult {
        let estimate = KeypointEstimate(
            position: place, pixel: [place.x, place.y], covariance: Array(repeating: 0, count: 9), visible: 1,
            score: 1)
        return TrackingResult(
            state: state, startedCold: startedCold, isMetric: true, focalLengthPixels: 300, energy: 0,
            energyGap: .nan,
            cameraFromClass: SimilarityTransform(scale: 1, rotation: .identity, translation: place),
            keypoints: state == .tracking ? [estimate] : [], densePoints: [], stages: [], message: "")
    }

    @Test(
        "What moves evenly is shown where it was as long ago as the smoother says",
        arguments: [0.02, 0.1, 0.3])
    func statesItsDelay(timeConstant: Double) throws {
        var smoother = KeypointSmoother(timeConstant: timeConstant)
        let speed = 0.7
        var shown = SIMD3<Double>.zero
        for number in 0..<300 {
            let time = UInt64(number) * Self.period
            let answer = smoother.smooth(result([speed * Double(time) / 1e9, 0, 1]), at: time)
            shown = try #require(answer.keypoints.first).position
            #expect(answer.cameraFromClass.translation == shown)
        }
        let now = Double(299 * Self.period) / 1e9
        #expect(abs(shown.x - speed * (now - Double(smoother.delay) / 1e9)) < 1e-6)
        #expect(smoother.delay > 0 && Double(smoother.delay) / 1e9 < timeConstant)
    }

    @Test("Jitter becomes less")
    func smooths() {
        var (smoother, generator) = (KeypointSmoother(timeConstant: 0.1), SeededGenerator(seed: 5))
        var (raw, smooth) = (0.0, 0.0)
        for number in 0..<500 {
            let noise = Double.random(in: -0.001...0.001, using: &generator)
            let answer = smoother.smooth(result([noise, 0, 1]), at: UInt64(number) * Self.period)
            raw += noise * noise
            smooth += answer.keypoints[0].position.x * answer.keypoints[0].position.x
        }
        #expect(smooth < 0.3 * raw)
    }

    @Test("A cold start, a lost track, a gap and a step back in time begin anew, without delay")
    func beginsAnew() {
        var smoother = KeypointSmoother(timeConstant: 1)
        _ = smoother.smooth(result([0, 0, 1]), at: 1_000_000_000)
        for (place, time, cold) in [
            (1.0, 1_030_000_000, true), (2.0, 9_000_000_000, false), (3.0, 5_000_000_000, false),
        ] as [(Double, UInt64, Bool)] {
            let answer = smoother.smooth(result([place, 0, 1], startedCold: cold), at: time)
            #expect(answer.keypoints[0].position.x == place && smoother.delay == 0)
        }
        #expect(smoother.smooth(result(.zero, .lost), at: 5_030_000_000).state == .lost)
        #expect(smoother.smooth(result([7, 0, 1]), at: 5_060_000_000).keypoints[0].position.x == 7)
    }
}
