// SPDX-License-Identifier: Apache-2.0

import Glibc

/// One frame made ready to be solved: its evidence under a camera, and what is known of scale and focal length.
struct FrameProblem: Sendable {
    let refiner: PoseRefiner
    /// True where depth is metric and the class knows its size: positions are metres.
    let isMetric: Bool
    /// Size of the colour image [px].
    let imageSize: ImageSize

    var evidence: FrameEvidence { refiner.evidence }

    /// Focal lengths that are tried where the camera is unknown [larger image sides].
    static let focalLengthGuesses = [0.8, 1.2, 1.8, 2.7]

    /// The problems that a frame poses: one where its camera is known, else one for each guess.
    ///
    /// Empty where no patch lies on the object.
    static func problems(of observation: Observation, model: EvidenceModel) -> [FrameProblem] {
        if let camera = observation.intrinsics {
            return FrameProblem(observation, camera: camera, model: model, isCameraKnown: true).map { [$0] }
                ?? []
        }
        return focalLengthGuesses.compactMap {
            guess(observation, focalLength: $0 * observation.imageSize.largerSide, model: model)
        }
    }

    /// The problem with a guessed focal length [px] that is free to change.
    static func guess(_ observation: Observation, focalLength: Double, model: EvidenceModel) -> FrameProblem?
    {
        let size = observation.imageSize
        let camera = CameraIntrinsics(
            focalLength: SIMD2(repeating: focalLength),
            principalPoint: SIMD2(Double(size.width - 1), Double(size.height - 1)) / 2)
        return FrameProblem(observation, camera: camera, model: model, isCameraKnown: false)
    }

    private init?(
        _ observation: Observation, camera: CameraIntrinsics, model: EvidenceModel, isCameraKnown: Bool
    ) {
        guard let evidence = FrameEvidence(observation, camera: camera, model: model) else { return nil }
        imageSize = observation.imageSize
        let metric = model.representation.metricScale
        let hasMetricDepth = observation.depth?.isMetric == true && evidence.hasDepth
        isMetric = isCameraKnown && hasMetricDepth && metric != nil
        let (mean, deviation): (Double, Double)
        if let metric, hasMetricDepth {
            (mean, deviation) = (log(metric.metresPerUnit), metric.logDeviation)
        } else if let depth = evidence.medianDepth {
            // Relative depth: the size in the image is all that is known, and occlusion makes it smaller.
            (mean, deviation) = (
                log(depth * evidence.radius / (camera.focalLength.x * model.visibleRadius)), 0.3
            )
        } else {
            // Without depth size and distance trade off exactly: size is what the class usually has.
            (mean, deviation) = (log(metric?.metresPerUnit ?? 1), 0.01)
        }
        refiner = PoseRefiner(
            model: model, evidence: evidence, logScaleMean: mean, logScaleDeviation: deviation,
            logFocalDeviation: isCameraKnown ? 0 : 0.5)
    }
}

extension ImageSize {
    /// The larger of width and height [px].
    var largerSide: Double { Double(max(width, height)) }
}
