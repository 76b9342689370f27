// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// A camera with a lens: where a pinhole would have put a pixel, and back.
public struct LensCamera: Hashable, Sendable {
    /// Focal lengths and principal point of the pictures that the camera takes.
    public let intrinsics: CameraIntrinsics
    /// What its lens does.
    public let distortion: LensDistortion

    /// Joins a camera and its lens.
    public init(intrinsics: CameraIntrinsics, distortion: LensDistortion) {
        self.intrinsics = intrinsics
        self.distortion = distortion
    }

    /// Pixels [px] of a taken picture as the pinhole `target` (by default one of the same intrinsics) sees them.
    ///
    /// `nil` where no ray leads to a pixel, outside the model's range.
    public func undistorted(_ pixels: [SIMD2<Double>], target: CameraIntrinsics? = nil) -> [SIMD2<Double>?] {
        let target = target ?? intrinsics
        return pixels.map { pixel in
            let bent = (pixel - intrinsics.principalPoint) / intrinsics.focalLength
            return distortion.undistorted(bent).map { $0 * target.focalLength + target.principalPoint }
        }
    }

    /// Pixels [px] of the pinhole `target` as they are in the taken picture; `nil` outside the model's range.
    public func distorted(_ pixels: [SIMD2<Double>], target: CameraIntrinsics? = nil) -> [SIMD2<Double>?] {
        let target = target ?? intrinsics
        let limit = distortion.limit
        return pixels.map { pixel in
            let ray = (pixel - target.principalPoint) / target.focalLength
            return distortion.distorted(ray, limit: limit).map {
                $0 * intrinsics.focalLength + intrinsics.principalPoint
            }
        }
    }

    /// The same camera for pictures of another size, `size` instead of `old`.
    public func scaled(from old: ImageSize, to size: ImageSize) -> LensCamera {
        let factor = SIMD2(
            Double(size.width) / Double(old.width), Double(size.height) / Double(old.height))
        return LensCamera(
            intrinsics: CameraIntrinsics(
                focalLength: intrinsics.focalLength * factor,
                principalPoint: (intrinsics.principalPoint + 0.5) * factor - 0.5),
            distortion: distortion)
    }
}
