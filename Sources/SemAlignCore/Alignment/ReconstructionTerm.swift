// SPDX-License-Identifier: Apache-2.0

internal import SemAlignKernels

/// Which maximum the sparse term takes (the paper leaves it open).
public enum SparseForm: String, Hashable, Sendable, CaseIterable {
    /// Mean over keypoints of the best patch: each keypoint looks for its place.
    case perKeypoint
    /// Mean over patches of the best keypoint: patches far from any keypoint look for one, too.
    case perPatch
}

extension AlignmentEnergy {
    /// L_dense = −mean over sampled x of max over points i of p_sem(x, i) · p_spatial(x, i) (equations 6 to 8).
    func denseTerm(_ w: inout AlignmentWorkspace, sigma: Double, weight: Double) -> Double {
        -(unsafe semalign_dense_term(
            instructions.rawValue, evidence.sampleU, evidence.sampleV, evidence.sampleU.count,
            evidence.logLikelihood, w.logVisibility, w.u, w.v, model.paddedCount,
            Self.inverseTwoVariance(sigma), Float(-weight), &w.gradientU, &w.gradientV))
    }

    /// L_sparse: the same over the keypoints only, in the form that the configuration names.
    func sparseTerm(_ w: inout AlignmentWorkspace, sigma: Double, weight: Double) -> Double {
        let precision = Self.inverseTwoVariance(sigma)
        switch evidence.configuration.sparseForm {
        case .perKeypoint:
            return
                -(unsafe semalign_sparse_term(
                    instructions.rawValue, evidence.candidateU, evidence.candidateV,
                    evidence.candidateU.count,
                    evidence.candidateLikelihood, w.logVisibility, w.u, w.v, evidence.candidateStride,
                    model.keypointCount, precision, Float(-weight), &w.gradientU, &w.gradientV))
        case .perPatch:
            return
                -(unsafe semalign_dense_term(
                    instructions.rawValue, evidence.candidateU, evidence.candidateV,
                    evidence.candidateU.count,
                    evidence.candidateLikelihood, w.logVisibility, w.u, w.v, evidence.candidateStride,
                    precision,
                    Float(-weight), &w.gradientU, &w.gradientV))
        }
    }

    /// 1 / (2 σ²) of equation 5.
    private static func inverseTwoVariance(_ sigma: Double) -> Float { Float(1 / (2 * sigma * sigma)) }
}
