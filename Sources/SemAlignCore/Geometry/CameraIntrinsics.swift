// SPDX-License-Identifier: Apache-2.0

/// A pinhole camera without lens distortion; `project` is π_f of the paper.
///
/// Pixels run x right, y down, with (0, 0) at the centre of the top-left pixel.
/// Camera points run x right, y down, z forward, in metres.
public struct CameraIntrinsics: Hashable, Sendable {
    /// Focal lengths along x and y [px], both greater than zero.
    public let focalLength: SIMD2<Double>
    /// Principal point [px].
    public let principalPoint: SIMD2<Double>

    /// Makes a camera from its focal lengths [px, > 0] and principal point [px].
    public init(focalLength: SIMD2<Double>, principalPoint: SIMD2<Double>) {
        self.focalLength = focalLength
        self.principalPoint = principalPoint
    }

    /// The camera that is assumed where none is known: of square pixels, looking straight at the middle of the image.
    public init(imageSize: ImageSize, focalLength: Double) {
        self.init(focalLength: SIMD2(repeating: focalLength), principalPoint: imageSize.center)
    }

    /// Projects a camera point [m] to the image [px]; `nil` where z ≤ 0, behind the camera.
    public func project(_ point: SIMD3<Double>) -> SIMD2<Double>? {
        guard point.z > 0 else { return nil }
        return focalLength * SIMD2(point.x, point.y) / point.z + principalPoint
    }

    /// The camera point [m] seen at `pixel` [px] at `depth` along the optical axis [m].
    public func unproject(_ pixel: SIMD2<Double>, depth: Double) -> SIMD3<Double> {
        let ray = (pixel - principalPoint) / focalLength
        return SIMD3(ray.x * depth, ray.y * depth, depth)
    }
}
