// SPDX-License-Identifier: Apache-2.0

import SemAlignKernels

/// The class vectors in the few directions that hold nearly all of them, and those directions (METHOD 5).
///
/// Similarities through them cost a fraction: a patch is projected once, and compared with all points in few numbers.
/// What of a patch lies outside those directions is orthogonal to what of the class vectors lies inside.
struct ReducedVectors: Sendable {
    /// The directions as packed vectors.
    private let basis: PackedVectors
    /// The class vectors in those directions.
    private let vectors: PackedVectors

    var pointCount: Int { vectors.pointCount }
    /// Distance between rows of `similarities`.
    var stride: Int { vectors.paddedCount }

    /// Numbers of directions that are tried.
    private static let directionCounts = [64, 96, 128]
    /// Least share of the vectors' energy that the directions hold.
    private static let leastEnergy = 0.99

    /// Reduces the vectors of `appearance`; `nil` where that would cost accuracy or gain nothing.
    init?(_ appearance: PointAppearance) {
        let (count, channels) = (appearance.pointCount, appearance.channels)
        var basis: [Float] = []
        let enough = Self.directionCounts.first { directions in
            guard channels >= 3 * directions, count > directions else { return false }
            basis = [Float](repeating: 0, count: directions * channels)
            return unsafe semalign_principal_basis(
                appearance.vectors, Int32(count), Int32(channels), Int32(directions), &basis)
                >= Self.leastEnergy
        }
        guard let directions = enough else { return nil }
        let packed = PackedVectors(appearance)
        // Products of each direction with all points, turned into one row a point.
        var products = [Float](repeating: 0, count: directions * packed.paddedCount)
        unsafe semalign_packed_products(
            InstructionSet.best.rawValue, basis, directions, channels, packed.values, packed.paddedCount,
            &products)
        let reduced = (0..<count).flatMap { point in
            (0..<directions).map { products[$0 * packed.paddedCount + point] }
        }
        self.basis = PackedVectors(basis, count: directions, channels: channels)
        vectors = PackedVectors(reduced, count: count, channels: directions)
    }

    /// Cosine similarities of patches with all points into `buffers.similarities`: patches × `stride`.
    func compare(_ features: FeatureMap, patches: [Int32], buffers: inout FrameBuffers) {
        buffers.maps.update(features: features, patches: patches, vectors: basis)
        resize(
            &buffers.similarities, to: patches.count * stride,
            most: features.rows * features.columns * stride)
        unsafe semalign_packed_products(
            InstructionSet.best.rawValue, buffers.maps.values, patches.count, buffers.maps.stride,
            vectors.values, stride, &buffers.similarities)
    }
}
