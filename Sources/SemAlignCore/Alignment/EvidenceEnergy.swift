// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignKernels

/// The energy that solver `fast` minimises, in one frame: at its own answer, at another solver's, at the truth.
///
/// For holding solvers against each other, not for the frame path. Where the camera is unknown the first guess at it holds.
public struct EvidenceEnergy: Sendable {
    /// The energy of one pose and shape, lower is better.
    public struct Value: Hashable, Sendable {
        /// What the solver's steps go down, at the reach of the last one.
        public let refined: Double
        /// What it chooses by and states with its answer.
        public let judged: Double
    }

    let refiner: PoseRefiner

    /// Reads a frame for the class of `tracker`; `nil` where no patch lies on the object.
    public init?(_ observation: Observation, tracker: Tracker) {
        var buffers = FrameBuffers()
        let problems = FrameProblem.problems(
            of: observation, focalLength: nil, model: tracker.model, buffers: &buffers)
        guard let first = problems.first else { return nil }
        refiner = first.refiner
    }

    /// The energy where pose and shape fit L `keypoints` in the camera frame best; `nil` where none does.
    public func value(of keypoints: [SIMD3<Double>]) -> Value? {
        guard let fit = PoseHypothesis(fitting: keypoints, model: refiner.model) else { return nil }
        var scratch = PoseScratch()
        return value(of: fit, scratch: &scratch)
    }

    /// The best that first-order descents reach from `starts`, L keypoints each; `nil` where none leads anywhere.
    public func descend(
        from starts: [[SIMD3<Double>]], by descent: EvidenceDescent = EvidenceDescent()
    ) -> (keypoints: [SIMD3<Double>], value: Value)? {
        var scratch = PoseScratch()
        var best: (pose: PoseHypothesis, value: Value)?
        for start in starts {
            guard var pose = PoseHypothesis(fitting: start, model: refiner.model) else { continue }
            descent.move(&pose, refiner: refiner, scratch: &scratch)
            let value = value(of: pose, scratch: &scratch)
            guard value.refined.isFinite, value.judged.isFinite else { continue }
            if value.judged < best?.value.judged ?? .infinity { best = (pose, value) }
        }
        return best.map { (keypoints(of: $0.pose), $0.value) }
    }

    /// What `steps` further Gauss-Newton steps of the last reach make of L `keypoints`; `nil` where no pose fits them.
    public func refine(_ keypoints: [SIMD3<Double>], steps: Int) -> [SIMD3<Double>]? {
        guard var pose = PoseHypothesis(fitting: keypoints, model: refiner.model) else { return nil }
        var scratch = PoseScratch()
        refiner.refine(
            &pose, steps: steps, reach: (PoseRefiner.lastReach, PoseRefiner.lastReach),
            modes: refiner.model.modeCount, scratch: &scratch)
        return self.keypoints(of: pose)
    }

    /// Keypoints of what a cold start finds, best first.
    public func found() -> [[SIMD3<Double>]] {
        var buffers = SearchBuffers()
        _ = PoseSearch(model: refiner.model, refiner: refiner).run(&buffers)
        return buffers.found.map(keypoints)
    }

    private func keypoints(of pose: PoseHypothesis) -> [SIMD3<Double>] {
        Array(refiner.points(pose).prefix(refiner.model.keypointCount))
    }

    private func value(of pose: PoseHypothesis, scratch: inout PoseScratch) -> Value {
        var (judged, gradient) = ([pose], [Double]())
        refiner.judge(&judged, reach: PoseRefiner.judgedReach, scratch: &scratch)
        let refined = refiner.energy(
            of: pose, reach: PoseRefiner.lastReach, gradient: &gradient, scratch: &scratch)
        return Value(refined: refined, judged: -judged[0].support)
    }
}

extension PoseRefiner {
    /// The energy that `refine` goes down where it reaches as far as `reach` with all modes free.
    ///
    /// `gradient` receives its derivatives by a turn about the class's origin and a shift in the camera frame, by the
    /// logarithms of scale and focal length, and by the modes.
    func energy(
        of hypothesis: PoseHypothesis, reach: Double, gradient: inout [Double], scratch: inout PoseScratch
    ) -> Double {
        let pulls = pulls(reach: reach, modes: model.modeCount, scale: hypothesis.scale)
        return energy(of: hypothesis, reach: reach, pulls: pulls, gradient: &gradient, scratch: &scratch)
    }

    /// The same as far as `pulls` has it.
    func energy(
        of hypothesis: PoseHypothesis, reach: Double, pulls: semalign_pulls, gradient: inout [Double],
        scratch: inout PoseScratch
    ) -> Double {
        var (pose, pulls) = (hypothesis.kernel, pulls)
        prepare(&scratch)
        let size = Int(SEMALIGN_POSE_SIZE) + model.modeCount
        refill(&gradient, count: size, with: 0, most: size)
        return unsafe model.withKernel { model in
            unsafe evidence.withKernel(reach: reach * evidence.radius) { evidence in
                unsafe semalign_pose_energy(
                    InstructionSet.best.rawValue, model, evidence, &pulls, &pose, &scratch.points,
                    &scratch.floats, &gradient)
            }
        }
    }
}

extension PoseHypothesis {
    /// The pose and shape of `model` whose keypoints come nearest to `keypoints` by least squares; `nil` where these
    /// fall on one spot.
    ///
    /// The shape stays within what a solver gives it: four standard deviations of each mode.
    init?(fitting keypoints: [SIMD3<Double>], model: EvidenceModel) {
        guard keypoints.count == model.keypointCount else { return nil }
        let canonical = model.representation.keypoints
        let weights = [Double](repeating: 1, count: keypoints.count)
        func mode(_ k: Int, of point: Int) -> SIMD3<Double> {
            let start = (point * model.modeCount + k) * 3
            return SIMD3<Double>(
                SIMD3(model.modes[start], model.modes[start + 1], model.modes[start + 2]))
        }
        self.init(rotation: .identity, translation: .zero, scale: 1)
        var shape = canonical
        // A similarity transform does nothing that a mode does, to first order: taking turns gets there soon.
        for _ in 0..<20 {
            guard let pose = SimilarityTransform.fit(from: shape, to: keypoints, weights: weights),
                pose.scale.isFinite, pose.scale > 0
            else { return nil }
            (rotation, translation, scale) = (pose.rotation, pose.translation, pose.scale)
            let offsets = zip(keypoints, canonical).map { pose.applyInverse($0) - $1 }
            shape = canonical
            for k in 0..<model.modeCount {
                var (product, square) = (0.0, 0.0)
                for (point, offset) in offsets.enumerated() {
                    let mode = mode(k, of: point)
                    product += (mode * offset).sum()
                    square += (mode * mode).sum()
                }
                // Modes are orthogonal to each other.
                let amount = square > 0 ? min(max(product / square, -4), 4) : 0
                modes[k] = Float(amount)
                for point in shape.indices { shape[point] += amount * mode(k, of: point) }
            }
        }
    }
}
