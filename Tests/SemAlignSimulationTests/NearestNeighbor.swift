// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignSimulation

/// The simplest matcher: the mean training feature of each keypoint, looked for inside the mask.
struct NearestNeighbor {
    /// L×C, unit length; zero where a keypoint was never seen.
    private var means: [[Float]]

    init(training: [SyntheticObservation]) {
        let count = training.first?.keypoints.count ?? 0
        let channels = training.first?.observation.features.channels ?? 0
        means = Array(repeating: Array(repeating: 0, count: channels), count: count)
        for image in training {
            let map = image.observation.features
            for (index, truth) in image.keypoints.enumerated() where truth.isVisible {
                let place = map.patchCoordinates(of: truth.pixel)
                let row = min(max(Int(place.y.rounded()), 0), map.rows - 1)
                let column = min(max(Int(place.x.rounded()), 0), map.columns - 1)
                let start = (row * map.columns + column) * channels
                for channel in 0..<channels { means[index][channel] += Float(map.values[start + channel]) }
            }
        }
        means = means.map { mean in
            let length = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return length > 0 ? mean.map { $0 / length } : mean
        }
    }

    /// Where each keypoint that is visible is found [px].
    func matches(_ image: SyntheticObservation) -> [SIMD2<Double>?] {
        let map = image.observation.features
        let patches = (0..<map.rows * map.columns).filter { patch in
            let center = map.center(row: patch / map.columns, column: patch % map.columns)
            return image.observation.mask.contains(
                column: Int(center.x.rounded()), row: Int(center.y.rounded()), instance: 1)
        }
        let features = patches.map { patch in
            map.values[patch * map.channels..<(patch + 1) * map.channels].map(Float.init)
        }
        return image.keypoints.enumerated().map { index, truth in
            guard truth.isVisible else { return nil }
            let scores = features.map { feature in
                var sum: Float = 0
                for channel in 0..<feature.count { sum += feature[channel] * means[index][channel] }
                return sum
            }
            guard let best = scores.indices.max(by: { scores[$0] < scores[$1] }) else { return nil }
            return map.center(row: patches[best] / map.columns, column: patches[best] % map.columns)
        }
    }

    /// Hits within `alpha` times the larger side of the mask's box, and visible keypoints looked for.
    func score(_ image: SyntheticObservation, alpha: Double) -> (hits: Int, count: Int) {
        guard let box = image.observation.mask.bounds(of: 1) else { return (0, 0) }
        var hits = 0
        var count = 0
        for (truth, found) in zip(image.keypoints, matches(image)) where truth.isVisible {
            count += 1
            guard let found else { continue }
            let error = found - truth.pixel
            if (error * error).sum().squareRoot() <= alpha * box.largerSide { hits += 1 }
        }
        return (hits, count)
    }

    /// PCK over all images.
    func pck(_ images: [SyntheticObservation], alpha: Double = 0.1) -> Double {
        let scores = images.map { score($0, alpha: alpha) }
        return Double(scores.reduce(0) { $0 + $1.hits }) / Double(max(scores.reduce(0) { $0 + $1.count }, 1))
    }
}
