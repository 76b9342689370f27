// SPDX-License-Identifier: Apache-2.0

/// A number that changes over the steps: linear between its timesteps, constant before the first and after the last.
public struct Ramp: Hashable, Sendable {
    /// Ascending steps.
    public let timesteps: [Int]
    /// Value at each of them.
    public let values: [Double]

    /// Joins timesteps and values.
    ///
    /// Precondition: as many values as timesteps, at least one, timesteps strictly ascending.
    public init(_ timesteps: [Int], _ values: [Double]) {
        precondition(
            !values.isEmpty && timesteps.count == values.count
                && zip(timesteps, timesteps.dropFirst()).allSatisfy { $0 < $1 },
            "a ramp needs one value for each of its ascending timesteps")
        self.timesteps = timesteps
        self.values = values
    }

    /// A number that does not change.
    public static func constant(_ value: Double) -> Ramp { Ramp([0], [value]) }

    /// The number at `step`.
    public func value(at step: Int) -> Double {
        var last = 0
        while last + 1 < timesteps.count, timesteps[last + 1] <= step { last += 1 }
        guard step > timesteps[last], last + 1 < timesteps.count else { return values[last] }
        let part = Double(step - timesteps[last]) / Double(timesteps[last + 1] - timesteps[last])
        return values[last] + part * (values[last + 1] - values[last])
    }
}

/// Weights and widths of the energy over the steps of an alignment (Table 5 of the paper's supplement).
public struct AlignmentSchedule: Hashable, Sendable {
    /// Number of the step after the last.
    public var steps = 1000
    /// Number of the first step of a cold start.
    public var firstStep = 0
    /// Step size of AdamW [gauge units: the cloud has diameter 1].
    public var learningRate = Ramp.constant(5e-3)
    /// σ of equation 5 in the dense term.
    public var denseSigma = Ramp([0, 300, 500], [1.0, 0.1, 0.03])
    /// σ of equation 5 in the sparse term.
    public var sparseSigma = Ramp([0, 300, 500, 700], [1.0, 0.1, 0.1, 0.05])
    /// w_dense.
    public var dense = Ramp.constant(1)
    /// w_sparse.
    public var sparse = Ramp([0, 500, 700, 1000], [0, 0, 10, 1])
    /// w_geom.
    public var geometry = Ramp.constant(0.5)
    /// w_background.
    public var background = Ramp([0, 300, 500, 700], [1, 10, 100, 10])
    /// w_depth.
    public var depth = Ramp.constant(10)
    /// Weight of measured depth (not in the paper).
    public var measured = Ramp.constant(0)
    /// Weight of the class's metric scale (not in the paper).
    public var scale = Ramp.constant(0)

    /// How much a point's chance to be seen counts in the image terms (not in the paper).
    public var visibility = Ramp.constant(0)

    /// Makes the published schedule of all classes but `bottle`.
    public init() {}

    /// The published schedule of the class named `className`.
    public static func published(className: String = "") -> AlignmentSchedule {
        var schedule = AlignmentSchedule()
        if className == "bottle" {
            schedule.sparseSigma = Ramp([0, 300, 500, 700], [1.0, 0.3, 0.3, 0.05])
            schedule.sparse = Ramp([0, 500, 700, 1000], [0, 0, 1, 10])
            schedule.background = Ramp([0, 700, 900, 1000], [0, 0, 1, 20])
        }
        return schedule
    }

    /// The published schedule with measured depth, the class's scale, visibility, and a step size that ends small.
    ///
    /// It begins at step 250, σ = 0.25: wider, the image would forget the pose that a start was chosen for.
    public static func metric(className: String = "") -> AlignmentSchedule {
        var schedule = published(className: className)
        schedule.firstStep = 250
        schedule.measured = Ramp([0, 300], [0.02, 0.1])
        schedule.scale = .constant(0.02)
        // From the start it would hold a wrong pose: points on the far side could not call for a turn.
        schedule.visibility = Ramp([300, 500], [0, 1])
        schedule.learningRate = Ramp([0, 800, 1000], [5e-3, 5e-3, 1e-3])
        return schedule
    }

    /// The steps of a cold start: all of them.
    public var coldSteps: Range<Int> { firstStep..<max(steps, firstStep) }

    /// The steps of a warm start: the last tenth, one at least.
    public var warmSteps: Range<Int> { (steps - max(steps / 10, 1))..<steps }

    /// Weights and widths at `step`.
    public func weights(at step: Int) -> EnergyWeights {
        var weights = EnergyWeights()
        weights.dense = dense.value(at: step)
        weights.sparse = sparse.value(at: step)
        weights.geometry = geometry.value(at: step)
        weights.background = background.value(at: step)
        weights.depth = depth.value(at: step)
        weights.measured = measured.value(at: step)
        weights.scale = scale.value(at: step)
        weights.visibility = visibility.value(at: step)
        weights.denseSigma = denseSigma.value(at: step)
        weights.sparseSigma = sparseSigma.value(at: step)
        return weights
    }

    /// Weights after the last step: those by which results are compared.
    public var finalWeights: EnergyWeights { weights(at: steps) }
}
