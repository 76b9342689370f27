// SPDX-License-Identifier: Apache-2.0

import SemAlignKernels
import Testing

@testable import SemAlignCore

@Suite struct AlignmentUncertaintyTests {
    private let weights = AlignmentSchedule.metric().finalWeights
    private let truth = AlignmentState(keypoints: ToyImage.standard.keypoints, focalLengthPixels: 500)

    private func energy() throws -> AlignmentEnergy {
        let model = AlignmentModel(ToyClass().representation)
        return AlignmentEnergy(
            model: model,
            evidence: try ImageEvidence(observation: ToyImage.standard.observation, model: model))
    }

    private func result(_ state: AlignmentState, explaining share: Double = 0.8) -> Alignment {
        var terms = EnergyBreakdown()
        terms.dense = -share
        return Alignment(state: state, terms: terms, energy: 0, start: 0, stopReason: .scheduleEnded)
    }

    /// Covariances of the true keypoints where the solver found them, and perhaps another solution.
    private func covariances(
        explaining share: Double = 0.8, beside other: AlignmentState? = nil, gap: Double = .nan,
        weights: EnergyWeights? = nil
    ) throws -> [CovarianceMatrix] {
        var workspace = AlignmentWorkspace()
        return try energy().covariances(
            of: AlignmentSelection.Choice(
                best: result(truth, explaining: share), score: 0, runnerUp: other.map { result($0) },
                gap: gap),
            weights: weights ?? self.weights, workspace: &workspace)
    }

    private func trace(_ covariance: CovarianceMatrix) -> Double {
        covariance[0, 0] + covariance[1, 1] + covariance[2, 2]
    }

    @Test("Every covariance is symmetric and positive definite")
    func positive() throws {
        for covariance in try covariances() {
            let axes = try #require(PrincipalAxes(covariance: covariance.rows))
            #expect(axes.variances.min() > 0)
            #expect(abs(covariance[0, 1] - covariance[1, 0]) < 1e-9 * trace(covariance))
        }
    }

    @Test("Without the terms that compare with the image the places across the line of sight are less sure")
    func imageTerms() throws {
        var blind = weights
        (blind.dense, blind.sparse) = (0, 0)
        func spread(_ covariances: [CovarianceMatrix]) -> Double {
            zip(covariances, truth.keypoints).reduce(0) { sum, pair in
                let (c, sight) = (pair.0, unit(pair.1))
                let along = ((c.x * sight.x + c.y * sight.y + c.z * sight.z) * sight).sum()
                return sum + trace(c) - along
            }
        }
        #expect(try spread(covariances(weights: blind)) > 2 * spread(covariances()))
    }

    @Test("The fewer samples a result explains, the less sure it is")
    func misfit() throws {
        for (good, bad) in zip(try covariances(explaining: 0.8), try covariances(explaining: 0.2)) {
            #expect(trace(bad) > 1.5 * trace(good) && trace(bad) < 4.001 * trace(good))
        }
    }

    @Test("A runner-up that is as good widens towards it, one that is far worse does not")
    func rival() throws {
        let alone = try covariances()
        let shifted = AlignmentState(
            keypoints: truth.keypoints.map { $0 + SIMD3(0.04, 0, 0) }, focalLengthPixels: 500)
        for (before, after) in zip(alone, try covariances(beside: shifted, gap: 0)) {
            #expect(abs(after[0, 0] - before[0, 0] - 0.0008) < 1e-9 && after[1, 1] == before[1, 1])
        }
        for (before, after) in zip(alone, try covariances(beside: shifted, gap: 3)) {
            #expect(abs(after[0, 0] - before[0, 0]) < 1e-6)
        }
    }

    @Test("A curvature is inverted, and what says nothing or bends the other way is bounded")
    func inversion() {
        var matrix = [4.0, 0, 0, 0, -3, 0, 0, 0, 0.25]
        unsafe semalign_invert_curvature(&matrix, 3, 0.5)
        #expect(zip(matrix, [0.25, 0, 0, 0, 2, 0, 0, 0, 2]).allSatisfy { abs($0 - $1) < 1e-12 })
    }
}
