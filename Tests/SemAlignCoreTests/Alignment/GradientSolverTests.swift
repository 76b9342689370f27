// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignCore
import Testing

@Suite struct GradientSolverTests {
    private func energy(isMetric: Bool) throws -> AlignmentEnergy {
        let image = ToyImage.standard
        let model = AlignmentModel(ToyClass().representation)
        return AlignmentEnergy(
            model: model,
            evidence: try ImageEvidence(
                observation: isMetric ? image.observation : image.observation.withoutMetres, model: model))
    }

    /// A solver that is quick enough for tests without optimisation.
    private var quick: GradientSolver {
        var solver = GradientSolver()
        solver.schedule = .metric()
        solver.schedule.steps = 300
        solver.schedule.firstStep = 0
        solver.schedule.learningRate = Ramp([0, 200, 300], [2e-2, 1e-2, 1e-3])
        solver.schedule.denseSigma = Ramp([0, 150, 250], [0.5, 0.1, 0.03])
        solver.schedule.sparseSigma = Ramp([0, 150, 250], [0.5, 0.1, 0.05])
        solver.schedule.sparse = Ramp([0, 100, 200], [0, 1, 1])
        // The toy's points fill a volume, its measured surface is a smooth mean of them: not to be trusted far.
        solver.schedule.measured = .constant(0.01)
        solver.rigidSteps = 150
        return solver
    }

    /// Mean distance of the keypoints from the truth [m], after the best similarity transform where asked for.
    private func error(_ state: AlignmentState, shapeOnly: Bool = false) throws -> Double {
        let truth = ToyImage.standard.keypoints
        var found = state.keypoints
        if shapeOnly {
            let weights = [Double](repeating: 1, count: truth.count)
            let fit = try #require(SimilarityTransform.fit(from: found, to: truth, weights: weights))
            found = found.map(fit.apply)
        }
        return zip(found, truth).reduce(0.0) { sum, pair in
            let offset = pair.0 - pair.1
            return sum + (offset * offset).sum().squareRoot()
        } / Double(truth.count)
    }

    /// The truth turned by `angle` about a skew axis, shifted and scaled.
    private func displaced(angle: Double) -> AlignmentState {
        let truth = AlignmentState(keypoints: ToyImage.standard.keypoints, focalLengthPixels: 500)
        let half = sin(angle / 2)
        let turn = Rotation(quaternion: [0.6 * half, 0, 0.8 * half, cos(angle / 2)])
        let center = truth.centroid
        return AlignmentState(
            keypoints: truth.keypoints.map {
                center + SIMD3(0.01, -0.01, 0.02) + 1.1 * turn.apply($0 - center)
            },
            focalLengthPixels: 500)
    }

    @Test("From a start that is off by 40 degrees the truth is recovered within 8 % of the diameter")
    func recoversTruth() throws {
        let energy = try energy(isMetric: true)
        var workspace = AlignmentWorkspace()
        let start = displaced(angle: 0.7)
        let result = quick.align(start: start, energy: energy, workspace: &workspace)
        #expect(try error(start) > 0.03)
        // The toy's diameter is about 0.2 m.
        let off = try error(result.state)
        #expect(off < 0.02, "\(result.terms)")
        #expect(result.stopReason == .scheduleEnded && result.state.focalLengthPixels == 500)
    }

    @Test("Without metres or camera the shape and its place in the image are recovered")
    func recoversWithoutMetres() throws {
        let energy = try energy(isMetric: false)
        var workspace = AlignmentWorkspace()
        var start = displaced(angle: 0.5)
        // The camera is unknown: its principal point is taken to be the image's centre.
        start.keypoints = start.keypoints.map { 3 * ($0 + SIMD3(0.013, -0.011, 0)) }
        start.focalLengthPixels = 600
        let result = quick.align(start: start, energy: energy, workspace: &workspace)
        #expect(try error(result.state, shapeOnly: true) < 0.02)
        #expect(result.terms.dense < -0.5)
        #expect(result.state.focalLengthPixels != 600, "an unknown focal length is estimated")
    }

