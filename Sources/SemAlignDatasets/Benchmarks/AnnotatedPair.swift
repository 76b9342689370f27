// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Two images of a benchmark with the keypoints to be carried from one to the other.
public struct AnnotatedPair: Hashable, Sendable {
    /// One keypoint that the source shows.
    public struct Point: Hashable, Sendable {
        /// Its index in the dataset's keypoint names.
        public let keypoint: Int
        /// Where the source shows it [px, as annotated].
        public let source: SIMD2<Double>
        /// Where the target shows it [px, as annotated]; `nil` where it does not.
        public let target: SIMD2<Double>?

        /// Joins index and places.
        public init(keypoint: Int, source: SIMD2<Double>, target: SIMD2<Double>?) {
            self.keypoint = keypoint
            self.source = source
            self.target = target
        }
    }

    /// The pair's name in the benchmark.
    public let id: String
    /// Id of the image that points are taken from.
    public let source: String
    /// Id of the image that they are looked for in.
    public let target: String
    /// The keypoints that the source shows.
    public let points: [Point]
    /// Indices of the keypoints that the target shows, whether the source does or not.
    public let targetKeypoints: [Int]
    /// What thresholds are shares of [px of the target]: the box's larger side, or the image's for PF-Pascal.
    public let thresholdSide: Double

    /// Joins the parts of a pair.
    public init(
        id: String, source: String, target: String, points: [Point], targetKeypoints: [Int],
        thresholdSide: Double
    ) {
        self.id = id
        self.source = source
        self.target = target
        self.points = points
        self.targetKeypoints = targetKeypoints
        self.thresholdSide = thresholdSide
    }
}

/// One category of a benchmark in one split.
public struct BenchmarkCategory: Hashable, Sendable {
    /// Its images, all of the split asked for; each image is an instance of its own.
    public let dataset: AnnotatedDataset
    /// Its pairs, by name.
    public let pairs: [AnnotatedPair]
    /// Groups of keypoints that look alike: mirrored or repeated parts, by GeoAware-SC's lists.
    public let geometryGroups: [[Int]]

    /// Joins images, pairs and groups.
    public init(dataset: AnnotatedDataset, pairs: [AnnotatedPair], geometryGroups: [[Int]]) {
        self.dataset = dataset
        self.pairs = pairs
        self.geometryGroups = geometryGroups
    }

    /// Pairs of a dataset of ours; thresholds are shares of the target's box, else of its keypoints' extent.
    public init(dataset: AnnotatedDataset, links: [ImagePair]) {
        let images = Dictionary(dataset.images.map { ($0.id, $0) }) { first, _ in first }
        let pairs = links.compactMap { link -> AnnotatedPair? in
            guard let source = images[link.source], let target = images[link.target] else { return nil }
            return AnnotatedPair(
                "\(link.source)-\(link.target)", from: source, to: target,
                thresholdSide: target.boundingBox?.largerSide ?? target.keypointExtent)
        }
        self.init(
            dataset: dataset, pairs: pairs,
            geometryGroups: (dataset.flip ?? []).enumerated().filter { $0.element > $0.offset }
                .map { [$0.offset, $0.element] })
    }
}

extension AnnotatedImage {
    /// The larger side of the box of all visible keypoints [px], at least 1.
    fileprivate var keypointExtent: Double {
        let places = visiblePixels.compactMap { $0 }
        guard let first = places.first else { return 1 }
        let low = places.reduce(first) { pointwiseMin($0, $1) }
        let high = places.reduce(first) { pointwiseMax($0, $1) }
        return max(high.x - low.x, high.y - low.y, 1)
    }
}
