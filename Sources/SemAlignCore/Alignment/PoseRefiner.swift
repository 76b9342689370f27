// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignKernels

/// Refines and judges poses against one frame.
struct PoseRefiner {
    let model: EvidenceModel
    var evidence: FrameEvidence
    /// Reach of the last steps to every answer, and of the judgement of it [object radii].
    static let (lastReach, judgedReach) = (0.05, 0.1)

    /// Prior of log scale; deviation 0 = none.
    let logScaleMean: Double
    let logScaleDeviation: Double
    /// Prior of the focal length's change; 0 = the focal length is known.
    let logFocalDeviation: Double

    /// How the frame is read with matches reaching `reach` object radii and `modes` shape modes free, for an
    /// object of `scale`; every `stride`-th dense point is looked at.
    ///
    /// Far from the solution depth and silhouette are read as loosely as the matches; near it the matches count
    /// more, as their number within reach falls.
    func pulls(reach: Double, modes: Int, scale: Double, stride: Int = 1) -> semalign_pulls {
        let size = scale * model.diameter
        let loose = max(1, reach / 0.1)
        let sharp = max(1, 0.1 / reach)
        return semalign_pulls(
            attraction_sigma: Float(max(reach * evidence.radius, 0.5 * evidence.grids[0].cellSize.max())),
            depth_sigma: Float(0.03 * size * loose),
            mask_sigma: Float(0.06 * evidence.radius * loose), occlusion_margin: Float(0.06 * size),
            semantic_weight: Float(60 * min(0.3 * loose, 1) * pow(sharp, 2.7)), depth_weight: 2,
            mask_weight: 20, chance: 0.1, log_scale_mean: Float(logScaleMean),
            log_scale_deviation: Float(logScaleDeviation),
            log_focal_deviation: Float(logFocalDeviation), focal_scale: 1, free_modes: Int32(modes),
            stride: Int32(stride), has_depth: evidence.hasDepth ? 1 : 0)
    }

    /// Gauss-Newton steps with the reach shrinking from `reach.0` to `reach.1`, as long as there is time for a further one.
    ///
    /// Returns the number of steps made.
    @discardableResult
    func refine(
        _ hypothesis: inout PoseHypothesis, steps: Int, reach: (Double, Double), modes: Int, stride: Int = 1,
        scratch: inout PoseScratch, while isTimeLeft: () -> Bool = { true }
    ) -> Int {
        var pose = hypothesis.kernel
        prepare(&scratch)
        var made = 0
        unsafe model.withKernel { model in
            for step in 0..<steps {
                guard isTimeLeft() else { break }
                let t = steps > 1 ? Double(step) / Double(steps - 1) : 1
                let now = reach.0 * pow(reach.1 / reach.0, t)
                var pulls = pulls(reach: now, modes: modes, scale: Double(pose.scale), stride: stride)
                unsafe evidence.withKernel(reach: now * evidence.radius) { evidence in
                    unsafe semalign_refine_pose(
                        InstructionSet.best.rawValue, model, evidence, &pulls, &pose, &scratch.points,
                        &scratch.floats, nil)
                }
                made += 1
            }
        }
        hypothesis.update(from: pose, modeCount: model.modeCount)
        return made
    }

    /// Makes room for the kernels.
    func prepare(_ scratch: inout PoseScratch) {
        let (points, cells) = (model.pointCount, evidence.grids[0])
        let perPoint = Int(SEMALIGN_POINT_SCRATCH) * points
        resize(&scratch.points, to: 3 * points, most: 3 * points)
        resize(&scratch.floats, to: perPoint + cells.cellCount, most: perPoint + cells.count.capacity)
    }

    /// Judges poses by what the frame shows, read as loosely as `reach`.
    func judge(
        _ hypotheses: inout [PoseHypothesis], reach: Double, stride: Int = 1, scratch: inout PoseScratch
    ) {
        for i in hypotheses.indices {
            judge(&hypotheses[i], reach: reach, stride: stride, scratch: &scratch)
        }
    }

