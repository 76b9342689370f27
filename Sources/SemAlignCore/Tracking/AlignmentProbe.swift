// SPDX-License-Identifier: Apache-2.0

/// Looks into the solver for one frame: what it finds, and what it would make of a given pose.
///
/// For error budgets (METHOD 4.6), not for the frame path.
package struct AlignmentProbe {
    private let model: EvidenceModel
    private let problem: FrameProblem

    /// Reads a frame with the first camera that fits; `nil` where no patch lies on the object.
    package init?(_ observation: Observation, tracker: Tracker) {
        model = tracker.model
        var buffers = FrameBuffers()
        guard
            let problem = FrameProblem.problems(
                of: observation, focalLength: nil, model: model, buffers: &buffers
            ).first
        else {
            return nil
        }
        self.problem = problem
    }

    /// What a cold start finds, best first.
    package func found() -> [PoseHypothesis] {
        var buffers = SearchBuffers()
        _ = PoseSearch(model: model, refiner: problem.refiner).run(&buffers)
        return buffers.found
    }

    /// What the last stage of a cold start makes of a pose.
    package func refined(_ pose: SimilarityTransform) -> PoseHypothesis {
        var found = [
            PoseHypothesis(rotation: pose.rotation, translation: pose.translation, scale: pose.scale)
        ]
        var scratch = PoseScratch()
        problem.refiner.refine(
            &found[0], steps: 20, reach: (0.2, 0.05), modes: model.modeCount, scratch: &scratch)
        problem.refiner.judge(&found, reach: 0.1, scratch: &scratch)
        return found[0]
    }

    /// Keypoints of a pose and shape in the camera frame.
    package func keypoints(_ hypothesis: PoseHypothesis) -> [SIMD3<Double>] {
        Array(problem.refiner.points(hypothesis).prefix(model.keypointCount))
    }
}
