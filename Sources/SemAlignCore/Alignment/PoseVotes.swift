// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignKernels

/// Hypotheses from every direction: matches between points and patches vote for where the class is.
///
/// Each direction gives two hypotheses a turn: where most matches of the points that are seen from there agree, and
/// centred on the surface.
struct PoseVotes {
    private let model: EvidenceModel
    private let evidence: FrameEvidence
    /// The scale that is most likely before anything is seen, and where the object then is [camera frame].
    private let scale: Double
    private let center: SIMD3<Double>
    /// Turns the optical axis to the object.
    private let toObject: Rotation

    /// Turns about the line of sight that are tried.
    private static let turns = 24
    /// Hypotheses of one direction.
    static let perDirection = 2 * turns

    init(model: EvidenceModel, refiner: PoseRefiner) {
        self.model = model
        evidence = refiner.evidence
        scale = exp(refiner.logScaleMean)
        // Centre of the object's visible surface, or a guess at its depth from its size in the image.
        let guess = evidence.camera.focalLength.x * model.visibleRadius * scale / evidence.radius
        center = evidence.camera.unproject(evidence.center, depth: evidence.medianDepth ?? guess)
        toObject = Self.lineOfSight(center)
    }

    /// Finds the matches, and makes room for the votes of so many directions.
    func prepare(_ buffers: inout SearchBuffers, directionCount: Int) {
        match(&buffers.matches)
        let missing = Self.perDirection * directionCount - buffers.votes.count
        guard missing > 0 else { return }
        let blank = PoseHypothesis(rotation: toObject, translation: center, scale: scale)
        buffers.votes.append(contentsOf: repeatElement(blank, count: missing))
    }

    /// Puts the hypotheses of a direction into their `places`; false, and no support there, where too little is seen from it.
    func vote(
        from direction: Int, _ matches: [SearchBuffers.Match],
        into places: UnsafeMutableBufferPointer<PoseHypothesis>, _ scratch: inout SearchScratch
    ) -> Bool {
        collect(matches, from: direction, &scratch)
        guard scratch.weights.count >= 3, let seenMean = model.seenMeans[direction] else {
            for i in places.indices { unsafe places[i].support = -.infinity }
            return false
        }
        let spread = Float(0.12 * scale * model.diameter)
        let towards = SIMD3<Double>(model.representation.visibility.directions[direction])
        for turn in 0..<Self.turns {
            let rotation = toObject.composed(
                with: Self.view(from: towards, turned: 2 * .pi * Double(turn) / Double(Self.turns)))
            let centred = center - scale * rotation.apply(seenMean)
            let voted = SIMD3<Double>(
                votedPlace(rotation, SIMD3<Float>(centred), scale: Float(scale), spread: spread, &scratch))
            unsafe places[2 * turn] = PoseHypothesis(rotation: rotation, translation: voted, scale: scale)
            unsafe places[2 * turn + 1] = PoseHypothesis(
                rotation: rotation, translation: centred, scale: scale)
        }
        return true
    }

    /// For every point its two best patches that are apart.
    private func match(_ matches: inout [SearchBuffers.Match]) {
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
                let depth = grid.depth[best.cell] > 0 ? Double(grid.depth[best.cell]) : center.z
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

    /// Matches whose points are seen from `direction`.
    private func collect(
        _ matches: [SearchBuffers.Match], from direction: Int, _ scratch: inout SearchScratch
    ) {
        scratch.empty()
        let visibility = model.representation.visibility
        for match in matches where visibility.probability(point: match.point, direction: direction) > 0.5 {
            for axis in 0..<3 {
                scratch.places.append(match.position[axis])
                scratch.canonical.append(model.points[3 * match.point + axis])
            }
            scratch.weights.append(match.weight)
        }
    }

    /// Where most of the collected matches agree that the class is, looked for from `start` on.
    private func votedPlace(
        _ rotation: Rotation, _ start: SIMD3<Float>, scale: Float, spread: Float,
        _ scratch: inout SearchScratch
    ) -> SIMD3<Float> {
        let count = Int32(scratch.weights.count)
        let rows: [9 of Float] = rotation.rows
        var place: [3 of Float] = [start.x, start.y, start.z]
        var span = place.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer { place in
            unsafe rows.span.withUnsafeBufferPointer { rows in
                unsafe semalign_vote_translation(
                    scratch.places, scratch.canonical, scratch.weights, count, rows.baseAddress, scale,
                    spread, evidence.hasDepth ? 0 : 1, place.baseAddress, &scratch.offsets)
            }
        }
        return SIMD3(place[0], place[1], place[2])
    }

    /// Camera-from-class rotation of a camera that looks from `direction` at the object, turned about its axis.
    private static func view(from direction: SIMD3<Double>, turned angle: Double) -> Rotation {
        let side = unit(cross(direction, abs(direction.z) < 0.9 ? [0, 0, 1] : [1, 0, 0]))
        let down = cross(-direction, side)
        // Rows of the rotation are the camera's axes in the class frame: x, y, and z away from the camera.
        let x = cos(angle) * side + sin(angle) * down
        let y = cross(-direction, x)
        let z = -direction
        return Rotation(x: [x.x, y.x, z.x], y: [x.y, y.y, z.y], z: [x.z, y.z, z.z])
    }

    /// Rotation that turns the optical axis to the object: views are tried about the line of sight.
    private static func lineOfSight(_ center: SIMD3<Double>) -> Rotation {
        let z = unit(center)
        let x = unit(cross([0, 1, 0], z))
        return Rotation(x: x, y: cross(z, x), z: z)
    }
}

extension Rotation {
    /// The nine entries, row by row.
    fileprivate var rows: [9 of Float] {
        [
            Float(x.x), Float(y.x), Float(z.x), Float(x.y), Float(y.y), Float(z.y), Float(x.z), Float(y.z),
            Float(z.z),
        ]
    }
}
