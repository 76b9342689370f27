// SPDX-License-Identifier: Apache-2.0

/// The unknowns of an alignment: L keypoints in the camera's optical frame and the focal length.
public struct AlignmentState: Hashable, Sendable {
    /// L keypoints [m; where depth is not metric any unit, since an image cannot tell the scale].
    public var keypoints: [SIMD3<Double>]
    /// Focal length along x [px of the colour image].
    public var focalLengthPixels: Double

    /// Joins keypoints and focal length.
    public init(keypoints: [SIMD3<Double>], focalLengthPixels: Double) {
        self.keypoints = keypoints
        self.focalLengthPixels = focalLengthPixels
    }

    /// The canonical keypoints of `model` under `cameraFromClass`.
    public init(model: AlignmentModel, cameraFromClass: SimilarityTransform, focalLengthPixels: Double) {
        self.init(
            keypoints: model.canonicalKeypoints.map(cameraFromClass.apply),
            focalLengthPixels: focalLengthPixels)
    }

    /// Mean of the keypoints.
    public var centroid: SIMD3<Double> {
        keypoints.reduce(.zero, +) / Double(max(keypoints.count, 1))
    }

    /// Root mean square distance of the keypoints from their mean.
    public var radius: Double {
        let center = centroid
        let sum = keypoints.reduce(0.0) { sum, point in
            let offset = point - center
            return sum + (offset * offset).sum()
        }
        return (sum / Double(max(keypoints.count, 1))).squareRoot()
    }
}
