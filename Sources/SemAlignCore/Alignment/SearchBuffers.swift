// SPDX-License-Identifier: Apache-2.0

import SemAlignKernels

/// Memory of a search, kept from one to the next.
struct SearchBuffers: Sendable {
    /// A point of the class and a place where the frame shows its like.
    struct Match: Sendable {
        let point: Int
        /// In the camera frame; z is a guess where there is no depth.
        let position: SIMD3<Float>
        let weight: Float
    }

    var matches: [Match] = []
    /// Memory of the thread that searches, and of the one that may help it.
    var scratch = SearchScratch()
    var helperScratch = SearchScratch()
    /// `PoseVotes.perDirection` hypotheses for each direction, in the order in which they are tried.
    var votes: [PoseHypothesis] = []
    var coarse: [PoseHypothesis] = []
    var fine: [PoseHypothesis] = []
    /// What the search found, best first.
    var found: [PoseHypothesis] = []
    /// What the best of several searches found.
    var best: [PoseHypothesis] = []
    var choice = DistinctChoice()
    /// Where a whole search starts: where the time of the one before ran out.
    var nextDirection = 0
}

/// Memory that a thread of a search has for itself.
struct SearchScratch: Sendable {
    var pose = PoseScratch()
    /// Places, canonical points (3 numbers each) and weights of the matches that count from one direction.
    var places: [Float] = []
    var canonical: [Float] = []
    var weights: [Float] = []
    /// Places less what a rotation makes of the canonical points.
    var offsets: [Float] = []

    /// Makes room for all that a search with `refiner` needs, so that its threads get no memory from the system.
    mutating func prepare(for refiner: PoseRefiner) {
        empty()
        // Two matches a point at most.
        let count = refiner.model.pointCount
        places.reserveCapacity(6 * count)
        canonical.reserveCapacity(6 * count)
        weights.reserveCapacity(2 * count)
        resize(&offsets, to: 6 * count)
        refiner.prepare(&pose)
        // Enough for any of the frame's grids.
        pose.covered.reserveCapacity(refiner.evidence.grids[0].count.capacity)
    }

    /// Empties the lists of matches.
    mutating func empty() {
        places.removeAll(keepingCapacity: true)
        canonical.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
    }
}

/// Chooses the best hypotheses that differ from one another.
struct DistinctChoice: Sendable {
    private var supports: [Double] = []
    private var order: [Int32] = []

    /// The best `limit` of the first `count` of `source` that differ from all better ones in rotation or place, best
    /// first, into `target`; none without support.
    mutating func choose(
        _ limit: Int, of source: [PoseHypothesis], count: Int, into target: inout [PoseHypothesis],
        diameter: Double
    ) {
        supports.removeAll(keepingCapacity: true)
        supports.reserveCapacity(source.capacity)
        for candidate in source.prefix(count) { supports.append(candidate.support) }
        order.reserveCapacity(source.capacity)
        refill(&order, count: count, with: 0, most: source.capacity)
        unsafe semalign_order_descending(supports, Int32(count), &order)
        target.removeAll(keepingCapacity: true)
        target.reserveCapacity(limit)
        for i in order where target.count < limit {
            let candidate = source[Int(i)]
            guard candidate.support > -.infinity else { break }
            let isNew = target.allSatisfy { candidate.differs(from: $0, diameter: diameter) }
            if isNew { target.append(candidate) }
        }
    }
}
