// SPDX-License-Identifier: Apache-2.0

/// How keypoints are found.
public enum Solver: String, Hashable, Sendable, CaseIterable {
    /// Search over the evidence, then Gauss-Newton on pose and shape modes.
    case fast
    /// The paper's: AdamW over the schedule of Table 5 on all keypoints.
    case adamw
}

/// Options of `Tracker`.
public struct TrackerConfiguration: Hashable, Sendable {
    /// How keypoints are found.
    public var solver = Solver.fast
    /// Different solutions that are followed at a time.
    public var hypothesisLimit = 4
    /// A solution whose support has fallen behind the best one's by this much is given up.
    public var hypothesisMargin = 1.0
    /// Least share of the object that must be explained for an answer, 0…1.
    public var leastCoverage = 0.4
    /// Least semantic support of an answer: mean over the object's patches of the log of likelihood over chance.
    ///
    /// Right answers have 1.2 to 4, most foreign objects less than 0.4 (docs/design/solver.md).
    public var leastSemantics = 0.4
    /// Least likeness of an answer: mean similarity of the points in view to their patches, as a share of the class's own.
    ///
    /// Most right answers have 0.7 and more, foreign objects 0.3 at most (docs/design/solver.md).
    public var leastLikeness = 0.35
    /// Support that much lower than what the track had starts a search.
    public var supportDrop = 0.6
    /// After this many frames all directions have been tried once more beside the followed solutions.
    public var framesBetweenChecks = 48
    /// True where a search may come in parts after the answer (`Tracker.explore`).
    ///
    /// The answers until then are those of the track where that still has support, and have no keypoints where not.
    public var defersSearches = false
    /// Time for one frame [ms]; 0 = as long as it takes.
    ///
    /// Where it runs out the answer is what has been reached by then, and its message says so. One comparison with the
    /// class, one judgement and one step's time come on top. `adamw`'s schedule is not shortened.
    public var budgetMilliseconds = 0.0
    /// Starts of `adamw` at a cold start, and its seed.
    public var starts = 16
    /// Seed of random starts.
    public var seed: UInt64 = 0
    /// The schedule of `adamw`, and what is changed in it.
    public var schedule = ScheduleConfiguration()

    /// The defaults.
    public init() {}
}
