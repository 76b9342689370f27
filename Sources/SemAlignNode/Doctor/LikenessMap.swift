// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore

/// How much each patch of a feature map looks like some point of the class.
struct LikenessMap: Sendable {
    private let rows: Int
    private let columns: Int
    /// For each patch its similarity to the point that it is most similar to, -1…1.
    private let values: [Float]
    /// The similarity that a tenth of the patches exceeds, as a share of what points have with their own patches.
    let peak: Double
    /// Patches above are class-like.
    private let threshold: Float

    init(_ features: FeatureMap, _ appearance: PointAppearance, _ vectors: PackedVectors) {
        var maps = SimilarityMaps()
        let count = features.rows * features.columns
        maps.update(features: features, patches: (0..<Int32(count)).map { $0 }, vectors: vectors)
        values = (0..<count).map { patch in
            var best = -Float.infinity
            for point in 0..<appearance.pointCount {
                best = max(best, maps.value(row: patch, point: point))
            }
            return best
        }
        rows = features.rows
        columns = features.columns
        let sorted = values.sorted()
        let usual = median(appearance.similarityMean.map(Double.init))
        peak =
            sorted.isEmpty
            ? .nan : Double(sorted[min(sorted.count * 9 / 10, sorted.count - 1)]) / max(usual, 0.05)
        threshold = Self.valley(of: sorted)
    }

    /// The threshold that separates two kinds of patches best (Otsu); patches of one kind are cut in half.
    private static func valley(of sorted: [Float]) -> Float {
        guard sorted.count > 1 else { return 0 }
        let total = sorted.reduce(0.0) { $0 + Double($1) }
        var (sum, best, place) = (0.0, -1.0, sorted.count / 2)
        for index in 1..<sorted.count {
            sum += Double(sorted[index - 1])
            let (low, high) = (Double(index), Double(sorted.count - index))
            let distance = sum / low - (total - sum) / high
            let spread = low * high * distance * distance
            if spread > best { (best, place) = (spread, index) }
        }
        return sorted[place]
    }

    /// How well class-like patches and an object meet, where the patches cover `region`.
    func agreement(over region: PixelRegion, isObject: (SIMD2<Double>) -> Bool) -> Agreement {
        let patch = region.extent / SIMD2(Double(columns), Double(rows))
        var agreement = Agreement()
        for row in 0..<rows {
            for column in 0..<columns {
                let center = region.minimum + patch * SIMD2(Double(column) + 0.5, Double(row) + 0.5) - 0.5
                let isLike = values[row * columns + column] >= threshold
                if isObject(center) {
                    agreement.inside += 1
                    if isLike { agreement.insideLike += 1 }
                } else {
                    agreement.outside += 1
                    if isLike { agreement.outsideLike += 1 }
                }
            }
        }
        return agreement
    }

    /// Patches on an object and beside it, and how many of them are class-like.
    struct Agreement: Hashable, Sendable {
        fileprivate(set) var inside = 0
        fileprivate(set) var insideLike = 0
        fileprivate(set) var outside = 0
        fileprivate(set) var outsideLike = 0

        /// Share of class-like patches on the object less that beside it, -1…1; 0 where either has no patches.
        var contrast: Double {
            guard inside >= 4, outside >= 4 else { return 0 }
            return Double(insideLike) / Double(inside) - Double(outsideLike) / Double(outside)
        }

        /// Patches that are on the object and class-like, as a share of those that are either, 0…1.
        ///
        /// The object is as large as `objectPatches` patches, some of which may lie outside of the features. Unlike the
        /// contrast it also falls where the patches lie on the object, but are said to be too large or too small.
        func overlap(objectPatches: Double) -> Double {
            let either = max(Double(inside), objectPatches) + Double(outsideLike)
            return inside >= 4 ? Double(insideLike) / either : 0
        }
    }
}
