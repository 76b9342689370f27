// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignKernels

/// Finds poses from the evidence of one frame, without a guess to start from (METHOD 4.2).
///
/// Every rotation of a grid over all orientations is tried. For each, the matches between the points visible
/// from there and their best patches, lifted by depth, vote for the translation; the best are refined.
struct PoseSearch {
    let model: EvidenceModel
    private let evidence: FrameEvidence
    private var refiner: PoseRefiner

    /// Turns about the line of sight that are tried.
    private static let turns = 24
    /// Distinct hypotheses that are refined coarsely, and finely.
    private static let coarseCount = 64
    private static let fineCount = 12

    /// A point of the class and a place where the frame shows its like.
    private struct Match {
        let point: Int
        /// In the camera frame; z is a guess where there is no depth.
        let position: SIMD3<Float>
        let weight: Float
    }

    init(model: EvidenceModel, refiner: PoseRefiner) {
        self.model = model
        self.refiner = refiner
        self.refiner.evidence.addGrids(forReach: 0.5 * refiner.evidence.radius)
        evidence = self.refiner.evidence
    }

    /// The best distinct hypotheses, best first.
    func run() -> [PoseHypothesis] {
        search(
            model.representation.visibility.directions.indices, coarseCount: Self.coarseCount,
            fineCount: Self.fineCount)
    }

    /// The best hypothesis among every `count`-th direction from `slice` on: a small part of a search.
    func run(slice: Int, of count: Int) -> PoseHypothesis? {
        let directions = Array(
            stride(from: slice, to: model.representation.visibility.directions.count, by: count))
        return search(directions, coarseCount: 3, fineCount: 1, thoroughness: 0.4).first
    }

    private func search(
        _ directions: some Sequence<Int>, coarseCount: Int, fineCount: Int, thoroughness: Double = 1
    )
        -> [PoseHypothesis]
    {
        let scale = exp(refiner.logScaleMean)
        let center = objectCenter(scale: scale)
        let matches = matches(depthWithout: center.z)
        var votes = vote(matches, center: center, scale: scale, directions: directions)
        refiner.glance(at: &votes, stride: thin(to: 100 * thoroughness), reach: 0.3)
        votes.sort { $0.support > $1.support }
        var coarse = distinct(votes, limit: coarseCount)
        for i in coarse.indices {
            refiner.refine(
                &coarse[i], steps: 5, reach: (0.5, 0.2), modes: 0, stride: thin(to: 150 * thoroughness))
        }
        refiner.judge(&coarse, reach: 0.2, stride: thin(to: 170 * thoroughness))
        coarse.sort { $0.support > $1.support }
        var fine = distinct(coarse, limit: fineCount)
        for i in fine.indices {
            refiner.refine(
                &fine[i], steps: 20, reach: (0.3, 0.09), modes: model.modeCount,
                stride: thin(to: 250 * thoroughness))
            refiner.refine(
                &fine[i], steps: 10, reach: (0.085, 0.05), modes: model.modeCount,
                stride: thin(to: 500 * thoroughness))
        }
        refiner.judge(&fine, reach: 0.1)
        fine.sort { $0.support > $1.support }
        return distinct(fine, limit: fineCount)
    }

    /// Every so many dense points are looked at for some `count` of them in all: more would tell no more at this stage.
    private func thin(to count: Double) -> Int {
        max(1, Int(Double(model.pointCount - model.keypointCount) / count))
    }

    /// Centre of the object's visible surface, or a guess at its depth from its size in the image.
    private func objectCenter(scale: Double) -> SIMD3<Double> {
        let guess = evidence.camera.focalLength.x * model.visibleRadius * scale / evidence.radius
        return evidence.camera.unproject(evidence.center, depth: evidence.medianDepth ?? guess)
    }

    /// For every point its two best patches that are apart.
    private func matches(depthWithout guess: Double) -> [Match] {
        var matches: [Match] = []
        let grid = evidence.grids[0]
        let stride = max(1, (model.pointCount - model.keypointCount) / 200)
        for point in 0..<model.pointCount {
            if point >= model.keypointCount, (point - model.keypointCount) % stride != 0 { continue }
            var taken: [SIMD2<Double>] = []
            for _ in 0..<2 {
                guard let best = bestCell(for: point, apartFrom: taken.first) else { break }
                let pixel = grid.center(of: best.cell)
                taken.append(pixel)
                let depth = grid.depth[best.cell] > 0 ? Double(grid.depth[best.cell]) : guess
                let position = evidence.camera.unproject(pixel, depth: depth)
                matches.append(
                    Match(
                        point: point, position: SIMD3<Float>(position),
                        weight: min(best.match * best.match, 6) * model.weights[point]))
            }
        }
        return matches
    }

