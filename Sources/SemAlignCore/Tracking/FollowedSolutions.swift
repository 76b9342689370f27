// SPDX-License-Identifier: Apache-2.0

/// Distinct solutions that are followed side by side, the leader first.
///
/// Near-symmetric solutions differ little in one frame: so each has a running mean of its support, and the lead changes
/// only where another's is clearly higher. A wrong first answer is left within some frames, and a right one is not
/// left for one bad view.
struct FollowedSolutions: Sendable {
    private(set) var solutions: [PoseHypothesis] = []
    /// Running mean of the support of each.
    private var records: [Double] = []

    /// Weight of a new frame in the running mean.
    private static let share = 0.4
    /// How far a record must lie above the leader's to take the lead.
    private static let leadMargin = 0.15
    /// How far below its own support a newcomer's record starts.
    private static let handicap = 0.3

    let limit: Int
    let margin: Double
    let diameter: Double

    /// Follows nothing yet; see `TrackerConfiguration` for limit and margin.
    init(_ configuration: TrackerConfiguration, diameter: Double) {
        (limit, margin) = (configuration.hypothesisLimit, configuration.hypothesisMargin)
        self.diameter = diameter
    }

    var isEmpty: Bool { solutions.isEmpty }

    mutating func removeAll() { (solutions, records) = ([], []) }

    /// Lets `body` change the solutions, in place and order, by what a frame shows; then the records follow.
    mutating func update(_ body: (inout [PoseHypothesis]) -> Void) {
        body(&solutions)
        for i in solutions.indices { records[i] += Self.share * (solutions[i].support - records[i]) }
        order(leading: solutions.isEmpty ? nil : 0)
    }

    /// A newcomer is followed too where it differs from the others and comes near them.
    mutating func add(_ newcomer: PoseHypothesis) {
        guard solutions.allSatisfy({ newcomer.differs(from: $0, diameter: diameter) }) else { return }
        solutions.append(newcomer)
        records.append(newcomer.support - Self.handicap)
        order(leading: 0)
    }

    /// What a search found takes over, with what was followed so far beside it.
    mutating func takeOver(_ found: [PoseHypothesis]) {
        solutions = (found + solutions).sorted { $0.support > $1.support }
        records = solutions.map(\.support)
        order(leading: nil)
    }

    /// Sorts by record and gives up what fell behind, met another or is beyond the limit.
    private mutating func order(leading leader: Int?) {
        var indices = solutions.indices.sorted { records[$0] > records[$1] }
        if let leader, let first = indices.first, records[first] < records[leader] + Self.leadMargin,
            let place = indices.firstIndex(of: leader)
        {
            indices.remove(at: place)
            indices.insert(leader, at: 0)
        }
        var kept: [Int] = []
        for i in indices where records[i] > records[indices[0]] - margin && kept.count < limit {
            if kept.allSatisfy({ solutions[$0].differs(from: solutions[i], diameter: diameter) }) {
                kept.append(i)
            }
        }
        (solutions, records) = (kept.map { solutions[$0] }, kept.map { records[$0] })
    }
}
