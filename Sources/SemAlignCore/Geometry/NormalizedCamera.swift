// SPDX-License-Identifier: Apache-2.0

/// Pixels to normalised image coordinates: (pixel − principal point) / m, where m is the larger side of the
/// region of interest.
///
/// Unlike the paper, whose objects fill their images: a robot sees a small object in a large image, and the
/// widths of the schedule are meant relative to the object.
public struct NormalizedCamera: Hashable, Sendable {
    /// Principal point [px]; the image's centre where unknown.
    public let principalPoint: SIMD2<Double>
    /// m [px].
    public let unit: Double
    /// Vertical over horizontal focal length.
    public let aspect: Double
    /// Focal length along x [normalised]; `nil` where the camera is unknown.
    public let knownFocalLength: Double?

    /// The camera of `observation`; `objectBounds` is the box around its mask.
    ///
    /// m is the larger side of the features' crop where there is one, else of the mask's box grown by half.
    public init(observation: Observation, objectBounds: PixelRegion) {
        let isCrop = observation.features.region != PixelRegion(observation.imageSize)
        let side = isCrop ? observation.features.region.largerSide : 1.5 * objectBounds.largerSide
        unit = max(side, 1)
        if let camera = observation.intrinsics {
            principalPoint = camera.principalPoint
            aspect = camera.focalLength.y / camera.focalLength.x
            knownFocalLength = camera.focalLength.x / unit
        } else {
            principalPoint = observation.imageSize.center
            aspect = 1
            knownFocalLength = nil
        }
    }

    /// Normalised coordinates of a pixel.
    public func normalized(_ pixel: SIMD2<Double>) -> SIMD2<Double> { (pixel - principalPoint) / unit }

    /// Pixel of normalised coordinates.
    public func pixel(_ point: SIMD2<Double>) -> SIMD2<Double> { point * unit + principalPoint }

    /// Pixel of a camera point for a focal length along x [px]; `nil` behind the camera.
    public func project(_ point: SIMD3<Double>, focalLengthPixels: Double) -> SIMD2<Double>? {
        guard point.z > 0 else { return nil }
        return SIMD2(point.x, point.y * aspect) * (focalLengthPixels / point.z) + principalPoint
    }
}
