// SPDX-License-Identifier: Apache-2.0

/// Aligns a frame with the paper's solver, from evidence-first starts filled up with random rotations.
struct GradientAlignment: Sendable {
    private let model: AlignmentModel
    private let configuration: TrackerConfiguration

    init(_ representation: ClassRepresentation, _ configuration: TrackerConfiguration) {
        model = AlignmentModel(representation, seed: configuration.seed)
        self.configuration = configuration
    }

    /// Keypoints in the camera frame; `nil` where no start leads anywhere.
    func align(_ observation: Observation, starts: [PoseHypothesis], refiner: PoseRefiner, isWarm: Bool)
        -> [SIMD3<Double>]?
    {
        guard let evidence = try? ImageEvidence(observation: observation, model: model) else { return nil }
        let energy = AlignmentEnergy(model: model, evidence: evidence)
        var workspace = AlignmentWorkspace()
        var solver = GradientSolver()
        solver.schedule = configuration.schedule.schedule(
            className: refiner.model.representation.className, isMetric: evidence.isMetric)
        var states = starts.map { start in
            AlignmentState(
                keypoints: Array(refiner.points(start).prefix(refiner.model.keypointCount)),
                focalLengthPixels: refiner.evidence.camera.focalLength.x)
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
        return AlignmentSelection().choose(results, energy: energy, workspace: &workspace)?.best.state
            .keypoints
    }
}
