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
    /// Reach of the first steps [object radii]: grids that resolve it are enough.
    static let coarsestReach = 0.5

    init(model: EvidenceModel, refiner: PoseRefiner) {
        self.model = model
        self.refiner = refiner
        self.refiner.evidence.readCoarseGrids(forReach: Self.coarsestReach * refiner.evidence.radius)
        evidence = self.refiner.evidence
    }

    /// Finds the best distinct hypotheses, best first, into `buffers.found`.
    ///
    /// Where `budget` runs out it makes do with what it has, at least one hypothesis; the next search then begins with
    /// the directions that this one has not tried. Returns false where that was so.
    func run(
        _ buffers: inout SearchBuffers, scratch: inout PoseScratch, budget: TimeBudget = .unlimited,
        clock: () -> UInt64 = { 0 }
    ) -> Bool {
        let count = model.representation.visibility.directions.count
        let first = buffers.nextDirection < count ? buffers.nextDirection : 0
        var pass = SearchPass.whole
        let directions = stride(from: first, to: first + count, by: 1)
        repeat {
            advance(&pass, directions, .all, &buffers, &scratch, budget, clock)
        } while !pass.isFinished
        buffers.nextDirection = pass.directionsTried < count ? (first + pass.directionsTried) % count : 0
        return pass.isComplete
    }

    /// Goes on with a whole search of this frame: one part, and further ones while `hasTime` says so.
    ///
    /// Nothing else may use `buffers` until `pass` is finished; then `buffers.found` is what `run` would have found.
    func resume(
        _ pass: inout SearchPass, _ buffers: inout SearchBuffers, scratch: inout PoseScratch,
        while hasTime: () -> Bool
    ) {
        let directions = stride(from: 0, to: model.representation.visibility.directions.count, by: 1)
        repeat {
            advance(&pass, directions, .part, &buffers, &scratch, .unlimited, { 0 })
        } while !pass.isFinished && hasTime()
    }

    /// The best hypothesis among every `count`-th direction from `slice` on: a small part of a search.
    func run(
        slice: Int, of count: Int, _ buffers: inout SearchBuffers, scratch: inout PoseScratch,
        budget: TimeBudget = .unlimited, clock: () -> UInt64 = { 0 }
    ) -> PoseHypothesis? {
        let directions = stride(
            from: slice, to: model.representation.visibility.directions.count, by: count)
        var pass = SearchPass(coarseCount: 3, fineCount: 1, thoroughness: 0.4)
        repeat {
            advance(&pass, directions, .all, &buffers, &scratch, budget, clock)
        } while !pass.isFinished
        return buffers.found.first
    }

    /// Does some of what the pass is at, and what follows from it once that is done.
    private func advance(
        _ pass: inout SearchPass, _ directions: StrideTo<Int>, _ portion: SearchPass.Portion,
        _ buffers: inout SearchBuffers, _ scratch: inout PoseScratch, _ budget: TimeBudget,
        _ clock: () -> UInt64
    ) {
        switch pass.stage {
        case .vote:
            vote(
                &pass, directions, atMost: portion.directions, &buffers, &scratch, budget.share(0.5, clock),
                clock)
            guard !pass.isComplete || pass.directionsTried >= directions.underestimatedCount else { return }
            buffers.choice.choose(
                pass.coarseCount, of: buffers.votes, into: &buffers.coarse, diameter: model.diameter)
            pass.begin(.coarse)
        case .coarse:
            refineCoarsely(
                &pass, &buffers.coarse, atMost: portion.coarse, &scratch, budget.share(0.5, clock), clock)
            guard pass.refined >= buffers.coarse.count else { return }
            refiner.judge(
                &buffers.coarse, reach: 0.2, stride: thin(to: 170 * pass.thoroughness), scratch: &scratch)
            buffers.choice.choose(
                pass.fineCount, of: buffers.coarse, into: &buffers.fine, diameter: model.diameter)
            pass.begin(.fine)
        case .fine:
            refineFinely(&pass, &buffers.fine, atMost: portion.fine, &scratch, budget, clock)
            guard pass.refined >= buffers.fine.count else { return }
            refiner.judge(&buffers.fine, reach: 0.1, scratch: &scratch)
            buffers.choice.choose(
                pass.fineCount, of: buffers.fine, into: &buffers.found, diameter: model.diameter)
            pass.begin(.finished)
        case .finished: break
        }
    }

    private func refineCoarsely(
        _ pass: inout SearchPass, _ hypotheses: inout [PoseHypothesis], atMost limit: Int,
        _ scratch: inout PoseScratch, _ budget: TimeBudget, _ clock: () -> UInt64
    ) {
        let steps = 5
        for i in hypotheses.indices.dropFirst(pass.refined).prefix(limit) {
            let made = refiner.refine(
                &hypotheses[i], steps: steps, reach: (Self.coarsestReach, 0.2), modes: 0,
                stride: thin(to: 150 * pass.thoroughness), scratch: &scratch
            ) { budget.isLeft(clock) }
            pass.refined += 1
            if made < steps {
                pass.stop(&hypotheses)
                break
            }
        }
    }

    private func refineFinely(
        _ pass: inout SearchPass, _ hypotheses: inout [PoseHypothesis], atMost limit: Int,
        _ scratch: inout PoseScratch, _ budget: TimeBudget, _ clock: () -> UInt64
    ) {
        let (steps, lastSteps) = (20, 10)
        for i in hypotheses.indices.dropFirst(pass.refined).prefix(limit) {
            var made = refiner.refine(
                &hypotheses[i], steps: steps, reach: (0.3, 0.09), modes: model.modeCount,
                stride: thin(to: 250 * pass.thoroughness), scratch: &scratch
            ) { budget.isLeft(clock) }
            made += refiner.refine(
                &hypotheses[i], steps: lastSteps, reach: (0.085, 0.05), modes: model.modeCount,
                stride: thin(to: 500 * pass.thoroughness), scratch: &scratch
            ) { budget.isLeft(clock) }
            pass.refined += 1
            if made < steps + lastSteps {
                pass.stop(&hypotheses)
                break
            }
        }
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
    private func match(depthWithout guess: Double, _ matches: inout [SearchBuffers.Match]) {
        matches.removeAll(keepingCapacity: true)
        matches.reserveCapacity(2 * model.pointCount)
        let grid = evidence.grids[0]
        let stride = max(1, (model.pointCount - model.keypointCount) / 200)
        for point in 0..<model.pointCount {
            if point >= model.keypointCount, (point - model.keypointCount) % stride != 0 { continue }
            var taken: SIMD2<Double>?
            for _ in 0..<2 {
                guard let best = bestCell(for: point, apartFrom: taken) else { break }
                let pixel = grid.center(of: best.cell)
                if taken == nil { taken = pixel }
                let depth = grid.depth[best.cell] > 0 ? Double(grid.depth[best.cell]) : guess
                let position = evidence.camera.unproject(pixel, depth: depth)
                matches.append(
                    SearchBuffers.Match(
                        point: point, position: SIMD3<Float>(position),
                        weight: min(best.match * best.match, 6) * model.weights[point]))
            }
        }
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

    /// Two hypotheses per rotation, with a cheap look at each: where most matches agree, and centred on the surface.
    private func vote(
        _ pass: inout SearchPass, _ directions: StrideTo<Int>, atMost limit: Int,
        _ buffers: inout SearchBuffers, _ scratch: inout PoseScratch, _ budget: TimeBudget,
        _ clock: () -> UInt64
    ) {
        let scale = exp(refiner.logScaleMean)
        let center = objectCenter(scale: scale)
        let toObject = lineOfSight(center)
        let count = model.representation.visibility.directions.count
        if pass.directionsTried == 0 {
            match(depthWithout: center.z, &buffers.matches)
            resize(&buffers.offsets, to: 3 * buffers.matches.count, most: 6 * model.pointCount)
            buffers.votes.removeAll(keepingCapacity: true)
            buffers.votes.reserveCapacity(2 * Self.turns * directions.underestimatedCount)
        }
        for place in directions.dropFirst(pass.directionsTried).prefix(limit) {
            guard pass.directionsTried == 0 || budget.isLeft(clock) else {
                pass.isComplete = false
                return
            }
            pass.directionsTried += 1
            let first = buffers.votes.count
            vote(from: place % count, center, scale: scale, toObject, &buffers)
            refiner.glance(
                at: &buffers.votes, from: first, stride: thin(to: 100 * pass.thoroughness), reach: 0.3,
                scratch: &scratch)
        }
    }

    /// The votes from one direction.
    private func vote(
        from direction: Int, _ center: SIMD3<Double>, scale: Double, _ toObject: Rotation,
        _ buffers: inout SearchBuffers
    ) {
        collect(from: direction, &buffers)
        guard buffers.weights.count >= 3, let seenMean = model.seenMeans[direction] else { return }
        let spread = Float(0.12 * scale * model.diameter)
        let towards = SIMD3<Double>(model.representation.visibility.directions[direction])
        for turn in 0..<Self.turns {
            let rotation = toObject.composed(
                with: view(from: towards, turned: 2 * .pi * Double(turn) / Double(Self.turns)))
            let centred = center - scale * rotation.apply(seenMean)
            let voted = SIMD3<Double>(
                votedPlace(rotation, SIMD3<Float>(centred), scale: Float(scale), spread: spread, &buffers))
            buffers.votes.append(PoseHypothesis(rotation: rotation, translation: voted, scale: scale))
            buffers.votes.append(PoseHypothesis(rotation: rotation, translation: centred, scale: scale))
        }
    }

    /// Matches whose points are seen from `direction`.
    private func collect(from direction: Int, _ buffers: inout SearchBuffers) {
        buffers.places.removeAll(keepingCapacity: true)
        buffers.canonical.removeAll(keepingCapacity: true)
        buffers.weights.removeAll(keepingCapacity: true)
        buffers.places.reserveCapacity(6 * model.pointCount)
        buffers.canonical.reserveCapacity(6 * model.pointCount)
        buffers.weights.reserveCapacity(2 * model.pointCount)
        let visibility = model.representation.visibility
        for match in buffers.matches
        where visibility.probability(point: match.point, direction: direction) > 0.5 {
            for axis in 0..<3 {
                buffers.places.append(match.position[axis])
                buffers.canonical.append(model.points[3 * match.point + axis])
            }
            buffers.weights.append(match.weight)
        }
    }

    /// Where most of the collected matches agree that the class is, looked for from `start` on.
    private func votedPlace(
        _ rotation: Rotation, _ start: SIMD3<Float>, scale: Float, spread: Float,
        _ buffers: inout SearchBuffers
    ) -> SIMD3<Float> {
        let count = Int32(buffers.weights.count)
        let rows: [9 of Float] = rotation.rows
        var place: [3 of Float] = [start.x, start.y, start.z]
        var span = place.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer { place in
            unsafe rows.span.withUnsafeBufferPointer { rows in
                unsafe semalign_vote_translation(
                    buffers.places, buffers.canonical, buffers.weights, count, rows.baseAddress, scale,
                    spread, evidence.hasDepth ? 0 : 1, place.baseAddress, &buffers.offsets)
            }
        }
        return SIMD3(place[0], place[1], place[2])
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
}

extension Rotation {
    /// The nine entries, row by row.
    var rows: [9 of Float] {
        [
            Float(x.x), Float(y.x), Float(z.x), Float(x.y), Float(y.y), Float(z.y), Float(x.z), Float(y.z),
            Float(z.z),
        ]
    }
}
