// SPDX-License-Identifier: Apache-2.0

/// Aligns a frame with the paper's solver, from evidence-first starts filled up with random rotations.
struct GradientAlignment: Sendable {
    private let model: AlignmentModel
    private let configuration: TrackerConfiguration

    /// Lays out the class with all of its points.
    init(_ representation: ClassRepresentation, _ configuration: TrackerConfiguration) {
        model = AlignmentModel(representation, seed: configuration.seed)
        self.configuration = configuration
    }

    /// The chosen result from `starts`, which hold for `problem`; its keypoints and covariances go to `scratch`.
    ///
    /// The pose is the similarity transform that fits the keypoints best. A warm start is a single one, so that its
    /// gap is not known. Throws where the frame cannot be read or every start leads astray.
    func solution(
        _ observation: Observation, _ problem: FrameProblem, starts: [PoseHypothesis], isWarm: Bool,
        scratch: inout PoseScratch
    ) throws(AlignmentError) -> FrameSolution {
        let evidence = try ImageEvidence(observation: observation, model: model)
        let energy = AlignmentEnergy(model: model, evidence: evidence)
        var workspace = AlignmentWorkspace()
        var solver = GradientSolver()
        solver.schedule = configuration.schedule.schedule(
            className: problem.refiner.model.representation.className, isMetric: evidence.isMetric)
        var states = starts.map { start in
            AlignmentState(
                keypoints: Array(problem.refiner.points(start).prefix(model.keypointCount)),
                focalLengthPixels: problem.camera(of: start).focalLength.x)
        }
        if !isWarm {
            var random = AlignmentStarts()
            random.rotations = max(configuration.starts - states.count, 0)
            random.rotationsPerFocalLength = max(configuration.starts / random.focalLengths.count, 1)
            random.seed = configuration.seed
            states += random.states(for: energy, workspace: &workspace)
        }
        let results = solver.align(
            starts: states, energy: energy, steps: isWarm ? solver.schedule.warmSteps : nil,
            workspace: &workspace)
        let choice = AlignmentSelection().choose(results, energy: energy, workspace: &workspace)
        guard let choice, let pose = energy.pose(of: choice.best.state.keypoints) else {
            throw .noSolution(starts: states.count)
        }
        scratch.positions = choice.best.state.keypoints
        scratch.covariances = energy.covariances(
            of: choice, weights: solver.schedule.finalWeights, workspace: &workspace)
        return FrameSolution(
            cameraFromClass: pose,
            camera: observation.camera(focalLength: choice.best.state.focalLengthPixels),
            energy: choice.best.energy, energyGap: choice.gap)
    }
}
