// SPDX-License-Identifier: Apache-2.0

import SemAlignKernels

/// A class representation laid out for the evidence kernels: flat buffers, made once per class.
package struct EvidenceModel: Sendable {
    /// The class with as many dense points as count as evidence; the others follow the keypoints.
    let representation: ClassRepresentation
    /// L.
    let keypointCount: Int
    /// P: keypoints and the dense points that are evidence.
    let pointCount: Int
    /// K shape modes.
    let modeCount: Int
    /// Largest distance between canonical keypoints.
    let diameter: Double
    /// Root mean square distance of the visible points from their centre in an image, mean over directions
    /// [canonical units]: what tells an object's distance from its size in the image.
    let visibleRadius: Double
    /// Variance per coordinate that the modes leave out [canonical units²].
    let restVariance: Double
    /// Canonical points, P×3.
    let points: [Float]
    /// Modes of all points, P×K×3.
    let modes: [Float]
    /// Mean of the canonical points.
    let center: SIMD3<Double>
    /// Weight of each point as evidence.
    let weights: [Float]
    /// Features of all points, packed for the similarity kernel.
    let vectors: PackedVectors
    /// The same in fewer numbers, where that costs nothing.
    let reducedVectors: ReducedVectors?
    /// Directions of the visibility table, D×3.
    let directions: [Float]
    /// For each direction the mean of the canonical points that are seen from there; `nil` where none is.
    let seenMeans: [SIMD3<Double>?]

    /// Dense points that are evidence: more cost time and bring nothing (docs/design/solver.md).
    private static let evidencePoints = 300
    /// Observations that the dense cloud counts for: neighbours say much the same.
    private static let denseObservations: Float = 60
    /// Observations that a keypoint counts for.
    private static let keypointObservations: Float = 2

    /// Lays out `whole`.
    init(_ whole: ClassRepresentation) {
        let representation = whole.merged(toDensePoints: Self.evidencePoints)
        self.representation = representation
        keypointCount = representation.keypoints.count
        let dense = representation.dense.map
        pointCount = keypointCount + dense.pointCount
        let modeCount = min(16, max(3 * keypointCount - 7, 0))
        self.modeCount = modeCount
        let keypointCount = representation.keypoints.count
        diameter = SemAlignCore.diameter(of: representation.keypoints)
        points = representation.points.flatMap { [Float($0.x), Float($0.y), Float($0.z)] }
        center = representation.points.reduce(.zero, +) / Double(max(representation.points.count, 1))
        directions = representation.visibility.directions.flatMap { [$0.x, $0.y, $0.z] }
        visibleRadius = Self.visibleRadius(representation)
        seenMeans = Self.seenMeans(representation)
        vectors = PackedVectors(representation.appearance)
        reducedVectors = ReducedVectors(representation.appearance)
        weights =
            [Float](repeating: Self.keypointObservations, count: keypointCount)
            + [Float](
                repeating: Self.denseObservations / Float(max(dense.pointCount, 1)), count: dense.pointCount)
        let flat = representation.keypoints.flatMap { [$0.x, $0.y, $0.z] }
        var keypointModes = [Double](repeating: 0, count: modeCount * 3 * keypointCount)
        restVariance = unsafe semalign_shape_modes(
            representation.prior.shapeCovariance, flat, Int32(keypointCount), Int32(modeCount), &keypointModes
        )
        var modes = [Float](repeating: 0, count: pointCount * modeCount * 3)
        for k in 0..<modeCount {
            let displaced = (0..<keypointCount).map { i in
                let start = k * 3 * keypointCount + 3 * i
                return SIMD3(keypointModes[start], keypointModes[start + 1], keypointModes[start + 2])
            }
            // Rows of B sum to 1, so displacements map like points.
            for (p, d) in (displaced + dense.apply(to: displaced)).enumerated() {
                let start = (p * modeCount + k) * 3
                (modes[start], modes[start + 1], modes[start + 2]) = (Float(d.x), Float(d.y), Float(d.z))
            }
        }
        self.modes = modes
    }

    private static func seenMeans(_ representation: ClassRepresentation) -> [SIMD3<Double>?] {
        let (points, visibility) = (representation.points, representation.visibility)
        return visibility.directions.indices.map { d in
            let seen = points.indices.filter { visibility.probability(point: $0, direction: d) > 0.5 }
            guard !seen.isEmpty else { return nil }
            return seen.reduce(SIMD3<Double>.zero) { $0 + points[$1] } / Double(seen.count)
        }
    }

    private static func visibleRadius(_ representation: ClassRepresentation) -> Double {
        let (points, visibility) = (representation.points, representation.visibility)
        var radii: [Double] = []
        for (d, direction) in visibility.directions.enumerated() {
            let axis = SIMD3<Double>(direction)
            let seen = points.indices.filter { visibility.probability(point: $0, direction: d) > 0.5 }
                .map { points[$0] - axis * (points[$0] * axis).sum() }
            guard seen.count >= 3 else { continue }
            let mean = seen.reduce(.zero, +) / Double(seen.count)
            radii.append(
                (seen.reduce(0) { $0 + squaredDistance($1, mean) } / Double(seen.count)).squareRoot())
        }
        return radii.isEmpty ? 0.3 : radii.reduce(0, +) / Double(radii.count)
    }

    /// Lends the buffers to a kernel.
    func withKernel<Result>(_ body: (UnsafePointer<semalign_model>) -> Result) -> Result {
        unsafe points.withUnsafeBufferPointer { points in
            unsafe modes.withUnsafeBufferPointer { modes in
                unsafe weights.withUnsafeBufferPointer { weights in
                    unsafe representation.visibility.table.withUnsafeBufferPointer { table in
                        unsafe directions.withUnsafeBufferPointer { directions in
                            var model = unsafe semalign_model(
                                point_count: Int32(pointCount), keypoint_count: Int32(keypointCount),
                                mode_count: Int32(modeCount),
                                direction_count: Int32(directions.count / 3), points: points.baseAddress,
                                modes: modes.baseAddress, weights: weights.baseAddress,
                                visibility: table.baseAddress, directions: directions.baseAddress)
                            return unsafe body(&model)
                        }
                    }
                }
            }
        }
    }
}