    /// Judges a pose by what the frame shows, read as loosely as `reach`.
    func judge(
        _ hypothesis: inout PoseHypothesis, reach: Double, stride: Int = 1, scratch: inout PoseScratch
    ) {
        prepare(&scratch)
        let support = unsafe model.withKernel { model in
            unsafe evidence.withKernel(reach: reach * evidence.radius) { evidence in
                var pose = hypothesis.kernel
                var pulls = pulls(reach: reach, modes: 0, scale: hypothesis.scale, stride: stride)
                return unsafe semalign_pose_support(
                    InstructionSet.best.rawValue, model, evidence, &pulls, &pose, &scratch.points,
                    &scratch.floats)
            }
        }
        hypothesis.semantics = Double(support.semantic)
        hypothesis.coverage = Double(support.coverage)
        hypothesis.support =
            Double(support.semantic) + Double(support.depth) + 2 * Double(support.mask) + prior(hypothesis)
    }

    /// Supports of poses by a cheap look at every `stride`-th dense point.
    func glance(
        at hypotheses: UnsafeMutableBufferPointer<PoseHypothesis>, stride: Int, reach: Double,
        scratch: inout PoseScratch
    ) {
        let sigma = reach * evidence.radius
        let grid = evidence.grid(forReach: sigma)
        refill(&scratch.covered, count: grid.cellCount, with: 0, most: grid.cellCount)
        // Visible points lie some 0.2 object radii apart once they are thinned out.
        let spacing = 0.12 * evidence.radius * Double(stride).squareRoot()
        let cells = Int32(max(1, (spacing / grid.cellSize.min()).rounded()))
        unsafe model.withKernel { model in
            unsafe evidence.withKernel(reach: sigma) { evidence in
                for i in hypotheses.indices {
                    var pose = unsafe hypotheses[i].kernel
                    var pulls = unsafe pulls(
                        reach: reach, modes: 0, scale: hypotheses[i].scale, stride: stride)
                    let support = unsafe semalign_quick_support(
                        InstructionSet.best.rawValue, model, evidence, &pulls, &pose, cells,
                        &scratch.covered)
                    unsafe hypotheses[i].support =
                        Double(support.semantic) + Double(support.depth) + 2 * Double(support.mask)
                        + 3 * Double(support.coverage) + prior(hypotheses[i])
                }
            }
        }
    }

    /// How usual shape and size are.
    private func prior(_ hypothesis: PoseHypothesis) -> Double {
        var sum = 0.0
        for k in hypothesis.modes.indices { sum += Double(hypothesis.modes[k]) * Double(hypothesis.modes[k]) }
        var value = -0.02 * sum
        if logScaleDeviation > 0 {
            let d = (log(hypothesis.scale) - logScaleMean) / logScaleDeviation
            value -= 0.05 * d * d
        }
        return value
    }

    /// Positions of all points under a pose, in the camera frame.
    func points(_ hypothesis: PoseHypothesis) -> [SIMD3<Double>] {
        var (positions, flat): ([SIMD3<Double>], [Float]) = ([], [])
        place(hypothesis, into: &positions, &flat)
        return positions
    }

    /// The same into `positions`; `flat` is scratch.
    func place(_ hypothesis: PoseHypothesis, into positions: inout [SIMD3<Double>], _ flat: inout [Float]) {
        var pose = hypothesis.kernel
        resize(&flat, to: 3 * model.pointCount, most: 3 * model.pointCount)
        unsafe model.withKernel { unsafe semalign_place_class($0, &pose, &flat) }
        positions.removeAll(keepingCapacity: true)
        positions.reserveCapacity(model.pointCount)
        for i in 0..<model.pointCount {
            positions.append(SIMD3<Double>(SIMD3<Float>(flat[3 * i], flat[3 * i + 1], flat[3 * i + 2])))
        }
    }
}
