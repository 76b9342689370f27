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
        // A search finds a dozen beside them.
        solutions.reserveCapacity(limit + 16)
        records.reserveCapacity(limit + 16)
    }

    var isEmpty: Bool { solutions.isEmpty }

    mutating func removeAll() {
        solutions.removeAll(keepingCapacity: true)
        records.removeAll(keepingCapacity: true)
    }

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
    mutating func takeOver(_ found: some Collection<PoseHypothesis>) {
        // Of equals those that were found come first.
        solutions.insert(contentsOf: found, at: 0)
        records.removeAll(keepingCapacity: true)
        for solution in solutions { records.append(solution.support) }
        order(leading: nil)
    }

    /// Sorts by record and gives up what fell behind, met another or is beyond the limit; in place.
    private mutating func order(leading leader: Int?) {
        var leader = leader
        // Few enough for the simplest way that keeps the order of equals.
        for i in solutions.indices.dropFirst() {
            var k = i
            while k > 0, records[k] > records[k - 1] {
                exchange(k, k - 1)
                if leader == k { leader = k - 1 } else if leader == k - 1 { leader = k }
                k -= 1
            }
        }
        if let place = leader, records[0] < records[place] + Self.leadMargin {
            for k in stride(from: place, to: 0, by: -1) { exchange(k, k - 1) }
        }
        var kept = 0
        for i in solutions.indices where records[i] > records[0] - margin && kept < limit {
            let isNew = solutions[..<kept].allSatisfy { $0.differs(from: solutions[i], diameter: diameter) }
            guard isNew else { continue }
            if kept < i { exchange(kept, i) }
            kept += 1
        }
        solutions.removeLast(solutions.count - kept)
        records.removeLast(records.count - kept)
    }

    private mutating func exchange(_ a: Int, _ b: Int) {
        solutions.swapAt(a, b)
        records.swapAt(a, b)
    }
}
