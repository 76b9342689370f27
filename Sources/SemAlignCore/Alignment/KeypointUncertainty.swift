// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignKernels

/// Covariance of keypoints from the curvature at a solution (METHOD 4.5).
struct KeypointUncertainty {
    /// Unknowns of pose and focal length that precede the modes in the normal matrix.
    private static let poseSize = 8
    /// Covariances are widened by this: neighbouring residuals are not independent.
    private static let inflation = 3.3
    /// Semantic support below which covariances are widened more: the frame fits the class badly.
    private static let usualSemantics = 2.5
    /// Independent observations that an object's patches count for where solutions compete.
    private static let observations = 8.0

    let refiner: PoseRefiner

    /// Covariances of the L keypoints in the camera frame [unit of the pose squared], into `scratch.covariances`.
    ///
    /// Other solutions that the frame supports nearly as well widen them by how far they are, times how likely.
    /// `scratch.positions` holds the points of `hypothesis`, and still does afterwards.
    func covariances(
        at hypothesis: PoseHypothesis, beside others: ArraySlice<PoseHypothesis>,
        scratch: inout PoseScratch
    ) {
        curvature(at: hypothesis, &scratch)
        func weight(_ rival: PoseHypothesis) -> Double {
            let weight = exp(Self.observations * (rival.support - hypothesis.support))
            return weight > 1e-3 ? weight : 0
        }
        let total = 1 + others.reduce(0) { $0 + weight($1) }
        guard total > 1 else { return }
        for rival in others {
            let weight = weight(rival)
            guard weight > 0 else { continue }
            refiner.place(rival, into: &scratch.otherPositions, &scratch.points)
            for i in scratch.covariances.indices {
                let d = scratch.otherPositions[i] - scratch.positions[i]
                for a in 0..<3 {
                    for b in 0..<3 {
                        scratch.covariances[i][a, b] += min(weight, 1) / total * d[a] * d[b]
                    }
                }
            }
        }
    }

    /// Covariances from the curvature of the evidence and the priors, and the spread that the modes leave out.
    private func curvature(at hypothesis: PoseHypothesis, _ scratch: inout PoseScratch) {
        let model = refiner.model
        let size = Self.poseSize + model.modeCount
        refill(&scratch.information, count: size * size, with: 0, most: size * size)
        refill(&scratch.rows, count: 3 * size, with: 0, most: 3 * size)
        refiner.prepare(&scratch)
        var pose = hypothesis.kernel
        let reach = PoseRefiner.judgedReach
        var pulls = refiner.pulls(reach: reach, modes: model.modeCount, scale: hypothesis.scale)
        unsafe model.withKernel { model in
            unsafe refiner.evidence.withKernel(reach: reach * refiner.evidence.radius) { evidence in
                unsafe semalign_refine_pose(
                    InstructionSet.best.rawValue, model, evidence, &pulls, &pose, &scratch.points,
                    &scratch.floats, &scratch.information)
            }
        }
        factorise(&scratch.information, size: size)
        let misfit = min(max(Self.usualSemantics / max(hypothesis.semantics, 0.1), 1), 2.5)
        let inflation = Self.inflation * misfit * misfit
        let rest = model.restVariance * hypothesis.scale * hypothesis.scale
        scratch.covariances.removeAll(keepingCapacity: true)
        for i in 0..<model.keypointCount {
            // The kernel leaves the positions before the step: the derivatives are taken there.
            let point = SIMD3<Float>(
                scratch.points[3 * i], scratch.points[3 * i + 1], scratch.points[3 * i + 2])
            jacobian(
                point: i, offset: SIMD3<Double>(point) - hypothesis.translation, hypothesis, size: size,
                into: &scratch.rows)
            for row in 0..<3 { solveLower(scratch.information, &scratch.rows, row: row, size: size) }
            var covariance = CovarianceMatrix()
            for a in 0..<3 {
                for b in 0..<3 {
                    var sum = 0.0
                    for k in 0..<size { sum += scratch.rows[a * size + k] * scratch.rows[b * size + k] }
                    covariance[a, b] = inflation * (sum + (a == b ? rest : 0))
                }
            }
            scratch.covariances.append(covariance)
        }
    }

    /// Rows of the derivative of a point by the unknowns, 3×`size`.
    private func jacobian(
        point: Int, offset y: SIMD3<Double>, _ hypothesis: PoseHypothesis, size: Int,
        into rows: inout [Double]
    ) {
        for k in rows.indices { rows[k] = 0 }
        (rows[1], rows[2]) = (y.z, -y.y)
        (rows[size], rows[size + 2]) = (-y.z, y.x)
        (rows[2 * size], rows[2 * size + 1]) = (y.y, -y.x)
        for a in 0..<3 {
            rows[a * size + 3 + a] = 1
            rows[a * size + 6] = y[a]
        }
        let model = refiner.model
        for k in 0..<model.modeCount {
            let start = (point * model.modeCount + k) * 3
            let mode = SIMD3<Double>(
                SIMD3<Float>(model.modes[start], model.modes[start + 1], model.modes[start + 2]))
            let moved = hypothesis.scale * hypothesis.rotation.apply(mode)
            for a in 0..<3 { rows[a * size + Self.poseSize + k] = moved[a] }
        }
    }

    /// Solves F x = b for a lower triangular F; b is row number `row` of `rows`, and x comes in its place.
    private func solveLower(_ f: [Double], _ rows: inout [Double], row: Int, size: Int) {
        let start = row * size
        for i in 0..<size {
            for k in 0..<i { rows[start + i] -= f[i * size + k] * rows[start + k] }
            rows[start + i] /= f[i * size + i]
        }
    }
}
