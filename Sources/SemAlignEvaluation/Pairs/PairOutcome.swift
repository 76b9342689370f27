// SPDX-License-Identifier: Apache-2.0

/// What became of one keypoint that was carried from a source image into a target image.
public struct PointOutcome: Hashable, Sendable {
    /// The keypoint's index in its category.
    public let keypoint: Int
    /// Where the target shows it [px]; `nil` where it does not, then only KAP looks at it.
    public let truth: SIMD2<Double>?
    /// Where it was found [px]; `nil` = no answer, which counts as wrong.
    public let prediction: SIMD2<Double>?
    /// True where the target shows at least one more keypoint that looks alike (GeoAware-SC's subset).
    public let isGeometryAware: Bool

    /// Joins truth and answer.
    public init(
        keypoint: Int, truth: SIMD2<Double>?, prediction: SIMD2<Double>?, isGeometryAware: Bool = false
    ) {
        self.keypoint = keypoint
        self.truth = truth
        self.prediction = prediction
        self.isGeometryAware = isGeometryAware
    }

    /// Distance between answer and truth [px]; infinite without an answer, `nil` without truth.
    public var error: Double? {
        truth.map { truth in prediction.map { distance($0, truth) } ?? .infinity }
    }
}

/// What became of the keypoints of one pair of images.
public struct PairOutcome: Hashable, Sendable {
    /// The pair's name.
    public let id: String
    /// Its category.
    public let category: String
    /// What thresholds are shares of [px].
    public let thresholdSide: Double
    /// The keypoints that the source shows.
    public let points: [PointOutcome]

    /// Joins the points of a pair.
    public init(id: String, category: String, thresholdSide: Double, points: [PointOutcome]) {
        self.id = id
        self.category = category
        self.thresholdSide = thresholdSide
        self.points = points
    }

    /// True where another keypoint that both images show is nearer to the answer than the right one.
    ///
    /// On a tie the keypoint of lower index counts as the nearer one.
    func isNearerToAnother(_ point: PointOutcome) -> Bool {
        guard let prediction = point.prediction, let error = point.error else { return false }
        return points.contains { other in
            guard other.keypoint != point.keypoint, let truth = other.truth else { return false }
            let distance = distance(prediction, truth)
            return distance < error || (distance == error && other.keypoint < point.keypoint)
        }
    }
}

/// Euclidean distance [px].
func distance(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double {
    let d = a - b
    return (d * d).sum().squareRoot()
}
