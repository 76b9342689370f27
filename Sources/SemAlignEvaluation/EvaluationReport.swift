// SPDX-License-Identifier: Apache-2.0

import Glibc
public import SemAlignCore

/// Accuracy and latency over a set of images, as `semalign evaluate` prints it.
public struct EvaluationReport: Hashable, Sendable {
    /// Median and 90th percentile.
    public struct Spread: Hashable, Sendable {
        /// Half of the values are at most this.
        public let median: Double
        /// Nine tenths of the values are at most this.
        public let p90: Double

        /// The spread of `values`; NaN where there are none.
        public init(_ values: [Double]) {
            median = percentile(values, 0.5)
            p90 = percentile(values, 0.9)
        }
    }

    /// Latency of a kind of frames [ms].
    public struct Latency: Hashable, Sendable {
        /// Median [ms].
        public let p50: Double
        /// 99th percentile [ms].
        public let p99: Double

        /// The latency over `values` [ms]; NaN where there are none.
        public init(_ values: [Double]) {
            p50 = percentile(values, 0.5)
            p99 = percentile(values, 0.99)
        }
    }

    /// Thresholds of PCK as shares of the box's larger side.
    public static let thresholds = [0.05, 0.1, 0.2]

    /// Number of images.
    public let images: Int
    /// Images with an answer.
    public let answered: Int
    /// Share of visible keypoints within each threshold (`<=`, pooled over points); unanswered images miss all.
    public let pck: [Double]
    /// The same of the nearest-neighbour baseline.
    public let nearest: [Double]
    /// Error over all keypoints of known position in metric answers [m].
    public let error: Spread
    /// The same over visible keypoints [m].
    public let visibleError: Spread
    /// Error of the class mean placed on the true keypoints by the best similarity transform [m].
    public let floor: Spread
    /// Share of visible keypoints whose truth lies inside the 95 % ellipsoid.
    public let visibleCoverage: Double
    /// The same for hidden keypoints.
    public let hiddenCoverage: Double
    /// Latency of cold frames.
    public let cold: Latency
    /// Latency of warm frames.
    public let warm: Latency

    /// Judges `images` against their truth.
    public init(_ images: [EvaluatedImage], representation: ClassRepresentation) {
        var hits = [Double](repeating: 0, count: Self.thresholds.count)
        var nearestHits = hits
        var visible = 0.0
        var (errors, visibleErrors, floors): ([Double], [Double], [Double]) = ([], [], [])
        var inside = (visible: [Double](), hidden: [Double]())
        for image in images {
            floors += Self.floorErrors(image.truth, keypoints: representation.keypoints)
            for (index, truth) in image.truth.enumerated() {
                guard let truth else { continue }
                let estimate = image.isAnswered ? image.result.keypoints[index] : nil
                if truth.isVisible {
                    visible += 1
                    for (t, threshold) in Self.thresholds.enumerated() {
                        let limit = threshold * image.boxSide
                        if let estimate, distance(estimate.pixel, truth.pixel) <= limit { hits[t] += 1 }
                        if let pixel = image.nearest[index], distance(pixel, truth.pixel) <= limit {
                            nearestHits[t] += 1
                        }
                    }
                }
                guard let estimate, image.result.isMetric, let position = truth.position else { continue }
                let difference = estimate.position - position
                errors.append((difference * difference).sum().squareRoot())
                if truth.isVisible { visibleErrors.append(errors[errors.count - 1]) }
                let isInside = estimate.squaredMahalanobisDistance(to: position) <= KeypointEstimate.bound95
                let share = isInside ? 1.0 : 0.0
                if truth.isVisible { inside.visible.append(share) } else { inside.hidden.append(share) }
            }
        }
        self.images = images.count
        answered = images.reduce(0) { $0 + ($1.isAnswered ? 1 : 0) }
        pck = hits.map { $0 / visible }
        nearest = nearestHits.map { $0 / visible }
        error = Spread(errors)
        visibleError = Spread(visibleErrors)
        floor = Spread(floors)
        visibleCoverage = mean(inside.visible)
        hiddenCoverage = mean(inside.hidden)
        // Answers that were kept in a file have no durations.
        let timed = images.filter { $0.isAnswered && !$0.result.stages.isEmpty }
        let durations = timed.map { image in
            (image.result.startedCold, image.result.stages.reduce(0) { $0 + Double($1.nanoseconds) } * 1e-6)
        }
        cold = Latency(durations.filter(\.0).map(\.1))
        warm = Latency(durations.filter { !$0.0 }.map(\.1))
    }

    /// Distances of the true keypoints from the class mean in its best place [m].
    private static func floorErrors(_ truth: [KeypointTruth?], keypoints: [SIMD3<Double>]) -> [Double] {
        let known = truth.indices.compactMap { i in truth[i]?.position.map { (i, $0) } }
        guard
            let place = SimilarityTransform.fit(
                from: known.map { keypoints[$0.0] }, to: known.map(\.1), weights: known.map { _ in 1 })
        else { return [] }
        return known.map { index, position in
            let d = place.apply(keypoints[index]) - position
            return (d * d).sum().squareRoot()
        }
    }
}

/// The value that a share `q` of `values` is at most, linear between ranks; NaN where there are none.
public func percentile(_ values: [Double], _ q: Double) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    let place = q * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
}

private func mean(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
}
