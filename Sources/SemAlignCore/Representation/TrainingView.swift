// SPDX-License-Identifier: Apache-2.0

/// One annotated image that a class representation is built from.
public struct TrainingView: Sendable {
    /// Name of the image in its dataset, for reports.
    public let id: String
    /// Which physical object it shows; statistics are taken over instances.
    public let instance: String
    /// Image size, camera, depth, mask, features.
    ///
    /// `mask.area == 0` means there is no mask.
    public let observation: Observation
    /// One entry per keypoint of the class in its order [px]; `nil` = not annotated or not visible.
    public let keypoints: [SIMD2<Double>?]

    /// Joins an observation and its annotations.
    public init(id: String, instance: String, observation: Observation, keypoints: [SIMD2<Double>?]) {
        self.id = id
        self.instance = instance
        self.observation = observation
        self.keypoints = keypoints
    }
}
