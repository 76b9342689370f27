// SPDX-License-Identifier: Apache-2.0

import SemAlignSimulation
import Testing

@testable import SemAlignCore

/// What a tracker that is told to use the paper's solver answers: that solver's own findings.
@Suite struct GradientAlignmentTests {
    private let configuration: TrackerConfiguration = {
        var configuration = TrackerConfiguration()
        configuration.solver = .adamw
        configuration.starts = 6
        configuration.schedule.stretchedSteps = 200
        return configuration
    }()

    private func frames(_ learned: LearnedClass) -> [Observation] {
        learned.synthetic.observations(of: .video, count: 40, seed: 3).prefix(2).map(\.observation)
    }

    @Test("The energy is equation 13's of the very keypoints that are answered")
    func energy() throws {
        let learned = try LearnedClass.truck.get()
        let frame = frames(learned)[0]
        var tracker = Tracker(representation: learned.representation, configuration: configuration)
        let result = tracker.update(frame) { 0 }
        #expect(result.state == .tracking)
        let model = AlignmentModel(learned.representation, seed: configuration.seed)
        let energy = AlignmentEnergy(
            model: model, evidence: try ImageEvidence(observation: frame, model: model))
        let weights = configuration.schedule.schedule(className: "truck", isMetric: true).finalWeights
        let state = AlignmentState(
            keypoints: result.keypoints.map(\.position), focalLengthPixels: result.focalLengthPixels)
        var workspace = AlignmentWorkspace()
        let expected = energy.breakdown(of: state, weights: weights, workspace: &workspace).total(weights)
        #expect(abs(result.energy - expected) < 1e-6)
    }

    @Test("The pose fits its keypoints best, and its dense points follow from them")
    func pose() throws {
        let learned = try LearnedClass.truck.get()
        var tracker = Tracker(representation: learned.representation, configuration: configuration)
        let result = tracker.update(frames(learned)[0]) { 0 }
        let keypoints = result.keypoints.map(\.position)
        func misfit(_ pose: SimilarityTransform) -> Double {
            zip(learned.representation.keypoints, keypoints).reduce(0) {
                $0 + squaredDistance(pose.apply($1.0), $1.1)
            }
        }
        let pose = result.cameraFromClass
        let turn = Rotation(rotationVector: [0.01, 0, 0])
        #expect(misfit(pose) > 0, "each keypoint moves for itself")
        for other in [
            SimilarityTransform(
                scale: 1.01 * pose.scale, rotation: pose.rotation, translation: pose.translation),
            SimilarityTransform(
                scale: pose.scale, rotation: turn.composed(with: pose.rotation),
                translation: pose.translation),
            SimilarityTransform(
                scale: pose.scale, rotation: pose.rotation, translation: pose.translation + [0.002, 0, 0]),
        ] { #expect(misfit(other) > misfit(pose)) }
        #expect(result.densePoints == learned.representation.dense.map.apply(to: keypoints))
    }

    @Test("A cold start tells its best solution from another, a warm frame has one alone")
    func gap() throws {
        let learned = try LearnedClass.truck.get()
        var tracker = Tracker(representation: learned.representation, configuration: configuration)
        let results = frames(learned).map { frame in tracker.update(frame) { 0 } }
        #expect(results[0].startedCold && results[0].energyGap >= 0)
        #expect(!results[1].startedCold && results[1].energyGap.isNaN)
    }

    @Test("Features of another network are refused with both names")
    func otherNetwork() throws {
        let learned = try LearnedClass.truck.get()
        let frame = frames(learned)[0]
        let features = frame.features
        let other = Observation(
            timestamp: 1, frameID: "", imageSize: frame.imageSize, intrinsics: frame.intrinsics,
            depth: frame.depth, mask: frame.mask, instance: frame.instance,
            features: FeatureMap(
                rows: features.rows, columns: features.columns, channels: features.channels,
                values: features.values, region: features.region, model: "another"))
        var tracker = Tracker(representation: learned.representation, configuration: configuration)
        let result = tracker.update(other) { 0 }
        #expect(result.state == .searching)
        #expect(result.message.contains("another") && result.message.contains(features.model))
    }
}
