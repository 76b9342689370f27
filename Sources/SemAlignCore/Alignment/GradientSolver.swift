// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The paper's solver: AdamW over a schedule, from several starts; the reference that others are held against.
public struct GradientSolver: Hashable, Sendable {
    /// Weights and widths over the steps.
    public var schedule = AlignmentSchedule()
    /// Up to this step the canonical cloud moves as a whole (7 unknowns), then each keypoint for itself.
    ///
    /// 0 = each for itself from the beginning, as in the paper; on real mugs a rigid stage made no clear difference.
    public var rigidSteps = 0
    /// Edge pairs of the geometric prior looked at in each step.
    public var edgePairsPerStep = 500
    /// Tetrahedra of the geometric prior looked at in each step.
    public var tetrahedraPerStep = 100
    /// AdamW's weight decay of the keypoints.
    public var weightDecay = 0.01
    /// Steps between looking up which points the present pose shows.
    public var visibilityInterval = 20

    /// A solver with the published schedule.
    public init() {}

    /// Aligns from each of `starts` through the steps `steps` of the schedule, those of a cold start where `nil`.
    ///
    /// A warm start takes the end of the schedule only. One result for each start, in their order; the same
    /// arguments give the same results. States are metres where the evidence is metric, else of any scale.
    public func align(
        starts: [AlignmentState], energy: AlignmentEnergy, steps: Range<Int>? = nil,
        workspace: inout AlignmentWorkspace
    ) -> [Alignment] {
        var results: [Alignment] = []
        results.reserveCapacity(starts.count)
        for (number, start) in starts.enumerated() {
            results.append(
                align(start: start, number: number, energy: energy, steps: steps, workspace: &workspace))
        }
        return results
    }

    /// Aligns from one start; `number` tells starts apart and decides the order in which the prior is sampled.
    public func align(
        start: AlignmentState, number: Int = 0, energy: AlignmentEnergy, steps: Range<Int>? = nil,
        workspace: inout AlignmentWorkspace
    ) -> Alignment {
        let steps = steps ?? schedule.coldSteps
        energy.load(start, into: &workspace)
        let rigidEnd = min(max(rigidSteps, steps.lowerBound), steps.upperBound)
        if steps.lowerBound < rigidEnd {
            moveRigidly(&workspace, energy, steps.lowerBound..<rigidEnd)
        }
        if rigidEnd < steps.upperBound {
            moveKeypoints(&workspace, energy, rigidEnd..<steps.upperBound, number)
        }
        return finish(&workspace, energy, number)
    }

    /// Pose and scale only: rotation and scaling about the centroid, translation, and the focal length if unknown.
    private func moveRigidly(
        _ w: inout AlignmentWorkspace, _ energy: AlignmentEnergy, _ steps: Range<Int>
    ) {
        var adam = AdamW(count: 8)
        for step in steps {
            var weights = schedule.weights(at: step)
            if (step - steps.lowerBound) % visibilityInterval == 0 {
                energy.updateVisibility(&w, strength: weights.visibility)
            }
            // A shape that does not change has a constant prior.
            weights.geometry = 0
            _ = energy.evaluate(&w, weights: weights, wantsGeometryValue: false)
            adam.beginStep()
            let rate = schedule.learningRate.value(at: step)
            let center = w.centroid
            let slope = PoseGradient(w, about: center)
            var turn = SIMD3<Double>.zero
            var shift = SIMD3<Double>.zero
            for axis in 0..<3 {
                // An angle moves points by about half as much as the same number of gauge units.
                turn[axis] = -2 * rate * adam.direction(axis, gradient: slope.rotation[axis])
                shift[axis] = -rate * adam.direction(3 + axis, gradient: slope.translation[axis])
            }
            let growth = exp(-rate * adam.direction(6, gradient: slope.logScale))
            let rotation = Rotation(rotationVector: turn)
            for i in 0..<w.keypoints.count / 3 {
                let moved = center + shift + growth * rotation.apply(w.keypoint(i) - center)
                w.keypoints[3 * i] = moved.x
                w.keypoints[3 * i + 1] = moved.y
                w.keypoints[3 * i + 2] = moved.z
            }
            moveFocalLength(&w, energy, rate * adam.direction(7, gradient: w.focalGradient))
        }
    }

    /// All keypoints, each for itself, and the focal length if unknown.
    private func moveKeypoints(
        _ w: inout AlignmentWorkspace, _ energy: AlignmentEnergy, _ steps: Range<Int>, _ number: Int
    ) {
        let count = w.keypoints.count
        var adam = AdamW(count: count + 1)
        for step in steps {
            let weights = schedule.weights(at: step)
            if (step - steps.lowerBound) % visibilityInterval == 0 {
                energy.updateVisibility(&w, strength: weights.visibility)
            }
            let sample = GeometrySample(
                turn: step + 7 * number, model: energy.model, edgePairs: edgePairsPerStep,
                tetrahedra: tetrahedraPerStep)
            _ = energy.evaluate(&w, weights: weights, sample: sample, wantsGeometryValue: false)
            adam.beginStep()
            let rate = schedule.learningRate.value(at: step)
            for i in 0..<count {
                let direction = adam.direction(i, gradient: w.gradient[i])
                w.keypoints[i] -= rate * (direction + weightDecay * w.keypoints[i])
            }
            moveFocalLength(&w, energy, rate * adam.direction(count, gradient: w.focalGradient))
        }
    }

    /// One step of the focal length's logarithm; a known focal length stays.
    private func moveFocalLength(_ w: inout AlignmentWorkspace, _ energy: AlignmentEnergy, _ step: Double) {
        guard energy.evidence.camera.knownFocalLength == nil else { return }
        w.focalLength *= exp(-step)
    }

    /// Energy of the outcome at the final weights.
    private func finish(_ w: inout AlignmentWorkspace, _ energy: AlignmentEnergy, _ number: Int) -> Alignment
    {
        let weights = schedule.finalWeights
        energy.updateVisibility(&w, strength: weights.visibility)
        let terms = energy.evaluate(&w, weights: weights)
        let total = terms.total(weights)
        let isSound = total.isFinite && w.centroid.z > Double(AlignmentEnergy.nearest)
        return Alignment(
            state: w.state(focalUnit: energy.evidence.camera.unit), terms: terms,
            energy: isSound ? total : .infinity, start: number,
            stopReason: isSound ? .scheduleEnded : .diverged)
    }
}

/// The keypoints' gradient, seen from the seven unknowns of a similarity transform about `center`.
private struct PoseGradient {
    /// With respect to a small rotation vector.
    private(set) var rotation = SIMD3<Double>.zero
    private(set) var translation = SIMD3<Double>.zero
    private(set) var logScale = 0.0

    init(_ w: borrowing AlignmentWorkspace, about center: SIMD3<Double>) {
        for i in 0..<w.keypoints.count / 3 {
            let arm = w.keypoint(i) - center
            let slope = SIMD3(w.gradient[3 * i], w.gradient[3 * i + 1], w.gradient[3 * i + 2])
            rotation +=
                SIMD3(arm.y, arm.z, arm.x) * SIMD3(slope.z, slope.x, slope.y)
                - SIMD3(arm.z, arm.x, arm.y) * SIMD3(slope.y, slope.z, slope.x)
            translation += slope
            logScale += (arm * slope).sum()
        }
    }
}
