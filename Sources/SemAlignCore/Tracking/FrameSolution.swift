// SPDX-License-Identifier: Apache-2.0

/// How a solver answers a frame, beside the points and covariances that it leaves in the scratch.
struct FrameSolution {
    /// Class frame to camera frame.
    let cameraFromClass: SimilarityTransform
    /// The camera with the focal length that the solution holds for.
    let camera: CameraIntrinsics
    /// What the solver has minimised, and how much worse its best different solution is; NaN where unknown.
    let energy: Double
    let energyGap: Double
}

extension FrameProblem {
    /// The leader's answer where a search or a track has found one; `scratch.positions` holds its points.
    func solution(
        _ leader: PoseHypothesis, beside rivals: ArraySlice<PoseHypothesis>, scratch: inout PoseScratch
    ) -> FrameSolution {
        KeypointUncertainty(refiner: refiner).covariances(at: leader, beside: rivals, scratch: &scratch)
        return FrameSolution(
            cameraFromClass: leader.transform, camera: camera(of: leader), energy: -leader.support,
            energyGap: rivals.first.map { leader.support - $0.support } ?? .nan)
    }
}
