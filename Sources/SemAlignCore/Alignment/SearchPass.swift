// SPDX-License-Identifier: Apache-2.0

/// How thoroughly a search looks, and how far it has got: it can be left between two of its parts.
struct SearchPass: Sendable {
    /// What a search does, one after the other.
    enum Stage: Sendable {
        /// Hypotheses from every direction.
        case vote
        /// The best of them are refined coarsely, then the best of those finely.
        case coarse, fine
        case finished
    }

    /// How much is done before the search may be left: directions, and hypotheses of the two refinements.
    struct Portion: Sendable {
        let directions: Int
        let coarse: Int
        let fine: Int

        static let all = Portion(directions: .max, coarse: .max, fine: .max)
        /// A few milliseconds each.
        static let part = Portion(directions: 24, coarse: 16, fine: 3)
    }

    /// Distinct hypotheses that are refined coarsely, and finely.
    let coarseCount: Int
    let fineCount: Int
    /// Share of the points that are looked at.
    let thoroughness: Double
    private(set) var stage = Stage.vote
    /// Directions, or hypotheses, that this stage is done with.
    var done = 0
    /// Directions that have been tried, once that is over.
    var directionsTried = 0
    /// False where time ran out before all was tried.
    var isComplete = true

    /// Every direction, as thoroughly as it goes.
    static let whole = SearchPass(coarseCount: 64, fineCount: 12, thoroughness: 1)

    init(coarseCount: Int, fineCount: Int, thoroughness: Double) {
        self.coarseCount = coarseCount
        self.fineCount = fineCount
        self.thoroughness = thoroughness
    }

    var isFinished: Bool { stage == .finished }

    /// Goes over to the next stage.
    mutating func begin(_ next: Stage) { (stage, done) = (next, 0) }
}
