// SPDX-License-Identifier: Apache-2.0

/// Where a solver came out.
public struct Alignment: Hashable, Sendable {
    /// Why it stopped.
    public enum StopReason: String, Hashable, Sendable {
        /// The schedule ended.
        case scheduleEnded
        /// An unknown was no longer finite, or the object came to lie behind the camera: the result is worthless.
        case diverged
    }

    /// Keypoints and focal length.
    public let state: AlignmentState
    /// Terms at the schedule's final weights, the geometric prior in full.
    public let terms: EnergyBreakdown
    /// Their weighted sum (equation 13); infinite where the solver diverged.
    public let energy: Double
    /// Number of the start that led here.
    public let start: Int
    /// Why it stopped.
    public let stopReason: StopReason

    /// Joins a state and its energy.
    public init(
        state: AlignmentState, terms: EnergyBreakdown, energy: Double, start: Int, stopReason: StopReason
    ) {
        self.state = state
        self.terms = terms
        self.energy = energy
        self.start = start
        self.stopReason = stopReason
    }
}
