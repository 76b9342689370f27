// SPDX-License-Identifier: Apache-2.0

internal import SemAlignKernels

/// Which features of the geometric prior an evaluation looks at: runs of the shuffled lists.
package struct GeometrySample: Hashable, Sendable {
    package let edgePairs: Range<Int>
    package let tetrahedra: Range<Int>

    /// All features.
    package init(all model: AlignmentModel) {
        edgePairs = 0..<model.edgePairs.count
        tetrahedra = 0..<model.tetrahedra.count
    }

    /// Part number `turn`, of about the given sizes; successive turns go round all features.
    package init(turn: Int, model: AlignmentModel, edgePairs: Int, tetrahedra: Int) {
        self.edgePairs = Self.part(turn, of: model.edgePairs.count, size: edgePairs)
        self.tetrahedra = Self.part(turn, of: model.tetrahedra.count, size: tetrahedra)
    }

    private static func part(_ turn: Int, of count: Int, size: Int) -> Range<Int> {
        let parts = max(1, count / max(size, 1))
        let part = turn % parts
        return part * count / parts..<(part + 1) * count / parts
    }
}

extension AlignmentEnergy {
    /// L_geom = (minus the mean log densities of angles, ratios and the tetrahedra's three cosines) / 5 (equation 10).
    ///
    /// Unlike the paper's text, and like the authors' code, of log densities: their gradients reach far.
    func geometryTerm(
        _ w: inout AlignmentWorkspace, weight: Double, sample: GeometrySample, wantsValue: Bool
    ) -> Double {
        var value = 0.0
        if !sample.edgePairs.isEmpty {
            let count = Double(sample.edgePairs.count)
            layOutEdges(&w)
            var sums = [0.0, 0.0]
            unsafe model.edgePairs.withUnsafeBufferPointer { pairs in
                guard let base = pairs.baseAddress else { return }
                unsafe semalign_edge_pairs(
                    base + sample.edgePairs.lowerBound, sample.edgePairs.count, &w.edges,
                    -weight / (5 * count), wantsValue ? 1 : 0, &sums)
            }
            gatherEdges(&w)
            value -= (sums[0] + sums[1]) / (5 * count)
        }
        if !sample.tetrahedra.isEmpty {
            let count = Double(sample.tetrahedra.count)
            var sums = [0.0, 0.0, 0.0]
            unsafe model.tetrahedra.withUnsafeBufferPointer { tetrahedra in
                guard let base = tetrahedra.baseAddress else { return }
                unsafe semalign_tetrahedra(
                    base + sample.tetrahedra.lowerBound, sample.tetrahedra.count, w.keypoints,
                    -weight / (5 * count), &w.gradient, wantsValue ? 1 : 0, &sums)
            }
            value -= (sums[0] + sums[1] + sums[2]) / (5 * count)
        }
        return value
    }

    /// Directions and lengths of the edges for the present keypoints.
    private func layOutEdges(_ w: inout AlignmentWorkspace) {
        for (number, edge) in model.edges.enumerated() {
            let offset = w.keypoint(Int(edge.y)) - w.keypoint(Int(edge.x))
            let length = max((offset * offset).sum().squareRoot(), 1e-9)
            w.edges[number] = semalign_edge(
                x: offset.x / length, y: offset.y / length, z: offset.z / length, length: length, gx: 0,
                gy: 0, gz: 0)
        }
    }

    /// Gradients of the edges onto their two keypoints.
    private func gatherEdges(_ w: inout AlignmentWorkspace) {
        for (number, edge) in model.edges.enumerated() {
            let (from, to) = (3 * Int(edge.x), 3 * Int(edge.y))
            let slope = w.edges[number]
            w.gradient[from] -= slope.gx
            w.gradient[from + 1] -= slope.gy
            w.gradient[from + 2] -= slope.gz
            w.gradient[to] += slope.gx
            w.gradient[to + 1] += slope.gy
            w.gradient[to + 2] += slope.gz
        }
    }
}