    /// The patch that matches a point best, at least three patches from `other`; `nil` where none does.
    private func bestCell(for point: Int, apartFrom other: SIMD2<Double>?) -> (cell: Int, match: Float)? {
        let grid = evidence.grids[0]
        let start = point * grid.cellCount
        var (best, bestMatch): (Int?, Float) = (nil, 1.1)
        for cell in 0..<grid.cellCount where grid.match[start + cell] > bestMatch {
            if let other {
                let d = (grid.center(of: cell) - other) / grid.cellSize
                if (d * d).sum() < 9 { continue }
            }
            (best, bestMatch) = (cell, grid.match[start + cell])
        }
        return best.map { ($0, bestMatch) }
    }

    /// Two hypotheses per rotation: where most matches agree, and centred on the visible surface.
    private func vote(
        _ matches: [Match], center: SIMD3<Double>, scale: Double, directions: some Sequence<Int>
    ) -> [PoseHypothesis] {
        let toObject = lineOfSight(center)
        let visibility = model.representation.visibility
        let positions = model.representation.points
        let spread = Float(0.12 * scale * model.diameter)
        var scratch = [Float](repeating: 0, count: 3 * matches.count)
        var hypotheses: [PoseHypothesis] = []
        for d in directions {
            let usable = matches.filter { visibility.probability(point: $0.point, direction: d) > 0.5 }
            let seen = positions.indices.filter { visibility.probability(point: $0, direction: d) > 0.5 }
            guard usable.count >= 3, !seen.isEmpty else { continue }
            let seenMean = seen.reduce(SIMD3<Double>.zero) { $0 + positions[$1] } / Double(seen.count)
            let places = usable.flatMap { [$0.position.x, $0.position.y, $0.position.z] }
            let canonical = usable.flatMap { match in
                (0..<3).map { model.points[3 * match.point + $0] }
            }
            let weights = usable.map(\.weight)
            for turn in 0..<Self.turns {
                let rotation = toObject.composed(
                    with: view(
                        from: SIMD3<Double>(visibility.directions[d]),
                        turned: 2 * .pi * Double(turn) / Double(Self.turns)))
                let centred = center - scale * rotation.apply(seenMean)
                var place = [Float(centred.x), Float(centred.y), Float(centred.z)]
                unsafe semalign_vote_translation(
                    places, canonical, weights, Int32(usable.count), rotation.rows, Float(scale), spread,
                    evidence.hasDepth ? 0 : 1, &place, &scratch)
                let voted = SIMD3(Double(place[0]), Double(place[1]), Double(place[2]))
                for translation in [voted, centred] {
                    hypotheses.append(
                        PoseHypothesis(rotation: rotation, translation: translation, scale: scale))
                }
            }
        }
        return hypotheses
    }

    /// Camera-from-class rotation of a camera that looks from `direction` at the object, turned about its axis.
    private func view(from direction: SIMD3<Double>, turned angle: Double) -> Rotation {
        let side = unit(cross(direction, abs(direction.z) < 0.9 ? [0, 0, 1] : [1, 0, 0]))
        let down = cross(-direction, side)
        // Rows of the rotation are the camera's axes in the class frame: x, y, and z away from the camera.
        let x = cos(angle) * side + sin(angle) * down
        let y = cross(-direction, x)
        let z = -direction
        return Rotation(x: [x.x, y.x, z.x], y: [x.y, y.y, z.y], z: [x.z, y.z, z.z])
    }

    /// Rotation that turns the optical axis to the object: views are tried about the line of sight.
    private func lineOfSight(_ center: SIMD3<Double>) -> Rotation {
        let z = unit(center)
        let x = unit(cross([0, 1, 0], z))
        return Rotation(x: x, y: cross(z, x), z: z)
    }

    /// The first `limit` hypotheses that differ from all before them in rotation or place.
    private func distinct(_ sorted: [PoseHypothesis], limit: Int) -> [PoseHypothesis] {
        var kept: [PoseHypothesis] = []
        for candidate in sorted {
            let isNew = kept.allSatisfy { candidate.differs(from: $0, diameter: model.diameter) }
            if isNew { kept.append(candidate) }
            if kept.count == limit { break }
        }
        return kept
    }
}

extension Rotation {
    /// The nine entries, row by row.
    var rows: [Float] {
        [x.x, y.x, z.x, x.y, y.y, z.y, x.z, y.z, z.z].map { Float($0) }
    }
}
