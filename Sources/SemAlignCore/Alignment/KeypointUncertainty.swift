// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignKernels

/// Covariance of keypoints from the curvature at a solution (METHOD 4.5).
struct KeypointUncertainty {
    /// Unknowns of pose and focal length that precede the modes in the normal matrix.
    private static let poseSize = 8
    /// Covariances are widened by this: neighbouring residuals are not independent.
    private static let inflation = 2.6
    /// Semantic support below which covariances are widened more: the frame fits the class badly.
    private static let usualSemantics = 2.5
    /// Independent observations that an object's patches count for where solutions compete.
    private static let observations = 8.0

    let refiner: PoseRefiner

    /// 3×3 row-major covariances of the L keypoints in the camera frame [unit of the pose squared].
    ///
    /// Other solutions that the frame supports nearly as well widen them by how far they are, times how likely.
    func covariances(at hypothesis: PoseHypothesis, beside others: [PoseHypothesis]) -> [[Double]] {
        var covariances = curvature(at: hypothesis)
        let rivals = others.map { (weight: exp(Self.observations * ($0.support - hypothesis.support)), $0) }
            .filter { $0.weight > 1e-3 }
        guard !rivals.isEmpty else { return covariances }
        let total = 1 + rivals.reduce(0) { $0 + $1.weight }
        let positions = refiner.points(hypothesis)
        for (weight, rival) in rivals {
            let moved = refiner.points(rival)
            for i in covariances.indices {
                let d = moved[i] - positions[i]
                for a in 0..<3 {
                    for b in 0..<3 { covariances[i][3 * a + b] += min(weight, 1) / total * d[a] * d[b] }
                }
            }
        }
        return covariances
    }

    /// Covariances from the curvature of the evidence and the priors, and the spread that the modes leave out.
    private func curvature(at hypothesis: PoseHypothesis) -> [[Double]] {
        let model = refiner.model
        let size = Self.poseSize + model.modeCount
        var information = [Double](repeating: 0, count: size * size)
        var (scratch, work) = refiner.buffers()
        var pose = hypothesis.kernel
        var pulls = refiner.pulls(reach: 0.1, modes: model.modeCount, scale: hypothesis.scale)
        unsafe model.withKernel { model in
            unsafe refiner.evidence.withKernel(reach: 0.1 * refiner.evidence.radius) { evidence in
                unsafe semalign_refine_pose(
                    InstructionSet.best.rawValue, model, evidence, &pulls, &pose, &scratch, &work,
                    &information)
            }
        }
        // Scratch holds the positions before the step: the derivatives are taken there.
        let factor = cholesky(information, size: size)
        let misfit = min(max(Self.usualSemantics / max(hypothesis.semantics, 0.1), 1), 2.5)
        let inflation = Self.inflation * misfit * misfit
        let rest = model.restVariance * hypothesis.scale * hypothesis.scale
        return (0..<model.keypointCount).map { i in
            let y =
                SIMD3<Double>(SIMD3<Float>(scratch[3 * i], scratch[3 * i + 1], scratch[3 * i + 2]))
                - hypothesis.translation
            let rows = jacobian(point: i, offset: y, hypothesis, size: size)
                .map { solveLower(factor, $0, size: size) }
            var covariance = [Double](repeating: 0, count: 9)
            for a in 0..<3 {
                for b in 0..<3 {
                    var sum = 0.0
                    for k in 0..<size { sum += rows[a][k] * rows[b][k] }
                    covariance[3 * a + b] = inflation * (sum + (a == b ? rest : 0))
                }
            }
            return covariance
        }
    }

    /// Rows of the derivative of a point by the unknowns.
    private func jacobian(point: Int, offset y: SIMD3<Double>, _ hypothesis: PoseHypothesis, size: Int)
        -> [[Double]]
    {
        var rows = [[Double]](repeating: [Double](repeating: 0, count: size), count: 3)
        (rows[0][1], rows[0][2]) = (y.z, -y.y)
        (rows[1][0], rows[1][2]) = (-y.z, y.x)
        (rows[2][0], rows[2][1]) = (y.y, -y.x)
        for a in 0..<3 {
            rows[a][3 + a] = 1
            rows[a][6] = y[a]
        }
        let model = refiner.model
        for k in 0..<model.modeCount {
            let start = (point * model.modeCount + k) * 3
            let mode = SIMD3<Double>(
                SIMD3<Float>(model.modes[start], model.modes[start + 1], model.modes[start + 2]))
            let moved = hypothesis.scale * hypothesis.rotation.apply(mode)
            for a in 0..<3 { rows[a][Self.poseSize + k] = moved[a] }
        }
        return rows
    }

    /// Solves F x = b for a lower triangular F.
    private func solveLower(_ f: [Double], _ b: [Double], size: Int) -> [Double] {
        var x = b
        for i in 0..<size {
            for k in 0..<i { x[i] -= f[i * size + k] * x[k] }
            x[i] /= f[i * size + i]
        }
        return x
    }
}
