// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignSimulation
import Testing

@testable import SemAlignCore

@Suite struct PosePredictionTests {
    private static let period: UInt64 = 33_000_000

    /// A pose that turns about y by `turn` [rad] and stands at `place`.
    private func pose(_ turn: Double, _ place: SIMD3<Double>) -> SimilarityTransform {
        SimilarityTransform(
            scale: 0.2, rotation: Rotation(quaternion: [0, sin(turn / 2), 0, cos(turn / 2)]),
            translation: place)
    }

    /// A camera that has turned by `turn` and moved to `place` in the fixed frame.
    private func camera(_ turn: Double, _ place: SIMD3<Double>) -> SimilarityTransform {
        SimilarityTransform(
            scale: 1, rotation: Rotation(quaternion: [0, sin(turn / 2), 0, cos(turn / 2)]), translation: place
        )
    }

    private func distance(_ first: SimilarityTransform?, _ second: SimilarityTransform) -> Double {
        guard let first else { return .infinity }
        return [[0, 0, 0], [1, 0, 0], [0, 0, 1]].map { (point: SIMD3<Double>) in
            let d = first.apply(point) - second.apply(point)
            return (d * d).sum().squareRoot()
        }.max() ?? 0
    }

    @Test("A still object before a moving camera is expected where the camera's motion puts it")
    func stillObject() {
        let object = pose(0.4, [0.1, 0, 1])
        for usesVelocity in [false, true] {
            var prediction = PosePrediction(usesVelocity: usesVelocity)
            for number in 0..<4 as Range<UInt64> {
                let now = camera(0.05 * Double(number), [0.02 * Double(number), 0, 0])
                let expected = now.inverse.composed(with: object)
                let time = number * Self.period
                if number > 0 { #expect(distance(prediction.pose(at: time, camera: now), expected) < 1e-9) }
                prediction.observe(expected, at: time, camera: now)
            }
        }
    }

    @Test("What carries the pose on carries every solution, and nothing is known without camera or velocity")
    func carries() {
        let object = pose(0.4, [0.1, 0, 1])
        var prediction = PosePrediction(usesVelocity: false)
        #expect(prediction.carry(to: 1, camera: nil) == nil)
        let (before, now) = (camera(0, .zero), camera(0.1, [0.05, 0, 0]))
        prediction.observe(before.inverse.composed(with: object), at: 1, camera: before)
        let carry = prediction.carry(to: Self.period, camera: now)
        let carried = carry?.composed(with: before.inverse.composed(with: object))
        #expect(distance(carried, now.inverse.composed(with: object)) < 1e-9)
        #expect(abs((carry?.scale ?? 0) - 1) < 1e-12)
        // The camera's pose is lost: no motion can be told from what is seen.
        #expect(prediction.carry(to: Self.period, camera: nil) == nil)
    }

    @Test("With velocity an object goes on as it went")
    func velocity() {
        var prediction = PosePrediction(usesVelocity: true)
        for number in 0..<3 as Range<UInt64> {
            prediction.observe(
                pose(0.1 * Double(number), [0.01 * Double(number), 0, 1]), at: number * Self.period,
                camera: nil)
        }
        #expect(distance(prediction.pose(at: 3 * Self.period, camera: nil), pose(0.3, [0.03, 0, 1])) < 1e-9)
    }

    /// Objects of a simulated class seen by a camera that flies round them.
    private struct Flight {
        /// Frames of a still object before a camera on its way, every `stride`-th of the video.
        let frames: [SyntheticObservation]

        init(_ learned: LearnedClass, stride: Int) {
            let video = learned.synthetic.observations(of: .video, count: 40, seed: 3)
            frames = (0..<video.count / stride).map { video[$0 * stride] }
        }

        /// The frame with the camera's pose in the object's own frame, which stands still.
        func observation(_ number: Int, knowsCamera: Bool) -> Observation {
            var observation = frames[number].observation
            if knowsCamera { observation.cameraPose = frames[number].cameraFromObject.inverse }
            return observation
        }
    }

    @Test("A tracker that knows the camera's way stays on a still object where one that does not must search")
    func tracksBeforeMovingCamera() throws {
        let learned = try LearnedClass.truck.get()
        // Some 20 degrees between two frames.
        let flight = Flight(learned, stride: 8)
        var errors: [Bool: Double] = [:]
        for knowsCamera in [true, false] {
            var configuration = TrackerConfiguration()
            configuration.framesBetweenChecks = 1
            var tracker = Tracker(representation: learned.representation, configuration: configuration)
            var sum = 0.0
            for number in flight.frames.indices {
                let result = tracker.update(flight.observation(number, knowsCamera: knowsCamera)) { 0 }
                guard number > 0 else { continue }
                let truth = flight.frames[number].keypoints
                #expect(!knowsCamera || result.state == .tracking)
                let distances = zip(result.keypoints, truth).map {
                    squaredDistance($0.position, $1.position).squareRoot()
                }.sorted()
                sum += distances.isEmpty ? 1 : distances[distances.count / 2]
            }
            errors[knowsCamera] = sum / Double(flight.frames.count - 1)
        }
        let size = learned.synthetic.instance(SyntheticSets.unseen[0]).diameter
        let (known, unknown) = (errors[true] ?? .infinity, errors[false] ?? 0)
        #expect(known < 0.15 * size)
        #expect(known < unknown + 0.02 * size, "\(known) m with the camera's pose, \(unknown) m without")
    }
}