    @Test("The same arguments give the same bits")
    func isDeterministic() throws {
        let energy = try energy(isMetric: true)
        var first = AlignmentWorkspace()
        var second = AlignmentWorkspace()
        let start = displaced(angle: 0.4)
        let once = quick.align(starts: [start], energy: energy, steps: 250..<300, workspace: &first)
        // A workspace that was used for something else before.
        _ = quick.align(starts: [displaced(angle: 1)], energy: energy, steps: 290..<300, workspace: &second)
        let again = quick.align(starts: [start], energy: energy, steps: 250..<300, workspace: &second)
        #expect(once == again)
    }

    @Test("A warm start at the end of the schedule stays at the truth")
    func warmStart() throws {
        let energy = try energy(isMetric: true)
        var workspace = AlignmentWorkspace()
        let truth = AlignmentState(keypoints: ToyImage.standard.keypoints, focalLengthPixels: 500)
        let result = quick.align(start: truth, energy: energy, steps: 240..<300, workspace: &workspace)
        let off = try error(result.state)
        #expect(off < 0.008, "\(result.terms)")
    }

    @Test("A start behind the camera is said to have diverged and is never chosen")
    func diverged() throws {
        let energy = try energy(isMetric: true)
        var workspace = AlignmentWorkspace()
        let behind = AlignmentState(
            keypoints: ToyImage.standard.keypoints.map { $0 - SIMD3(0, 0, 3) }, focalLengthPixels: 500)
        let hopeless = AlignmentState(
            keypoints: ToyImage.standard.keypoints.map { $0 * .nan }, focalLengthPixels: 500)
        let results = quick.align(
            starts: [behind, hopeless, displaced(angle: 0)], energy: energy, steps: 280..<300,
            workspace: &workspace)
        #expect(results[0].stopReason == .diverged && results[1].stopReason == .diverged)
        let choice = try #require(
            AlignmentSelection().choose(results, energy: energy, workspace: &workspace))
        #expect(choice.best.start == 2 && choice.runnerUp == nil && choice.gap.isNaN)
        #expect(
            AlignmentSelection().choose(Array(results[..<2]), energy: energy, workspace: &workspace) == nil)
    }

    @Test("Of two solutions the better is chosen, the other kept with its distance")
    func choice() throws {
        let energy = try energy(isMetric: true)
        var workspace = AlignmentWorkspace()
        let results = quick.align(
            starts: [displaced(angle: 2.6), displaced(angle: 0.1)], energy: energy, steps: 260..<300,
            workspace: &workspace)
        let choice = try #require(
            AlignmentSelection().choose(results, energy: energy, workspace: &workspace))
        #expect(choice.best.start == 1 && choice.runnerUp?.start == 0 && choice.gap > 0)
    }

    @Test("The published starts lie on the mask at the measured depth, with different rotations")
    func starts() throws {
        let known = try energy(isMetric: true)
        var workspace = AlignmentWorkspace()
        let states = AlignmentStarts().states(for: known, workspace: &workspace)
        #expect(states.count == 16 && Set(states).count == 16)
        for state in states {
            let center = state.centroid
            #expect(abs(center.z - 0.6) < 0.08 && state.focalLengthPixels == 500)
            let truth = AlignmentState(keypoints: ToyImage.standard.keypoints, focalLengthPixels: 500)
            let offset = center - truth.centroid
            #expect((offset * offset).sum().squareRoot() < 0.08)
        }
        let unknown = try energy(isMetric: false)
        var starts = AlignmentStarts()
        starts.looksPerStart = 1
        let focals = Set(
            starts.states(for: unknown, workspace: &workspace).map { $0.focalLengthPixels })
        #expect(focals == Set([10, 5, 2.5, 1.25].map { $0 * unknown.evidence.camera.unit }))
    }
}
