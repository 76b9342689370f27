// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SemAlignCore

/// Asks whether the intrinsics are those of these images.
struct CameraCheck: Sendable {
    private let observations: [Observation]

    init(_ observations: [Observation]) { self.observations = observations }

    var findings: [Finding] {
        let known = observations.filter { $0.intrinsics != nil }
        guard let first = known.first, let camera = first.intrinsics else {
            return [
                Finding(
                    "intrinsics", .note, found: "no intrinsics",
                    matter: "the focal length is estimated and positions are not metres",
                    remedy: "send camera_info or set calibration")
            ]
        }
        let size = SIMD2(Double(first.imageSize.width), Double(first.imageSize.height))
        let center = (size - 1) / 2
        let ratio = (camera.principalPoint + 0.5) / (center + 0.5)
        let angle = 2 * atan(size.x / 2 / camera.focalLength.x) * 180 / .pi
        let found =
            "principal point (\(short(camera.principalPoint.x)), \(short(camera.principalPoint.y))), focal length "
            + "\(short(camera.focalLength.x)) px, in images of \(first.imageSize.text)"
        let swapped = (SIMD2(camera.principalPoint.y, camera.principalPoint.x) + 0.5) / (center + 0.5)
        if first.imageSize.width != first.imageSize.height, Self.isNear(swapped, 1, within: 0.12),
            !Self.isNear(ratio, 1, within: 0.12)
        {
            return [
                Finding(
                    "intrinsics_swapped", .problem, found: found,
                    matter: "the coordinates of the principal point are those of an image turned on its side",
                    remedy:
                        "swap cx and cy (and fx and fy) in the calibration: K is [fx 0 cx; 0 fy cy; 0 0 1]")
            ]
        }
        if abs(log(ratio.x / ratio.y)) < 0.15, abs(log((ratio.x * ratio.y).squareRoot())) > 0.22 {
            let factor = (ratio.x * ratio.y).squareRoot()
            let width = Int((size.x * factor).rounded())
            return [
                Finding(
                    "intrinsics_resolution", .problem, found: found,
                    matter:
                        "they are those of images about \(width) px wide: positions are off by the same factor",
                    remedy: "send the size that K was calibrated at as width and height, or scale K by "
                        + "\(short(1 / factor))")
            ]
        }
        let isCentered = Self.isNear(ratio, 1, within: 0.35)
        // A crop around an object is narrow, and its principal point lies anywhere.
        let isCrop = angle < 15 && !isCentered
        if !isCrop, angle < 15 || angle > 150 {
            return [
                Finding(
                    "intrinsics_focal", .warning, found: found + ", \(Int(angle))° wide",
                    matter: "few cameras see so \(angle < 15 ? "narrow" : "wide") an angle",
                    remedy: "check the unit of the focal length: it is pixels, not millimetres")
            ]
        }
        guard isCentered else {
            return [
                Finding(
                    "intrinsics_center", isCrop ? .note : .warning, found: found,
                    matter: "the principal point is far from the middle: right only for a cropped image",
                    remedy: "if the image is not a crop, calibrate again")
            ]
        }
        return [Finding("intrinsics", .good, found: found)]
    }

    private static func isNear(_ value: SIMD2<Double>, _ other: Double, within tolerance: Double) -> Bool {
        abs(value.x - other) < tolerance && abs(value.y - other) < tolerance
    }
}

/// A number for people: one digit after the point below a hundred.
func short(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    return abs(value) >= 100 ? "\(Int(value.rounded()))" : "\((value * 100).rounded() / 100)"
}
