// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Options of `Tracker`.
public struct TrackerConfiguration: Hashable, Sendable {
    /// The defaults.
    public init() {}
}

/// Follows one object from frame to frame; the whole path from an observation to keypoints.
public struct Tracker: Sendable {
    package let model: EvidenceModel
    private let configuration: TrackerConfiguration
    package var truth: SimilarityTransform?
    package var truthParts = ""
    package var truthRefined: PoseHypothesis?
    package var hypotheses: [PoseHypothesis] = []

    /// Prepares to track objects of the class `representation`.
    public init(representation: ClassRepresentation, configuration: TrackerConfiguration = .init()) {
        model = EvidenceModel(representation)
        self.configuration = configuration
    }

    /// Forgets the object: the next frame starts cold.
    public mutating func reset() { hypotheses = [] }

    /// Aligns the class with one frame.
    public mutating func update(_ observation: Observation, clock: () -> UInt64) -> TrackingResult {
        let start = clock()
        guard let camera = observation.intrinsics,
            let evidence = FrameEvidence(observation, camera: camera, model: model)
        else { return failure(.noObject, "empty") }
        let similar = clock()
        let isMetric = observation.depth?.isMetric == true && model.representation.metricScale != nil
        let metric = model.representation.metricScale
        let refiner = PoseRefiner(
            model: model, evidence: evidence,
            logScaleMean: log(metric?.metresPerUnit ?? 1),
            logScaleDeviation: isMetric ? (metric?.logDeviation ?? 0) : 0.01, logFocalDeviation: 0)
        if let truth {
            var hh: [PoseHypothesis] = []
            var h = PoseHypothesis(rotation: truth.rotation, translation: truth.translation, scale: truth.scale)
            hh = [h]; refiner.judge(&hh, stride: 1, reach: 0.1); h = hh[0]
            truthParts = "raw \(h.support) \(h.parts)"
            refiner.refine(&h, steps: 10, reach: (0.15, 0.1), modes: model.modeCount)
            hh = [h]; refiner.judge(&hh, stride: 1, reach: 0.1); h = hh[0]
            truthParts += "\n     ref \(h.support) \(h.parts)"
            truthRefined = h
        }
        hypotheses = PoseSearch(model: model, evidence: evidence, refiner: refiner).run()
        guard let best = hypotheses.first else { return failure(.searching, "nothing found") }
        let points = refiner.points(best)
        let end = clock()
        let estimates = points.prefix(model.keypointCount).map { p in
            KeypointEstimate(
                position: p, pixel: camera.project(p) ?? SIMD2(.nan, .nan),
                covariance: [1e-4, 0, 0, 0, 1e-4, 0, 0, 0, 1e-4], visible: 1, score: 1)
        }
        return TrackingResult(
            state: .tracking, startedCold: true, isMetric: isMetric, focalLengthPixels: camera.focalLength.x,
            energy: -best.support,
            energyGap: hypotheses.count > 1 ? best.support - hypotheses[1].support : .nan,
            cameraFromClass: best.transform, keypoints: Array(estimates),
            densePoints: Array(points.dropFirst(model.keypointCount)),
            stages: [
                StageDuration(name: "similarity", nanoseconds: similar - start),
                StageDuration(name: "cold", nanoseconds: end - similar),
            ], message: "")
    }

    private func failure(_ state: TrackingState, _ message: String) -> TrackingResult {
        TrackingResult(
            state: state, startedCold: true, isMetric: false, focalLengthPixels: .nan, energy: .nan,
            energyGap: .nan,
            cameraFromClass: SimilarityTransform(scale: 1, rotation: .identity, translation: .zero),
            keypoints: [], densePoints: [], stages: [], message: message)
    }
}
