// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// What is known of a keypoint in an image of a dataset.
public struct KeypointTruth: Hashable, Sendable {
    /// Pixel [px, integers at pixel centres].
    public let pixel: SIMD2<Double>
    /// True where the point is seen in the image.
    public let isVisible: Bool
    /// Position in the camera frame [m], where known.
    public let position: SIMD3<Double>?

    /// Joins pixel, visibility and position.
    public init(pixel: SIMD2<Double>, isVisible: Bool, position: SIMD3<Double>?) {
        self.pixel = pixel
        self.isVisible = isVisible
        self.position = position
    }
}

/// Truth, answer and baseline of one image.
public struct EvaluatedImage: Sendable {
    /// Name of the image in its dataset.
    public let id: String
    /// The larger side of the object's box [px]: the unit of PCK's thresholds.
    public let boxSide: Double
    /// One entry per keypoint of the class, `nil` where nothing is known.
    public let truth: [KeypointTruth?]
    /// The aligner's answer.
    public let result: TrackingResult
    /// The nearest-neighbour baseline's pixels, `nil` where it has none.
    public let nearest: [SIMD2<Double>?]

    /// Joins truth, answer and baseline.
    ///
    /// Precondition: one entry per keypoint.
    public init(
        id: String, boxSide: Double, truth: [KeypointTruth?], result: TrackingResult,
        nearest: [SIMD2<Double>?]
    ) {
        precondition(truth.count == nearest.count, "one entry for each keypoint")
        self.id = id
        self.boxSide = boxSide
        self.truth = truth
        self.result = result
        self.nearest = nearest
    }

    /// True where the aligner answered.
    public var isAnswered: Bool { result.state == .tracking && result.keypoints.count == truth.count }
}
