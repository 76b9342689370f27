// SPDX-License-Identifier: Apache-2.0

import Glibc

/// AdamW on the energy that solver `fast` goes down by Gauss-Newton steps: what these are held against.
///
/// The unknowns are the same: turn, shift, scale, shape, and the focal length where it is unknown. No weights decay, since
/// the energy has priors of its own.
public struct EvidenceDescent: Hashable, Sendable {
    /// Steps from a start.
    public var steps = 1000
    /// Reach of the first step [object radii], and the share of the steps after which it is that of the last.
    private static let (firstReach, lastReachFrom) = (0.5, 0.7)
    /// Deviations of a mode that make as large a step as a radian, or an object's diameter.
    private static let modeUnit = 10.0

    /// As many steps as the paper's optimiser makes.
    public init() {}

    /// Step size [radians, diameters, logarithms].
    private var learningRate: Ramp {
        Ramp([0, steps / 2, 4 * steps / 5, steps], [1e-2, 5e-3, 1e-3, 1e-4])
    }

    /// Goes down from `pose`, whose place it takes.
    func move(_ pose: inout PoseHypothesis, refiner: PoseRefiner, scratch: inout PoseScratch) {
        let modes = refiner.model.modeCount
        let (rates, lastReach) = (learningRate, PoseRefiner.lastReach)
        var adam = AdamW(count: 8 + modes)
        var gradient: [Double] = []
        for step in 0..<steps {
            let share = min(Double(step) / (Self.lastReachFrom * Double(steps)), 1)
            let reach = Self.firstReach * pow(lastReach / Self.firstReach, share)
            _ = refiner.energy(of: pose, reach: reach, gradient: &gradient, scratch: &scratch)
            adam.beginStep()
            let (rate, size) = (rates.value(at: step), pose.scale * refiner.model.diameter)
            func move(_ index: Int, unit: Double) -> Double {
                -rate * unit * adam.direction(index, gradient: unit * gradient[index])
            }
            let turn = SIMD3(move(0, unit: 1), move(1, unit: 1), move(2, unit: 1))
            pose.rotation = Rotation(rotationVector: turn).composed(with: pose.rotation)
            pose.translation += SIMD3(move(3, unit: size), move(4, unit: size), move(5, unit: size))
            pose.scale *= exp(move(6, unit: 1))
            if refiner.logFocalDeviation > 0 { pose.logFocalChange += move(7, unit: 1) }
            for k in 0..<modes {
                let moved = pose.modes[k] + Float(move(8 + k, unit: Self.modeUnit))
                // As far as a Gauss-Newton step may go.
                pose.modes[k] = min(max(moved, -4), 4)
            }
        }
    }
}
