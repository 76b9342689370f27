// SPDX-License-Identifier: Apache-2.0

/// A part of the energy that can be left out.
public enum EnergyTerm: String, Hashable, Sendable, CaseIterable {
    /// L_dense (equations 7 and 8).
    case dense
    /// L_sparse.
    case sparse
    /// L_geom (equation 10).
    case geometry
    /// L_background (equation 11).
    case background
    /// L_depth (equation 12).
    case depth
    /// Agreement with measured depth (not in the paper).
    case measured
    /// Agreement with the class's metric scale (not in the paper).
    case scale
    /// What a point's chance to be seen counts in the image terms (not in the paper): without it all count alike.
    case visibility

    /// The weight that makes the term vanish where it is zero.
    public var parameter: ScheduleParameter {
        switch self {
        case .dense: .dense
        case .sparse: .sparse
        case .geometry: .geometry
        case .background: .background
        case .depth: .depth
        case .measured: .measured
        case .scale: .scale
        case .visibility: .visibility
        }
    }
}

/// A number of a schedule that changes over the steps, under the name that Table 5 gives it.
public enum ScheduleParameter: String, Hashable, Sendable, CaseIterable {
    /// Step size of AdamW [gauge units].
    case learningRate = "learning_rate"
    /// σ of equation 5 in the dense term [normalised].
    case denseSigma = "sigma_dense"
    /// σ of equation 5 in the sparse term [normalised].
    case sparseSigma = "sigma_sparse"
    /// w_dense.
    case dense = "w_dense"
    /// w_sparse.
    case sparse = "w_sparse"
    /// w_geom.
    case geometry = "w_geom"
    /// w_background.
    case background = "w_background"
    /// w_depth.
    case depth = "w_depth"
    /// Weight of measured depth.
    case measured = "w_measured"
    /// Weight of the class's metric scale.
    case scale = "w_scale"
    /// Exponent of a point's chance to be seen.
    case visibility

    /// True where zero has no meaning: a width or a step size.
    public var isPositive: Bool { [.learningRate, .denseSigma, .sparseSigma].contains(self) }

    /// Where a schedule holds it.
    var path: WritableKeyPath<AlignmentSchedule, Ramp> {
        switch self {
        case .learningRate: \.learningRate
        case .denseSigma: \.denseSigma
        case .sparseSigma: \.sparseSigma
        case .dense: \.dense
        case .sparse: \.sparse
        case .geometry: \.geometry
        case .background: \.background
        case .depth: \.depth
        case .measured: \.measured
        case .scale: \.scale
        case .visibility: \.visibility
        }
    }
}

/// Which schedule `adamw` follows, and what is changed in it.
public struct ScheduleConfiguration: Hashable, Sendable {
    /// A schedule to begin with.
    public enum Base: String, Hashable, Sendable, CaseIterable {
        /// `metric` where a frame has metric depth and a known camera, else `published`.
        case automatic
        /// Table 5 of the paper's supplement, for the class's name; measured depth then has no say.
        case published
        /// The same with measured depth.
        case metric
    }

    /// The schedule to begin with.
    public var base = Base.automatic
    /// Number of steps that the base's phases are stretched to; `nil` = the base's own.
    public var steps: Int?
    /// First step of a cold start; `nil` = the base's own.
    public var firstStep: Int?
    /// What stands in place of the base's numbers, over `steps` steps.
    public var ramps: [ScheduleParameter: Ramp] = [:]
    /// Terms that are left out.
    public var without: Set<EnergyTerm> = []
    /// Number of steps that the whole is stretched to at the end; `nil` = as it is.
    public var stretchedSteps: Int?

    /// The schedule that class and frame bring, unchanged.
    public init() {}

    /// The schedule for a class and a frame, which `isMetric` where depth and camera are.
    ///
    /// Precondition: steps are at least 1.
    public func schedule(className: String, isMetric: Bool) -> AlignmentSchedule {
        let takesMeasurement = base == .metric || (base == .automatic && isMetric)
        var schedule: AlignmentSchedule =
            takesMeasurement ? .metric(className: className) : .published(className: className)
        if let steps { schedule = schedule.stretched(to: steps) }
        if let firstStep { schedule.firstStep = firstStep }
        for (parameter, ramp) in ramps { schedule[keyPath: parameter.path] = ramp }
        for term in without { schedule[keyPath: term.parameter.path] = .constant(0) }
        if let stretchedSteps { schedule = schedule.stretched(to: stretchedSteps) }
        return schedule
    }
}

extension AlignmentSchedule {
    /// The same phases, in proportion, over another number of steps.
    ///
    /// Precondition: `count` is at least 1.
    public func stretched(to count: Int) -> AlignmentSchedule {
        precondition(count > 0, "a schedule has at least one step")
        var result = self
        result.steps = count
        let factor = Double(count) / Double(max(steps, 1))
        result.firstStep = Int((Double(firstStep) * factor).rounded())
        for parameter in ScheduleParameter.allCases {
            result[keyPath: parameter.path] = self[keyPath: parameter.path].stretched(by: factor)
        }
        return result
    }
}

extension Ramp {
    /// The same values at timesteps times `factor`; of those that fall on one step the last holds.
    func stretched(by factor: Double) -> Ramp {
        var kept: [(step: Int, value: Double)] = []
        for (timestep, value) in zip(timesteps, values) {
            let step = Int((Double(timestep) * factor).rounded())
            if kept.last?.step == step { kept.removeLast() }
            kept.append((step, value))
        }
        return Ramp(kept.map(\.step), kept.map(\.value))
    }
}
