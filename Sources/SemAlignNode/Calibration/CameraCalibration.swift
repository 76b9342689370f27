// SPDX-License-Identifier: Apache-2.0
public import SemAlignCore
public import SemAlignImages

/// A camera as it was calibrated: pinhole, lens distortion, and which part of the sensor is read.
public struct CameraCalibration: Hashable, Sendable {
    /// Name of the camera, for people.
    public let cameraName: String
    /// Size that the camera was calibrated at [px]: the full sensor, unbinned.
    public let size: ImageSize
    /// Focal lengths and principal point at `size` [px].
    public let intrinsics: CameraIntrinsics
    /// What the lens does.
    public let distortion: LensDistortion
    /// Pixels that were added up along x and y, at least 1.
    public let binning: SIMD2<Int>
    /// The part of the sensor that is read [px of `size`]; `nil` = all of it.
    public let region: SensorRegion?

    /// Joins the parts of a calibration.
    public init(
        cameraName: String, size: ImageSize, intrinsics: CameraIntrinsics, distortion: LensDistortion,
        binning: SIMD2<Int> = SIMD2(1, 1), region: SensorRegion? = nil
    ) {
        self.cameraName = cameraName
        self.size = size
        self.intrinsics = intrinsics
        self.distortion = distortion
        self.binning = binning
        self.region = region
    }

    /// Size of the images that the camera sends with this binning and region [px].
    public var sentSize: ImageSize {
        let full = region?.size ?? size
        return ImageSize(width: full.width / binning.x, height: full.height / binning.y)
    }

    /// The camera for images of size `image`; `nil` where they are neither the camera's nor a scaled copy.
    ///
    /// Region and binning follow REP 104: subtract the offset, then divide by the binning. Distortion works
    /// on normalised coordinates and stays as it is.
    public func intrinsics(for image: ImageSize) -> CameraIntrinsics? {
        let offset = region.map { SIMD2(Double($0.x), Double($0.y)) } ?? .zero
        let bins = SIMD2(Double(binning.x), Double(binning.y))
        let sent = CameraIntrinsics(
            focalLength: intrinsics.focalLength / bins,
            principalPoint: (intrinsics.principalPoint - offset) / bins)
        guard image != sentSize else { return sent }
        guard image.width > 0, sentSize.width > 0,
            image.width * sentSize.height == image.height * sentSize.width
        else {
            return nil
        }
        let scale = Double(image.width) / Double(sentSize.width)
        return CameraIntrinsics(
            focalLength: sent.focalLength * scale, principalPoint: (sent.principalPoint + 0.5) * scale - 0.5)
    }
}

/// A rectangle of the sensor [px, unbinned].
public struct SensorRegion: Hashable, Sendable {
    /// Left column [px].
    public let x: Int
    /// Top row [px].
    public let y: Int
    /// Width and height [px].
    public let size: ImageSize

    /// Joins a corner and a size.
    public init(x: Int, y: Int, size: ImageSize) {
        self.x = x
        self.y = y
        self.size = size
    }
}
