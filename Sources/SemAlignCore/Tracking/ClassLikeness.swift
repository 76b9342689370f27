// SPDX-License-Identifier: Apache-2.0

/// How much an instance of a mask looks like a class: what tells objects of several classes apart.
struct ClassLikeness: Sendable {
    private let vectors: PackedVectors
    /// Similarity that points of the class typically have to their own patches.
    private let usual: Float

    init(_ model: EvidenceModel) {
        vectors = model.vectors
        let means = model.representation.appearance.similarityMean.sorted()
        usual = max(means.isEmpty ? 1 : means[means.count / 2], 0.05)
    }

    /// Mean over the object's patches of the similarity to the most similar point, as a share of the usual one.
    ///
    /// 0 where no patch lies on the object or features have another length.
    func value(of observation: Observation) -> Float {
        guard observation.features.channels == vectors.channels,
            let bounds = observation.mask.bounds(of: observation.instance)
        else { return 0 }
        let patches = ObjectPatches(
            features: observation.features, mask: observation.mask, instance: observation.instance,
            bounds: bounds
        ).covered
        guard !patches.isEmpty else { return 0 }
        var maps = SimilarityMaps()
        maps.update(features: observation.features, patches: patches, vectors: vectors)
        var sum: Float = 0
        for row in patches.indices {
            sum += (0..<maps.pointCount).reduce(-1) { max($0, maps.value(row: row, point: $1)) }
        }
        return sum / Float(patches.count) / usual
    }
}
