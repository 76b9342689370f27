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
    /// Places, canonical points (3 numbers each) and weights of the matches that count from one direction.
    var places: [Float] = []
    var canonical: [Float] = []
    var weights: [Float] = []
    /// Places less what a rotation makes of the canonical points.
    var offsets: [Float] = []
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

/// Chooses the best hypotheses that differ from one another.
struct DistinctChoice: Sendable {
    private var supports: [Double] = []
    private var order: [Int32] = []

    /// The best `limit` of `source` that differ from all better ones in rotation or place, best first, into `target`.
    mutating func choose(
        _ limit: Int, of source: [PoseHypothesis], into target: inout [PoseHypothesis], diameter: Double
    ) {
        supports.removeAll(keepingCapacity: true)
        supports.reserveCapacity(source.capacity)
        for candidate in source { supports.append(candidate.support) }
        order.reserveCapacity(source.capacity)
        refill(&order, count: source.count, with: 0, most: source.capacity)
        unsafe semalign_order_descending(supports, Int32(source.count), &order)
        target.removeAll(keepingCapacity: true)
        target.reserveCapacity(limit)
        for i in order where target.count < limit {
            let candidate = source[Int(i)]
            let isNew = target.allSatisfy { candidate.differs(from: $0, diameter: diameter) }
            if isNew { target.append(candidate) }
        }
    }
}
