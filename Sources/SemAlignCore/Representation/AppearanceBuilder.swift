// SPDX-License-Identifier: Apache-2.0

/// A feature that an image shows at one point of the class.
struct FeatureSample {
    /// Point index, keypoints first.
    let point: Int
    /// Number of the object that the image shows.
    let instance: Int
    /// Number of the image.
    let view: Int
    /// Unit vector.
    let vector: [Float]
}

/// Averages the features of each point and measures how alike the images are to the average (METHOD 1.7).
///
/// Mean and deviation of the similarities are taken against averages that leave out the sample's own instance
/// (or its own image, where there is one instance only): else they would be overconfident on unseen objects.
struct AppearanceBuilder {
    let channels: Int
    let model: String
    let pointCount: Int
    /// Least a_σ.
    let deviationFloor: Float = 0.03

    /// Averages `samples`; points without any take the features of `fallback[point]`.
    func build(_ samples: [FeatureSample], fallback: (Int) -> Int) -> PointAppearance {
        let groups = leaveOutGroups(samples)
        var sums = [[Float]](repeating: [Float](repeating: 0, count: channels), count: pointCount)
        var counts = [Int](repeating: 0, count: pointCount)
        var byPoint = [[Int]](repeating: [], count: pointCount)
        for (index, sample) in samples.enumerated() {
            for c in 0..<channels { sums[sample.point][c] += sample.vector[c] }
            counts[sample.point] += 1
            byPoint[sample.point].append(index)
        }
        var vectors: [Float] = []
        vectors.reserveCapacity(pointCount * channels)
        var (means, deviations): ([Float], [Float]) = ([], [])
        for point in 0..<pointCount {
            let source = counts[point] > 0 ? point : fallback(point)
            let mean = sums[source].normalised() ?? [Float](repeating: 0, count: channels)
            vectors += mean
            let (mu, sigma) = similarity(
                of: byPoint[source].map { samples[$0] }, groups, sum: sums[source], mean)
            means.append(mu)
            deviations.append(sigma)
        }
        return PointAppearance(
            channels: channels, model: model, vectors: vectors, similarityMean: means,
            similarityDeviation: deviations)
    }

    /// What is left out together: an instance, or an image where all show one instance.
    private func leaveOutGroups(_ samples: [FeatureSample]) -> (FeatureSample) -> Int {
        let first = samples.first?.instance
        let isSingle = samples.allSatisfy { $0.instance == first }
        return { isSingle ? $0.view : $0.instance }
    }

    /// Mean and deviation of the similarities of a point's samples to averages without their own group.
    private func similarity(
        of samples: [FeatureSample], _ group: (FeatureSample) -> Int, sum: [Float], _ mean: [Float]
    ) -> (Float, Float) {
        guard !samples.isEmpty else { return (0.5, 0.2) }
        var similarities: [Float] = []
        for members in Dictionary(grouping: samples, by: group).sorted(by: { $0.key < $1.key }).map(\.value) {
            var rest = sum
            for sample in members { for c in 0..<channels { rest[c] -= sample.vector[c] } }
            let reference = members.count == samples.count ? mean : rest.normalised() ?? mean
            similarities += members.map { $0.vector.dot(reference) }
        }
        let mu = similarities.reduce(0, +) / Float(similarities.count)
        let variance = similarities.reduce(0) { $0 + ($1 - mu) * ($1 - mu) } / Float(similarities.count)
        // Few samples say little about the spread: shrink towards a wide one.
        let shrunk = (variance * Float(similarities.count) + 0.02) / (Float(similarities.count) + 2)
        return (mu, max(shrunk.squareRoot(), deviationFloor))
    }
}
