// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// An image with its alignment: where every point of the class projects to.
public struct AlignedImage: Sendable {
    /// The image's features.
    public let features: FeatureMap
    /// L + N projections [px, as annotations count]; NaN behind the camera.
    public let projections: [SIMD2<Double>]
    /// L + N depths along the optical axis.
    let depths: [Double]
    /// Probability, 0…1, that each point faces the camera.
    let visibility: [Double]
    let camera: CameraIntrinsics
    let pose: SimilarityTransform

    /// Projects a class that was aligned with an image; `nil` where there is no answer.
    ///
    /// `camera` is the image's where known, else one with the answer's focal length.
    public init?(
        _ representation: ClassRepresentation, result: TrackingResult, features: FeatureMap,
        camera: CameraIntrinsics
    ) {
        let keypoints = result.keypoints.map(\.position)
        guard result.state == .tracking, keypoints.count == representation.keypoints.count else { return nil }
        let points = keypoints + representation.dense.map.apply(to: keypoints)
        let towards = result.cameraFromClass.applyInverse(.zero)
        let length = max((towards * towards).sum().squareRoot(), .leastNormalMagnitude)
        let model = representation.visibility
        let direction = model.nearestDirection(to: SIMD3<Float>(towards / length))
        self.features = features
        self.camera = camera
        pose = result.cameraFromClass
        projections = points.map { camera.project($0) ?? SIMD2(.nan, .nan) }
        depths = points.map(\.z)
        visibility = points.indices.map { Double(model.probability(point: $0, direction: direction)) }
    }
}
