// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignKernels

/// Refines and judges poses against one frame.
struct PoseRefiner {
    let model: EvidenceModel
    var evidence: FrameEvidence
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

    /// Gauss-Newton steps with the reach shrinking from `reach.0` to `reach.1`.
    func refine(
        _ hypothesis: inout PoseHypothesis, steps: Int, reach: (Double, Double), modes: Int, stride: Int = 1
    ) {
        var pose = hypothesis.kernel
        var (points, scratch) = buffers()
        unsafe model.withKernel { model in
            for step in 0..<steps {
                let t = steps > 1 ? Double(step) / Double(steps - 1) : 1
                let now = reach.0 * pow(reach.1 / reach.0, t)
                var pulls = pulls(reach: now, modes: modes, scale: Double(pose.scale), stride: stride)
                unsafe evidence.withKernel(reach: now * evidence.radius) { evidence in
                    unsafe semalign_refine_pose(
                        InstructionSet.best.rawValue, model, evidence, &pulls, &pose, &points, &scratch, nil)
                }
            }
        }
        hypothesis.update(from: pose, modeCount: model.modeCount)
    }

    /// Points and scratch for the kernels.
    func buffers() -> (points: [Float], scratch: [Float]) {
        let count = Int(SEMALIGN_POINT_SCRATCH) * model.pointCount + evidence.grids[0].cellCount
        return ([Float](repeating: 0, count: 3 * model.pointCount), [Float](repeating: 0, count: count))
    }

    /// Judges poses by what the frame shows, read as loosely as `reach`.
    func judge(_ hypotheses: inout [PoseHypothesis], reach: Double, stride: Int = 1) {
        var (points, scratch) = buffers()
        unsafe model.withKernel { model in
            unsafe evidence.withKernel(reach: reach * evidence.radius) { evidence in
                for i in hypotheses.indices {
                    var pose = hypotheses[i].kernel
                    var pulls = pulls(reach: reach, modes: 0, scale: hypotheses[i].scale, stride: stride)
                    let support = unsafe semalign_pose_support(
                        InstructionSet.best.rawValue, model, evidence, &pulls, &pose, &points, &scratch)
                    hypotheses[i].semantics = Double(support.semantic)
                    hypotheses[i].coverage = Double(support.coverage)
                    hypotheses[i].support =
                        Double(support.semantic) + Double(support.depth) + Double(support.mask)
                        + prior(hypotheses[i])
                }
            }
        }
    }

    /// Orders many poses by a cheap look at every `stride`-th dense point.
    func glance(at hypotheses: inout [PoseHypothesis], stride: Int, reach: Double) {
        let sigma = reach * evidence.radius
        let grid = evidence.grid(forReach: sigma)
        var covered = [UInt8](repeating: 0, count: grid.cellCount)
        // Visible points lie some 0.2 object radii apart once they are thinned out.
        let spacing = 0.12 * evidence.radius * Double(stride).squareRoot()
        let cells = Int32(max(1, (spacing / grid.cellSize.min()).rounded()))
        unsafe model.withKernel { model in
            unsafe evidence.withKernel(reach: sigma) { evidence in
                for i in hypotheses.indices {
                    var pose = hypotheses[i].kernel
                    var pulls = pulls(reach: reach, modes: 0, scale: hypotheses[i].scale, stride: stride)
                    let support = unsafe semalign_quick_support(
                        InstructionSet.best.rawValue, model, evidence, &pulls, &pose, cells, &covered)
                    hypotheses[i].support =
                        Double(support.semantic) + Double(support.depth) + Double(support.mask)
                        + 3 * Double(support.coverage) + prior(hypotheses[i])
                }
            }
        }
    }

    /// How usual shape and size are.
    private func prior(_ hypothesis: PoseHypothesis) -> Double {
        var value = -0.02 * hypothesis.modes.reduce(0) { $0 + $1 * $1 }
        if logScaleDeviation > 0 {
            let d = (log(hypothesis.scale) - logScaleMean) / logScaleDeviation
            value -= 0.05 * d * d
        }
        return value
    }

    /// Positions of all points under a pose, in the camera frame.
    func points(_ hypothesis: PoseHypothesis) -> [SIMD3<Double>] {
        var pose = hypothesis.kernel
        var flat = [Float](repeating: 0, count: 3 * model.pointCount)
        unsafe model.withKernel { unsafe semalign_place_class($0, &pose, &flat) }
        return (0..<model.pointCount).map { i -> SIMD3<Double> in
            let point = SIMD3<Float>(flat[3 * i], flat[3 * i + 1], flat[3 * i + 2])
            return SIMD3<Double>(point)
        }
    }
}
