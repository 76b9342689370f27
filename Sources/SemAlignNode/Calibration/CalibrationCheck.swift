// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SemAlignCore
internal import SemAlignImages

/// Reads a calibration file and says what is odd about it.
public struct CalibrationCheck: Sendable {
    private let calibration: CameraCalibration
    private let notes: [String]
    /// Row-major 3×3 and 3×4.
    private let rectification: [Double]
    private let projection: [Double]

    /// Reads the file at `path`.
    ///
    /// Throws what makes the file unusable, by line and key.
    public init(path: String) throws(NodeError) { try self.init(text: try readText(path: path), path: path) }

    init(text: String, path: String) throws(NodeError) {
        let file = try CameraCalibrationFile(text: text, path: path)
        calibration = file.calibration
        notes = file.notes
        rectification = file.rectification
        projection = file.projection
    }

    /// What was looked at, what is odd first found first.
    public var findings: [Finding] {
        [camera, focalLength, principalPoint, lens, straightened, sensor].compactMap { $0 }
            + notes.map { Finding("assumed", .note, found: $0) }
    }

    private var size: SIMD2<Double> {
        SIMD2(Double(calibration.size.width), Double(calibration.size.height))
    }

    private var camera: Finding {
        let sent = calibration.sentSize
        return Finding(
            "camera", .good,
            found: "'\(calibration.cameraName)', calibrated at \(calibration.size.text), sends \(sent.text)")
    }

    private var focalLength: Finding {
        let focal = calibration.intrinsics.focalLength
        let angles = SIMD2(atan(size.x / 2 / focal.x), atan(size.y / 2 / focal.y)) * 360 / .pi
        let found =
            "fx \(short(focal.x)), fy \(short(focal.y)) px: \(Int(angles.x.rounded()))° by "
            + "\(Int(angles.y.rounded()))°"
        if focal.x < 20 {
            return Finding(
                "focal_length", .warning, found: found, matter: "that is no focal length in pixels",
                remedy: "divide the focal length in mm by the size of a pixel in mm")
        }
        if abs(log(focal.x / focal.y)) > 0.05 {
            return Finding(
                "focal_length", .warning, found: found,
                matter:
                    "fx and fy differ by \(Int((100 * abs(focal.x / focal.y - 1)).rounded())) %, pixels of most "
                    + "cameras are square",
                remedy:
                    "calibrate again with views that are tilted about both axes, or look for an image that was "
                    + "squeezed")
        }
        if angles.x < 15 || angles.x > 150 {
            return Finding(
                "focal_length", .warning, found: found,
                matter: "few cameras see so \(angles.x < 15 ? "narrow" : "wide") an angle",
                remedy: "check that image_width is that of the calibrated images")
        }
        return Finding("focal_length", .good, found: found)
    }

    private var principalPoint: Finding {
        let point = calibration.intrinsics.principalPoint
        let off = (point - (size - 1) / 2) / size
        let found = "cx \(short(point.x)), cy \(short(point.y)) px"
        let swapped = (SIMD2(point.y, point.x) - (size - 1) / 2) / size
        if max(abs(off.x), abs(off.y)) > 0.1, max(abs(swapped.x), abs(swapped.y)) < 0.06 {
            return Finding(
                "principal_point", .problem, found: found, matter: "cx and cy are swapped",
                remedy: "write camera_matrix as [fx, 0, cx, 0, fy, cy, 0, 0, 1]")
        }
        guard max(abs(off.x), abs(off.y)) > 0.1 else {
            return Finding("principal_point", .good, found: found)
        }
        let ratio = (point + 0.5) / (size / 2)
        let isScaled = abs(log(ratio.x / ratio.y)) < 0.15 && ratio.x > 0 && ratio.y > 0
        return Finding(
            "principal_point", .warning, found: found + ", far from the middle of \(calibration.size.text)",
            matter: isScaled
                ? "it is the middle of an image \(Int((size.x * ratio.x).rounded())) px wide: the matrix seems to "
                    + "belong to another resolution" : "right only for an image that was cropped",
            remedy: isScaled ? "set image_width and image_height to the size that was calibrated" : "")
    }

    /// How far the lens moves the corner, and whether its model still makes sense there.
    private var lens: Finding? {
        guard calibration.distortion != .none else {
            return Finding("lens", .good, found: "no distortion, or straightened already")
        }
        let lens = LensCamera(intrinsics: calibration.intrinsics, distortion: calibration.distortion)
        let middle = calibration.intrinsics.principalPoint
        let corner = SIMD2<Double>(0, 0)
        let steps = (1...20).map { middle + (corner - middle) * Double($0) / 20 }
        let moved = lens.distorted(steps)
        let radii = moved.map { $0.map { (($0 - middle) * ($0 - middle)).sum().squareRoot() } ?? .nan }
        let isFolding = zip(radii, radii.dropFirst()).contains { !($1 > $0) }
        let shift =
            moved.last.flatMap { $0 }.map { (($0 - corner) * ($0 - corner)).sum().squareRoot() } ?? .nan
        let found = "the corner moves by \(short(shift)) px"
        guard !isFolding else {
            return Finding(
                "lens", .warning, found: found,
                matter:
                    "the model folds back before the corner: it was fitted to the middle of the image only",
                remedy: "calibrate again with the board in the corners, or with fewer coefficients")
        }
        guard shift < 0.25 * size.x else {
            return Finding(
                "lens", .warning, found: found, matter: "that is a quarter of the image or more",
                remedy:
                    "check the order of the coefficients: plumb_bob is k1 k2 p1 p2 k3; fisheye lenses are equidistant"
            )
        }
        return Finding("lens", .good, found: found)
    }

    /// The node straightens the image itself: rectification and projection are not used, and should say the same.
    private var straightened: Finding? {
        let identity: [Double] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
        let isTurned = zip(rectification, identity).contains { abs($0 - $1) > 1e-6 }
        if isTurned {
            return Finding(
                "rectification", .note, found: "rectification_matrix is not the identity",
                matter:
                    "one of a stereo pair: the node takes the image as it leaves the lens, not the rectified one",
                remedy: "send the unrectified image, or a calibration of the rectified one")
        }
        let focal = calibration.intrinsics.focalLength
        guard projection[0] > 0, abs(log(projection[0] / focal.x)) > 0.3 else { return nil }
        return Finding(
            "projection", .warning,
            found: "projection_matrix has fx \(short(projection[0])), camera_matrix \(short(focal.x))",
            matter: "they seem to belong to different sizes", remedy: "write both for image_width")
    }

    private var sensor: Finding? {
        guard calibration.binning != SIMD2(1, 1) || calibration.region != nil else { return nil }
        let region = calibration.region.map { "\($0.size.text) at (\($0.x), \($0.y))" } ?? "the whole sensor"
        return Finding(
            "sensor", .note,
            found: "binning \(calibration.binning.x)×\(calibration.binning.y), \(region)",
            matter: "images of \(calibration.sentSize.text) are expected")
    }
}
