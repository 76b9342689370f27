// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import SemAlignKernels

/// The alignment energy of one class in one image (section 3.2 of the paper, equations 5 to 13).
///
/// L = w_dense L_dense + w_sparse L_sparse + w_geom L_geom + w_background L_background + w_depth L_depth,
/// and beyond the paper, where depth is metric, w_measured L_measured + w_scale L_scale in place of L_depth.
/// Each term lives in a file of its own: a method that returns the term's value and adds the term's
/// weighted gradient to the workspace.
public struct AlignmentEnergy: Sendable {
    /// The class.
    public let model: AlignmentModel
    /// What the image says.
    public let evidence: ImageEvidence
    let instructions: InstructionSet

    /// Joins class and image.
    ///
    /// Precondition: the evidence was gathered for this class.
    public init(model: AlignmentModel, evidence: ImageEvidence, instructions: InstructionSet = .best) {
        precondition(evidence.stride == model.paddedCount, "the evidence was gathered for this class")
        self.model = model
        self.evidence = evidence
        self.instructions = instructions
    }

    /// Depth below which points are not brought nearer to the camera [gauge units]: projections stay finite.
    static let nearest: Float = 0.05

    /// Values of all terms at the workspace's unknowns; leaves the weighted gradient there.
    ///
    /// `sample` restricts the geometric prior to a part of its features. Where `wantsGeometryValue` is false,
    /// `geometry` stays 0 (its logarithms are dear) while its gradient is computed all the same.
    package func evaluate(
        _ workspace: inout AlignmentWorkspace, weights: EnergyWeights, sample: GeometrySample? = nil,
        wantsGeometryValue: Bool = true
    ) -> EnergyBreakdown {
        var terms = EnergyBreakdown()
        workspace.clearGradients()
        placePoints(&workspace)
        terms.dense = denseTerm(&workspace, sigma: weights.denseSigma, weight: weights.dense)
        terms.sparse = sparseTerm(&workspace, sigma: weights.sparseSigma, weight: weights.sparse)
        terms.background = backgroundTerm(&workspace, weight: weights.background)
        if evidence.isMetric {
            terms.measured = measuredDepthTerm(&workspace, weight: weights.measured)
            terms.scale = scaleTerm(&workspace, weight: weights.scale)
        } else {
            terms.depth = depthTerm(&workspace, weight: weights.depth)
        }
        pullBack(&workspace)
        if weights.geometry != 0 || wantsGeometryValue {
            terms.geometry = geometryTerm(
                &workspace, weight: weights.geometry, sample: sample ?? GeometrySample(all: model),
                wantsValue: wantsGeometryValue)
        }
        return terms
    }

    /// Values of all terms for `state`, the geometric prior in full (0 where its weight is 0).
    public func breakdown(
        of state: AlignmentState, weights: EnergyWeights, workspace: inout AlignmentWorkspace
    ) -> EnergyBreakdown {
        load(state, into: &workspace)
        updateVisibility(&workspace, strength: weights.visibility)
        return evaluate(&workspace, weights: weights, wantsGeometryValue: weights.geometry != 0)
    }

    /// Loads `state` and chooses its gauge: the unit in which lengths are counted inside.
    ///
    /// Metric: the class's diameter in metres, so that the cloud has diameter 1. Otherwise the scale is free,
    /// and the unit is the one in which equation 12 holds: mean depth 2 f, where a cloud that fills half the
    /// region has diameter 1.
    package func load(_ state: AlignmentState, into workspace: inout AlignmentWorkspace) {
        precondition(state.keypoints.count == model.keypointCount, "a state has the class's keypoints")
        let focal = state.focalLengthPixels / evidence.camera.unit
        let unit: Double
        if evidence.isMetric {
            let metresPerUnit = model.metricScale?.metresPerUnit ?? state.radius / model.canonicalRadius
            unit = metresPerUnit * model.diameter
        } else {
            unit = state.centroid.z / (2 * focal)
        }
        workspace.load(state, model: model, unitLength: max(unit, 1e-9), focalUnit: evidence.camera.unit)
    }

    /// Points from keypoints through B, and their projections.
    func placePoints(_ w: inout AlignmentWorkspace) {
        unsafe semalign_place_points(
            instructions.rawValue, model.map, model.keypointCount, model.paddedCount, w.keypoints, &w.x, &w.y,
            &w.z)
        unsafe semalign_project(
            instructions.rawValue, w.x, w.y, w.z, model.paddedCount, Float(w.focalLength),
            Float(w.focalLength * evidence.camera.aspect), Self.nearest, &w.u, &w.v)
    }

    /// Gradients of projections and points back to keypoints and focal length.
    private func pullBack(_ w: inout AlignmentWorkspace) {
        w.focalGradient += unsafe semalign_pull_back(
            instructions.rawValue, model.map, model.keypointCount, model.paddedCount, w.x, w.y, w.z,
            Float(w.focalLength), Float(w.focalLength * evidence.camera.aspect), Self.nearest, w.gradientU,
            w.gradientV, &w.gradientX, &w.gradientY, &w.gradientZ, &w.gradient)
    }

    /// Rotation from the class frame to the camera that fits the present keypoints best; `nil` where they fall on one spot.
    func rotation(of w: borrowing AlignmentWorkspace) -> Rotation? { pose(of: w.points)?.rotation }

    /// The similarity transform, class frame to camera, that fits keypoints best; `nil` where they fall on one spot.
    func pose(of keypoints: [SIMD3<Double>]) -> SimilarityTransform? {
        SimilarityTransform.fit(
            from: model.canonicalKeypoints, to: keypoints,
            weights: [Double](repeating: 1, count: model.keypointCount))
    }

    /// Looks up which points can be seen in the present pose; held fixed until the next call.
    ///
    /// `strength` is the exponent with which that counts in the image terms.
    package func updateVisibility(_ w: inout AlignmentWorkspace, strength: Double) {
        guard let rotation = rotation(of: w) else { return }
        let center = w.centroid
        let towards = rotation.applyInverse(-center / max((center * center).sum().squareRoot(), 1e-9))
        let floor = evidence.configuration.visibilityFloor
        let direction = model.visibility.nearestDirection(to: SIMD3<Float>(towards))
        for point in 0..<model.pointCount {
            w.visibility[point] = model.visibility.probability(point: point, direction: direction)
            w.logVisibility[point] = Float(strength) * log(max(w.visibility[point], floor))
        }
    }
}
