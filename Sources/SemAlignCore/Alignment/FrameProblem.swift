// SPDX-License-Identifier: Apache-2.0

import Glibc

/// One frame made ready to be solved: its evidence under a camera, and what is known of scale and focal length.
struct FrameProblem: Sendable {
    private(set) var refiner: PoseRefiner
    /// True where depth is metric and the class knows its size: positions are metres.
    let isMetric: Bool
    /// Size of the colour image [px].
    let imageSize: ImageSize

    var evidence: FrameEvidence { refiner.evidence }

    /// The camera with the focal length that a solution holds for.
    func camera(of hypothesis: PoseHypothesis) -> CameraIntrinsics {
        CameraIntrinsics(
            focalLength: evidence.camera.focalLength * exp(hypothesis.logFocalChange),
            principalPoint: evidence.camera.principalPoint)
    }

    /// Focal lengths that are tried where the camera is unknown [larger image sides].
    static let focalLengthGuesses = [0.8, 1.2, 1.8, 2.7]

    /// The problems that a frame poses: one where its camera is known or its focal length has been found
    /// before (`focalLength` [px]), else one for each guess.
    ///
    /// Empty where no patch lies on the object. `buffers` takes the problems back at the end of the frame.
    static func problems(
        of observation: Observation, focalLength: Double?, model: EvidenceModel, buffers: inout FrameBuffers
    ) -> [FrameProblem] {
        let size = observation.imageSize
        let known =
            observation.intrinsics
            ?? focalLength.map { CameraIntrinsics(imageSize: size, focalLength: $0) }
        let first =
            known ?? CameraIntrinsics(imageSize: size, focalLength: focalLengthGuesses[0] * size.largerSide)
        var (evidence, problems) = buffers.lend()
        guard evidence.read(observation, camera: first, model: model, buffers: &buffers) else {
            buffers.takeBack(evidence, problems)
            return []
        }
        // A track's own focal length and all guesses.
        problems.reserveCapacity(1 + focalLengthGuesses.count)
        if known == nil {
            // Where nothing is known a search is certain; all guesses share what it reads.
            evidence.prepareCoarseGrids(forReach: PoseSearch.coarsestReach * evidence.radius)
            addGuesses(to: &problems, of: observation, evidence: evidence, model: model)
        } else {
            problems.append(FrameProblem(observation, evidence: evidence, camera: first, model: model))
        }
        return problems
    }

    /// Adds a problem for each guess at the focal length; `evidence` is what was read of the frame.
    static func addGuesses(
        to problems: inout [FrameProblem], of observation: Observation, evidence: FrameEvidence,
        model: EvidenceModel
    ) {
        let size = observation.imageSize
        for guess in focalLengthGuesses {
            let camera = CameraIntrinsics(imageSize: size, focalLength: guess * size.largerSide)
            problems.append(FrameProblem(observation, evidence: evidence, camera: camera, model: model))
        }
    }

    /// Makes what a search reads of the frame; nobody else may hold the evidence, or it is copied.
    mutating func prepareSearch() {
        refiner.evidence.prepareCoarseGrids(forReach: PoseSearch.coarsestReach * evidence.radius)
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
