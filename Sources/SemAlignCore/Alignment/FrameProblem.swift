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

    /// The problems that a frame poses: one where its camera is known or its focal length has been found
    /// before (`focalLength` [px]), else one for each guess.
    ///
    /// Empty where no patch lies on the object.
    static func problems(
        of observation: Observation, focalLength: Double?, model: EvidenceModel, buffers: inout FrameBuffers
    ) -> [FrameProblem] {
        let cameras =
            observation.intrinsics.map { [$0] }
            ?? guessedCameras(observation.imageSize, focalLength: focalLength)
        guard let evidence = FrameEvidence(observation, camera: cameras[0], model: model, buffers: &buffers)
        else { return [] }
        return cameras.map { FrameProblem(observation, evidence: evidence, camera: $0, model: model) }
    }

    private static func guessedCameras(_ size: ImageSize, focalLength: Double?) -> [CameraIntrinsics] {
        let lengths = focalLength.map { [$0] } ?? focalLengthGuesses.map { $0 * size.largerSide }
        return lengths.map {
            CameraIntrinsics(
                focalLength: SIMD2(repeating: $0),
                principalPoint: SIMD2(Double(size.width - 1), Double(size.height - 1)) / 2)
        }
    }

    private init(
        _ observation: Observation, evidence: FrameEvidence, camera: CameraIntrinsics, model: EvidenceModel
    ) {
        var evidence = evidence
        evidence.camera = camera
        let isCameraKnown = observation.intrinsics != nil
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
