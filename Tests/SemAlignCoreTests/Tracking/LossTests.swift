// SPDX-License-Identifier: Apache-2.0

import SemAlignSimulation
import Testing

@testable import SemAlignCore

@Suite struct LossTests {
    /// The frames of a video at 15 Hz, of which the middle ones were taken away by `change`.
    private func results(_ learned: LearnedClass, middle: [Observation?]) -> [TrackingResult] {
        var tracker = Tracker(representation: learned.representation)
        return video(learned).enumerated().map { number, frame in
            let place = number - Self.firstAway
            let other = middle.indices.contains(place) ? middle[place] : nil
            return tracker.update(other?.stamped(frame.observation.timestamp) ?? frame.observation) { 0 }
        }
    }

    private static let firstAway = 4
    private static let away = 8

    private func video(_ learned: LearnedClass) -> [SyntheticObservation] {
        Array(
            learned.synthetic.observations(of: .video, count: 60, seed: 3).prefix(
                Self.firstAway + Self.away + 7))
    }

    @Test(
        "Where the mask shows another object loss is said within three frames, and half a second is enough to return",
        arguments: SyntheticFamily.allCases.filter { $0 != .truck })
    func otherObject(family: SyntheticFamily) throws {
        let learned = try LearnedClass.truck.get()
        let other = SyntheticClass(family: family, seed: 11)
        let foreign = other.observations(of: .unseen, count: Self.away, seed: 11).map(\.observation)
        let results = results(learned, middle: foreign)
        let frames = video(learned)
        #expect(learned.isRight(results[Self.firstAway - 1], frames[Self.firstAway - 1]))
        for place in 2..<Self.away {
            let result = results[Self.firstAway + place]
            #expect(result.state == .lost && result.keypoints.isEmpty, "frame \(place + 1): \(result.state)")
        }
        // 7 frames at 15 Hz are less than half a second.
        let back = results.indices.suffix(7).contains { learned.isRight(results[$0], frames[$0]) }
        #expect(back)
        #expect(learned.isRight(results[results.count - 1], frames[frames.count - 1]))
    }

    @Test(
        "A wall in front of the object is no object, and the object behind it is found again in half a second"
    )
    func wall() throws {
        let learned = try LearnedClass.truck.get()
        let frames = video(learned)
        // One patch's feature all over: a mask that slipped to a flat wall.
        let walls = frames.prefix(Self.away).map { frame in
            let features = frame.observation.features
            let values = (0..<features.rows * features.columns).flatMap { _ in
                features.values.prefix(features.channels)
            }
            return frame.observation.with(
                FeatureMap(
                    rows: features.rows, columns: features.columns, channels: features.channels,
                    values: values, region: features.region, model: features.model))
        }
        let results = results(learned, middle: walls)
        for place in 2..<Self.away { #expect(results[Self.firstAway + place].state == .lost) }
        #expect(learned.isRight(results[results.count - 1], frames[frames.count - 1]))
    }
}

extension Observation {
    fileprivate func stamped(_ time: UInt64) -> Observation {
        Observation(
            timestamp: time, frameID: frameID, imageSize: imageSize, intrinsics: intrinsics, depth: depth,
            mask: mask, instance: instance, features: features)
    }

    fileprivate func with(_ features: FeatureMap) -> Observation {
        Observation(
            timestamp: timestamp, frameID: frameID, imageSize: imageSize, intrinsics: intrinsics,
            depth: depth,
            mask: mask, instance: instance, features: features)
    }
}
