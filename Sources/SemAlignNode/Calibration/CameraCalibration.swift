// SPDX-License-Identifier: Apache-2.0
public import SemAlignCore

/// A camera as it was calibrated: pinhole, lens distortion, and which part of the sensor is read.
public struct CameraCalibration: Hashable, Sendable {
    /// Name of the camera, for people.
    public let cameraName: String
    /// Size that the camera was calibrated at [px]: the full sensor, unbinned.
    public let size: ImageSize
    /// Focal lengths and principal point at `size` [px].
    public let intrinsics: CameraIntrinsics
    /// Lens model and its coefficients.
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

/// How a lens bends rays; all models work on normalised image coordinates.
public struct LensDistortion: Hashable, Sendable {
    /// The models of sensor_msgs, with the order of their coefficients.
    public enum Model: String, Hashable, Sendable, CaseIterable {
        /// Five coefficients: k1 k2 p1 p2 k3.
        case plumbBob = "plumb_bob"
        /// Eight coefficients: k1 k2 p1 p2 k3 k4 k5 k6.
        case rationalPolynomial = "rational_polynomial"
        /// Four coefficients of a fisheye lens: k1 k2 k3 k4.
        case equidistant

        /// Number of coefficients.
        public var coefficientCount: Int {
            switch self {
            case .plumbBob: 5
            case .rationalPolynomial: 8
            case .equidistant: 4
            }
        }
    }

    /// The model.
    public let model: Model
    /// Its coefficients in the model's order.
    public let coefficients: [Double]

    /// Joins a model and its coefficients.
    ///
    /// Precondition: as many coefficients as the model has.
    public init(model: Model, coefficients: [Double]) {
        precondition(coefficients.count == model.coefficientCount, "coefficients do not fit the lens model")
        self.model = model
        self.coefficients = coefficients
    }

    /// A lens that bends nothing.
    public static let none = LensDistortion(model: .plumbBob, coefficients: [0, 0, 0, 0, 0])

    /// True where the image is a pinhole's already.
    ///
    /// An equidistant lens bends rays even with all coefficients zero.
    public var isNone: Bool { model != .equidistant && coefficients.allSatisfy { $0 == 0 } }
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
