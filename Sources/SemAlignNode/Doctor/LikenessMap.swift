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

    /// Share of class-like patches on an object less that beside it, where the patches cover `region`.
    func contrast(over region: PixelRegion, isObject: (SIMD2<Double>) -> Bool) -> Double {
        let patch = region.extent / SIMD2(Double(columns), Double(rows))
        var (inside, insideLike, outside, outsideLike) = (0.0, 0.0, 0.0, 0.0)
        for row in 0..<rows {
            for column in 0..<columns {
                let center = region.minimum + patch * SIMD2(Double(column) + 0.5, Double(row) + 0.5) - 0.5
                let like: Double = values[row * columns + column] >= threshold ? 1 : 0
                if isObject(center) {
                    inside += 1
                    insideLike += like
                } else {
                    outside += 1
                    outsideLike += like
                }
            }
        }
        guard inside >= 4, outside >= 4 else { return 0 }
        return insideLike / inside - outsideLike / outside
    }
}
