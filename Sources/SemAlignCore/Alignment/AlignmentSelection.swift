// SPDX-License-Identifier: Apache-2.0

/// The choice among results (METHOD 2.8): lowest energy, unless the solution shows the object's back or contradicts the measured depth.
public struct AlignmentSelection: Hashable, Sendable {
    /// What a solution costs in which every pair of points contradicts the measured depth order.
    public var depthOrderWeight = 1.0
    /// What a solution gains for each standard deviation by which its points match better than elsewhere.
    public var agreementWeight = 1.0
    /// Two solutions are different where their keypoints lie apart by this part of the diameter, on average.
    public var distinctness = 0.1

    /// The defaults.
    public init() {}

    /// The chosen result, the best different one, and how much worse that is.
    public struct Choice: Hashable, Sendable {
        /// The chosen result.
        public let best: Alignment
        /// Its energy and what the checks added.
        public let score: Double
        /// The best result that is a different solution; `nil` where there is none.
        public let runnerUp: Alignment?
        /// Its score less the chosen one's; NaN where there is none.
        public let gap: Double
    }

    /// Chooses among `results`; `nil` where all of them diverged.
    ///
    /// Where every result shows the back, that check is dropped: an answer is better than none.
    public func choose(
        _ results: [Alignment], energy: AlignmentEnergy, workspace: inout AlignmentWorkspace
    ) -> Choice? {
        var scored: [(result: Alignment, score: Double, showsBack: Bool)] = []
        for result in results where result.stopReason != .diverged {
            let check = SolutionCheck(result.state, energy, &workspace)
            let score =
                result.energy + depthOrderWeight * check.depthContradiction
                - agreementWeight * check.semanticAgreement
            scored.append((result, score, check.showsBack))
        }
        if scored.contains(where: { !$0.showsBack }) { scored.removeAll { $0.showsBack } }
        // Equal scores: the earlier start wins, so that the order is always the same.
        scored.sort { ($0.score, $0.result.start) < ($1.score, $1.result.start) }
        guard let best = scored.first else { return nil }
        let other = scored.dropFirst().first {
            energy.separation($0.result.state, best.result.state) > distinctness
        }
        return Choice(
            best: best.result, score: best.score, runnerUp: other?.result,
            gap: other.map { $0.score - best.score } ?? .nan)
    }
}

extension AlignmentEnergy {
    /// Mean distance of two solutions' keypoints relative to the object's diameter, scale and distance made equal.
    fileprivate func separation(_ a: AlignmentState, _ b: AlignmentState) -> Double {
        let unit = model.diameter * b.radius / model.canonicalRadius
        let sum = offsets(of: a, from: b).reduce(0.0) { $0 + ($1 * $1).sum().squareRoot() }
        return sum / Double(a.keypoints.count) / unit
    }

    /// Where the keypoints of `a` are, seen from those of `b`.
    ///
    /// Without metres only the shape about its centre can be compared, at the scale of `b`.
    func offsets(of a: AlignmentState, from b: AlignmentState) -> [SIMD3<Double>] {
        guard !evidence.isMetric else { return zip(a.keypoints, b.keypoints).map { $0 - $1 } }
        let (ratio, from, to) = (b.radius / max(a.radius, 1e-12), a.centroid, b.centroid)
        return zip(a.keypoints, b.keypoints).map { ratio * ($0 - from) - ($1 - to) }
    }
}

/// What speaks against a solution beside its energy.
package struct SolutionCheck {
    /// Part of the pairs of nearby visible points whose order in depth the measurement contradicts, 0…1.
    package private(set) var depthContradiction = 0.0
    /// How much better than elsewhere the visible points match where they project [standard deviations].
    package private(set) var semanticAgreement = 0.0
    /// True for a flat class that turns its back to the camera.
    package private(set) var showsBack = false

    /// Checks `state` against the evidence of `energy`.
    package init(
        _ state: AlignmentState, _ energy: AlignmentEnergy, _ workspace: inout AlignmentWorkspace
    ) {
        energy.load(state, into: &workspace)
        energy.placePoints(&workspace)
        energy.updateVisibility(&workspace, strength: 0)
        semanticAgreement = energy.semanticAgreement(workspace)
        depthContradiction = Self.contradiction(workspace, energy)
        showsBack = Self.showsBack(workspace, energy)
    }

    /// A class is flat where most of its normals agree; its mean normal then has to look towards the camera.
    private static func showsBack(_ w: borrowing AlignmentWorkspace, _ energy: AlignmentEnergy) -> Bool {
        let normals = energy.model.denseNormals
        let known = normals.reduce(0.0) { $0 + (($1 * $1).sum() > 0.5 ? 1 : 0) }
        let mean = SIMD3<Double>(normals.reduce(.zero, +)) / max(known, 1)
        guard known > 0.5 * Double(normals.count), (mean * mean).sum() > 0.6 * 0.6,
            let rotation = energy.rotation(of: w)
        else { return false }
        return (rotation.apply(mean) * w.centroid).sum() > 0
    }

    /// Pairs are drawn by equal strides through the dense points: the same ones at every call.
    private static func contradiction(
        _ w: borrowing AlignmentWorkspace, _ energy: AlignmentEnergy
    ) -> Double {
        let measured = seenPoints(w, energy)
        let depths = measured.map { $0.depth }.sorted()
        guard depths.count > 8 else { return 0 }
        let range = depths[depths.count * 9 / 10] - depths[depths.count / 10]
        var (contradicted, considered) = (0.0, 0.0)
        for stride in [1, 3, 7, 13, 29] where stride < measured.count {
            for (a, b) in zip(measured, measured.dropFirst(stride)) {
                let offset = a.place - b.place
                let step = a.depth - b.depth
                guard (offset * offset).sum() < 0.3 * 0.3, abs(step) > 0.15 * range else { continue }
                considered += 1
                if (a.z - b.z) * step < 0 { contradicted += 1 }
            }
        }
        return considered > 8 ? contradicted / considered : 0
    }

    private struct SeenPoint {
        let place: SIMD2<Float>
        let z: Float
        let depth: Float
    }

    /// Dense points that the pose shows, with the depth measured where they project.
    private static func seenPoints(
        _ w: borrowing AlignmentWorkspace, _ energy: AlignmentEnergy
    ) -> [SeenPoint] {
        let scene = energy.evidence.scene
        var seen: [SeenPoint] = []
        for point in energy.model.keypointCount..<energy.model.pointCount where w.visibility[point] > 0.5 {
            let place = SIMD2(w.u[point], w.v[point])
            let (node, _, isInside) = scene.grid.cell(of: place)
            guard isInside[0], isInside[1], scene.kinds[node] == .object, scene.depth[node] > 0 else {
                continue
            }
            seen.append(SeenPoint(place: place, z: w.z[point], depth: scene.depth[node]))
        }
        return seen
    }
}
