// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import SemAlignKernels

extension AlignmentEnergy {
    /// Observations that an energy of equation 13 stands for where all samples are explained.
    ///
    /// The energy is a mean over the image, so its curvature alone knows no certainty. Calibrated on simulated classes,
    /// see docs/design/solver.md.
    private static let observations = 25.0
    /// Largest deviation of a keypoint in any direction that the image says nothing of [gauge units].
    private static let largestDeviation = 0.3
    /// Half of the distance over which the curvature is taken [gauge units]: below it the energy has kinks, since points
    /// take turns in explaining a sample.
    private static let step = 0.01
    /// Features of the geometric prior looked at for the curvature.
    private static let sampleSize = (edgePairs: 4000, tetrahedra: 800)

    /// Covariances of the keypoints of a chosen result [unit of its state squared], from the curvature of the energy
    /// with `weights` there.
    ///
    /// exp(−n L) is taken for the probability of the unknowns, where n falls with the share of the samples that the
    /// result leaves unexplained. A runner-up widens the covariances by how far it is, times how likely.
    func covariances(
        of choice: AlignmentSelection.Choice, weights: EnergyWeights, workspace: inout AlignmentWorkspace
    ) -> [CovarianceMatrix] {
        let observations = Self.observations * min(max(-choice.best.terms.dense, 0.05), 1)
        load(choice.best.state, into: &workspace)
        updateVisibility(&workspace, strength: weights.visibility)
        let size = workspace.keypoints.count + (evidence.camera.knownFocalLength == nil ? 1 : 0)
        var inverse = curvature(&workspace, weights, size: size)
        let least = 1 / (observations * Self.largestDeviation * Self.largestDeviation)
        unsafe semalign_invert_curvature(&inverse, Int32(size), least)
        let unit = workspace.unitLength * workspace.unitLength / observations
        var covariances = (0..<model.keypointCount).map { i in
            var covariance = CovarianceMatrix()
            for a in 0..<3 {
                for b in 0..<3 { covariance[a, b] = unit * inverse[(3 * i + a) * size + 3 * i + b] }
            }
            return covariance
        }
        guard let other = choice.runnerUp else { return covariances }
        let odds = exp(-observations * max(choice.gap, 0))
        for (i, d) in offsets(of: other.state, from: choice.best.state).enumerated() {
            for a in 0..<3 {
                for b in 0..<3 { covariances[i][a, b] += odds / (1 + odds) * d[a] * d[b] }
            }
        }
        return covariances
    }

    /// Second derivatives by the keypoints and, where it is unknown, the focal length's logarithm: `size`×`size`, from
    /// differences of the gradient at the state that is loaded, what can be seen held fixed.
    private func curvature(
        _ w: inout AlignmentWorkspace, _ weights: EnergyWeights, size: Int
    ) -> [Double] {
        let count = w.keypoints.count
        let sample = GeometrySample(
            turn: 0, model: model, edgePairs: Self.sampleSize.edgePairs,
            tetrahedra: Self.sampleSize.tetrahedra)
        var rows = [Double](repeating: 0, count: size * size)
        let (keypoints, focalLength) = (w.keypoints, w.focalLength)
        for j in 0..<size {
            for side in [1.0, -1.0] {
                if j < count {
                    w.keypoints[j] = keypoints[j] + side * Self.step
                } else {
                    w.focalLength = focalLength * exp(side * Self.step)
                }
                _ = evaluate(&w, weights: weights, sample: sample, wantsGeometryValue: false)
                let factor = side / (2 * Self.step)
                for i in 0..<size {
                    rows[j * size + i] += factor * (i < count ? w.gradient[i] : w.focalGradient)
                }
            }
            if j < count { w.keypoints[j] = keypoints[j] } else { w.focalLength = focalLength }
        }
        return rows
    }
}
