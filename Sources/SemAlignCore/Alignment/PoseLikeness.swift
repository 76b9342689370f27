// SPDX-License-Identifier: Apache-2.0

extension FrameProblem {
    /// How much the object looks like the class where a pose puts the class's points: mean similarity of the points in
    /// view to their patches, as a share of what the class has there itself.
    ///
    /// Matches are standardised within the frame, so that the class fits anything somehow; this is not. About 1 for the
    /// class, 0.3 at most for other objects (docs/design/solver.md); 0 where no point is in view. `positions`: of all
    /// points under the pose [camera frame]; `buffers` holds the frame's similarities.
    func likeness(
        of hypothesis: PoseHypothesis, positions: [SIMD3<Double>], buffers: borrowing FrameBuffers
    ) -> Double {
        let representation = refiner.model.representation
        let grid = evidence.grids[0]
        let camera = camera(of: hypothesis)
        let towards = unit(hypothesis.transform.applyInverse(.zero))
        let direction = representation.visibility.nearestDirection(to: SIMD3<Float>(towards))
        let (stride, pointCount) = (buffers.similarityStride, representation.appearance.pointCount)
        var (found, usual) = (Float(0), Float(0))
        for point in 0..<min(pointCount, positions.count)
        where representation.visibility.probability(point: point, direction: direction) > 0.5 {
            guard let pixel = camera.project(positions[point]), let cell = grid.cell(at: pixel) else {
                continue
            }
            let patch = Int(buffers.patchAtCell[cell])
            guard patch >= 0 else { continue }
            found += buffers.similarities[patch * stride + point] + buffers.scratch[2 * stride + patch]
            usual += representation.appearance.similarityMean[point]
        }
        return usual > 0 ? Double(found / usual) : 0
    }
}
