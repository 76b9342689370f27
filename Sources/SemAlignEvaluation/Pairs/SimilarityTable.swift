// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// Cosine similarities of some unit vectors to all patches of an image.
public struct SimilarityTable: Sendable {
    /// Patches of the image, row-major.
    public let patchCount: Int
    /// Vectors × patches.
    private let values: [Float]

    /// Compares `vectors` (V×C, unit length) with every patch; patches of zero norm have similarity 0.
    ///
    /// Precondition: whole vectors of the features' length.
    public init(of vectors: [Float], to features: FeatureMap) {
        precondition(vectors.count % features.channels == 0, "whole vectors of the features' length")
        let count = vectors.count / features.channels
        patchCount = features.rows * features.columns
        let nothing = [Float](repeating: 1, count: count)
        var maps = SimilarityMaps()
        maps.update(
            features: features, patches: (0..<Int32(patchCount)).map { $0 },
            vectors: PackedVectors(
                PointAppearance(
                    channels: features.channels, model: "", vectors: vectors, similarityMean: nothing,
                    similarityDeviation: nothing)))
        var table = [Float](repeating: 0, count: count * patchCount)
        // Blocks of 16 vectors lie side by side in a patch's row: one cache line each.
        for block in stride(from: 0, to: count, by: 16) {
            for patch in 0..<patchCount {
                for vector in block..<min(block + 16, count) {
                    table[vector * patchCount + patch] = maps.values[patch * maps.stride + vector]
                }
            }
        }
        values = table
    }

    /// Similarities of a vector to all patches.
    public subscript(vector: Int) -> ArraySlice<Float> {
        values[(vector * patchCount)..<((vector + 1) * patchCount)]
    }
}
