// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Turns a solution into estimates of the keypoints: position, pixel, covariance, visibility, score.
struct KeypointEstimation {
    let problem: FrameProblem
    let solution: FrameSolution

    /// One estimate per keypoint into `estimates`, from the solution's positions and covariances in `scratch`.
    func estimate(into estimates: inout [KeypointEstimate], scratch: borrowing PoseScratch) {
        let model = problem.refiner.model
        let towards = unit(solution.cameraFromClass.applyInverse(.zero))
        let visibility = model.representation.visibility
        let direction = visibility.nearestDirection(to: SIMD3<Float>(towards))
        estimates.removeAll(keepingCapacity: true)
        estimates.reserveCapacity(model.keypointCount)
        for i in 0..<model.keypointCount {
            let position = scratch.positions[i]
            let pixel = solution.camera.project(position) ?? SIMD2(.nan, .nan)
            let seen = Double(visibility.probability(point: i, direction: direction))
            estimates.append(
                KeypointEstimate(
                    position: position, pixel: pixel, covariance: scratch.covariances[i],
                    visible: seen * exposure(of: position, at: pixel), score: score(point: i, at: pixel)))
        }
    }

    /// 0 where the pixel lies outside the image or something is measured in front of the point, else 1.
    private func exposure(of position: SIMD3<Double>, at pixel: SIMD2<Double>) -> Double {
        let size = problem.imageSize
        guard pixel.x >= -0.5, pixel.y >= -0.5, pixel.x < Double(size.width) - 0.5,
            pixel.y < Double(size.height) - 0.5
        else { return 0 }
        let measured = Double(problem.evidence.raster.depth(at: pixel))
        let margin = 0.12 * solution.cameraFromClass.scale * problem.refiner.model.diameter
        return measured > 0 && measured < position.z - margin ? 0 : 1
    }

    /// How much likelier the patch under the keypoint is than the object's patches are on average, 0…1.
    private func score(point: Int, at pixel: SIMD2<Double>) -> Double {
        let grid = problem.evidence.grids[0]
        guard let cell = grid.cell(at: pixel), let value = grid.logLikelihood(of: point, cell: cell) else {
            return 0
        }
        return 1 / (1 + exp(-Double(value)))
    }
}
