// SPDX-License-Identifier: Apache-2.0

import SemAlignSimulation
import Testing

@testable import SemAlignCore

@Suite struct TrackerTests {
    /// A few frames of an object that the class was not built from.
    private func frames(_ learned: LearnedClass, count: Int) -> [SyntheticObservation] {
        learned.synthetic.observations(of: .video, count: 40, seed: 3).prefix(count).map { $0 }
    }

    private func medianError(_ result: TrackingResult, _ truth: SyntheticObservation) -> Double {
        let errors = zip(result.keypoints, truth.keypoints).map {
            squaredDistance($0.position, $1.position).squareRoot()
        }.sorted()
        return errors[errors.count / 2]
    }

    @Test("The first frame starts cold, the next warm, and both find an unseen instance")
    func follows() throws {
        let learned = try LearnedClass.truck.get()
        var tracker = Tracker(representation: learned.representation)
        for (number, frame) in frames(learned, count: 4).enumerated() {
            let result = tracker.update(frame.observation) { 0 }
            #expect(result.state == .tracking)
            #expect(result.isMetric)
            #expect(result.startedCold == (number == 0))
            let size = learned.synthetic.instance(SyntheticSets.unseen[0]).diameter
            #expect(medianError(result, frame) < 0.15 * size)
        }
    }

    @Test("An empty mask is no object, and the frame after it starts cold")
    func noObject() throws {
        let learned = try LearnedClass.truck.get()
        let frame = frames(learned, count: 1)[0].observation
        var tracker = Tracker(representation: learned.representation)
        _ = tracker.update(frame) { 0 }
        let empty = Observation(
            timestamp: 1, frameID: "", imageSize: frame.imageSize, intrinsics: frame.intrinsics,
            depth: frame.depth,
            mask: ObjectMask(
                size: frame.imageSize, labels: [UInt8](repeating: 0, count: frame.mask.labels.count)),
            instance: 1, features: frame.features)
        let nothing = tracker.update(empty) { 0 }
        #expect(nothing.state == .noObject)
        #expect(nothing.keypoints.isEmpty)
        #expect(tracker.update(frame) { 0 }.startedCold)
    }

    @Test("Features of another length are refused with both lengths named, and lose the track")
    func otherFeatures() throws {
        let learned = try LearnedClass.truck.get()
        let frame = frames(learned, count: 1)[0].observation
        var tracker = Tracker(representation: learned.representation)
        _ = tracker.update(frame) { 0 }
        let other = Observation(
            timestamp: 1, frameID: "", imageSize: frame.imageSize, intrinsics: frame.intrinsics,
            depth: frame.depth, mask: frame.mask, instance: frame.instance,
            features: FeatureMap(
                rows: 1, columns: 1, channels: 7, values: [Float16](repeating: 1, count: 7),
                region: PixelRegion(frame.imageSize), model: ""))
        let result = tracker.update(other) { 0 }
        #expect(result.state == .lost)
        #expect(result.message.contains("7") && result.message.contains("\(frame.features.channels)"))
    }

    @Test("Without intrinsics the focal length is estimated and nothing is called metric")
    func unknownCamera() throws {
        let learned = try LearnedClass.truck.get()
        var tracker = Tracker(representation: learned.representation)
        for frame in frames(learned, count: 2).map(\.observation) {
            let blind = Observation(
                timestamp: frame.timestamp, frameID: "", imageSize: frame.imageSize, intrinsics: nil,
                depth: frame.depth, mask: frame.mask, instance: frame.instance, features: frame.features)
            let result = tracker.update(blind) { 0 }
            #expect(result.state == .tracking)
            #expect(!result.isMetric)
            #expect(result.focalLengthPixels > 0 && result.focalLengthPixels.isFinite)
        }
    }

    @Test("What an answer leaves for later changes none: answering and exploring is updating")
    func exploresLater() throws {
        let learned = try LearnedClass.truck.get()
        var (whole, parted) = (
            Tracker(representation: learned.representation), Tracker(representation: learned.representation)
        )
        for frame in frames(learned, count: 7).map(\.observation) {
            let expected = whole.update(frame) { 0 }
            let result = parted.answer(frame) { 0 }
            #expect(result.stages.allSatisfy { $0.name != "explore" })
            let hasExplored = parted.explore { true }
            #expect(hasExplored == expected.stages.contains { $0.name == "explore" })
            #expect(result.keypoints == expected.keypoints)
        }
        #expect(!parted.explore { true }, "nothing is explored twice")
    }

    @Test("Without time nothing is explored, until it is overdue")
    func overdue() throws {
        let learned = try LearnedClass.truck.get()
        var tracker = Tracker(representation: learned.representation)
        let frame = frames(learned, count: 1)[0].observation
        var explored: [Int] = []
        for number in 0..<20 {
            _ = tracker.answer(frame) { 0 }
            if tracker.explore(while: { false }) { explored.append(number) }
        }
        #expect(explored.count == 1 && explored[0] > 9)
    }

    @Test("A live track that jumps searches after its answers, and finds the object within some frames")
    func defersSearches() throws {
        let learned = try LearnedClass.truck.get()
        var configuration = TrackerConfiguration()
        configuration.defersSearches = true
        configuration.supportDrop = 0.01
        var tracker = Tracker(representation: learned.representation, configuration: configuration)
        let video = learned.synthetic.observations(of: .video, count: 40, seed: 3)
        var searches = 0
        for (number, frame) in ([0, 1] + Array(20..<32)).map({ video[$0] }).enumerated() {
            let result = tracker.answer(frame.observation) { 0 }
            searches += number > 0 && result.stages.contains { $0.name == "cold" } ? 1 : 0
            tracker.explore { true }
            let size = learned.synthetic.instance(SyntheticSets.unseen[0]).diameter
            if number > 6 { #expect(medianError(result, frame) < 0.15 * size) }
        }
        #expect(searches <= 1, "only a track without support searches before its answer")
    }
}
