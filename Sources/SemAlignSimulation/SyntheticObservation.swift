// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// The truth about one keypoint in one image.
public struct KeypointTruth: Hashable, Sendable {
    /// Position in the camera's optical frame [m].
    public let position: SIMD3<Double>
    /// Projection [px, integers at pixel centres]; may lie outside the image.
    public let pixel: SIMD2<Double>
    /// True where the point is inside the image and nothing hides it.
    public let isVisible: Bool
}

/// One simulated image with everything that belongs to it.
public struct SyntheticObservation: Sendable {
    /// Name of the image in its set.
    public let id: String
    /// Name of the physical object.
    public let instance: String
    /// Name of the video run; `nil` for a single image.
    public let run: String?
    /// H×W×3, red first, row-major.
    public let pixels: [UInt8]
    /// What the aligner gets; intrinsics and depth as the configuration tells them.
    public let observation: Observation
    /// The camera that was really used.
    public let intrinsics: CameraIntrinsics
    /// Object frame to camera frame: a rigid motion [m].
    public let cameraFromObject: SimilarityTransform
    /// The truth, one entry per keypoint in the class's order.
    public let keypoints: [KeypointTruth]

    /// The image as a training view: only visible keypoints are annotated.
    public var trainingView: TrainingView {
        TrainingView(
            id: id, instance: instance, observation: observation,
            keypoints: keypoints.map { $0.isVisible ? $0.pixel : nil })
    }
}
