// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// Where a row of similarities is largest: the baselines that need no class, as GeoAware-SC's code has them.
///
/// Annotated numbers are taken as they are: patch i of size s covers s·i … s·(i+1) and answers s·(i + ½).
public struct PatchBaseline: Hashable, Sendable {
    /// Which of the two.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The centre of the most similar patch.
        case nearest
        /// Soft argmax in a window round the most similar patch: GeoAware-SC's `SOFT_EVAL` with window 7.
        case window
    }

    /// Which of the two.
    public let kind: Kind
    /// Half the window's side [patches].
    private static let reach = 7
    /// Temperature of the soft argmax.
    private static let temperature: Float = 0.02

    /// Makes a baseline.
    public init(_ kind: Kind) { self.kind = kind }

    /// Index of the patch that holds a source's keypoint: cut off, not rounded; `nil` outside the features.
    public static func patch(of pixel: SIMD2<Double>, in features: FeatureMap) -> Int? {
        let place = ((pixel - features.region.minimum) / features.patchSize).rounded(.down)
        guard place.x >= 0, place.y >= 0, place.x < Double(features.columns), place.y < Double(features.rows)
        else { return nil }
        return Int(place.y) * features.columns + Int(place.x)
    }

    /// The place [px] in the target that a row of similarities points at.
    public func place(_ similarities: ArraySlice<Float>, in features: FeatureMap) -> SIMD2<Double> {
        let columns = features.columns
        var best = similarities.startIndex
        for index in similarities.indices where similarities[index] > similarities[best] { best = index }
        let patch = best - similarities.startIndex
        var place = SIMD2(Double(patch % columns), Double(patch / columns))
        if kind == .window { place = softPlace(similarities, around: patch, features) }
        return features.region.minimum + features.patchSize * (place + 0.5)
    }

    /// Mean of all patches' places by softmax; similarities outside the window count as 0, as the code has it.
    private func softPlace(
        _ similarities: ArraySlice<Float>, around patch: Int, _ features: FeatureMap
    ) -> SIMD2<Double> {
        let (columns, rows) = (features.columns, features.rows)
        let (column, row) = (patch % columns, patch / columns)
        let largest = max(similarities[similarities.startIndex + patch], 0)
        let outside = exponential(-largest / Self.temperature)
        var sum = SIMD3<Double>.zero
        for y in 0..<rows {
            for x in 0..<columns {
                let isInside = abs(x - column) <= Self.reach && abs(y - row) <= Self.reach
                let value = similarities[similarities.startIndex + y * columns + x]
                let weight = Double(
                    isInside ? exponential((value - largest) / Self.temperature) : outside)
                sum += SIMD3(Double(x), Double(y), 1) * weight
            }
        }
        return SIMD2(sum.x, sum.y) / sum.z
    }
}
