// SPDX-License-Identifier: Apache-2.0
import SemAlignCore
import SemAlignImages
import Testing

@testable import SemAlignNode

private let plain = """
    image_width: 640
    image_height: 480
    camera_name: bench
    camera_matrix:
      rows: 3
      cols: 3
      data: [600, 0, 319.5, 0, 610, 239.5, 0, 0, 1]
    distortion_model: plumb_bob
    distortion_coefficients:
      rows: 1
      cols: 5
      data: [0.1, -0.2, 0.001, 0.002, 0.05]
    rectification_matrix:
      rows: 3
      cols: 3
      data: [1, 0, 0, 0, 1, 0, 0, 0, 1]
    projection_matrix:
      rows: 3
      cols: 4
      data: [600, 0, 319.5, 0, 0, 610, 239.5, 0, 0, 0, 1, 0]
    """

private func parse(_ text: String) throws(NodeError) -> CameraCalibration {
    try CameraCalibrationFile(text: text, path: "cam.yaml").calibration
}

private func message(_ text: String) -> String {
    do throws(NodeError) {
        _ = try parse(text)
        return "accepted"
    } catch {
        return error.description
    }
}

@Suite struct CameraCalibrationFileTests {
    @Test("A file of camera_calibration gives its camera")
    func readsPlainFile() throws {
        let calibration = try parse(plain)
        #expect(calibration.cameraName == "bench")
        #expect(calibration.size == ImageSize(width: 640, height: 480))
        #expect(calibration.intrinsics.focalLength == [600, 610])
        #expect(calibration.intrinsics.principalPoint == [319.5, 239.5])
        #expect(
            calibration.distortion
                == .polynomial(.init(numerator: [0.1, -0.2, 0.05], tangential: [0.001, 0.002])))
        #expect(calibration.intrinsics(for: calibration.size) == calibration.intrinsics)
    }

    @Test("A file of OpenCV, with its header, tags and dt lines, gives the same camera")
    func readsOpenCVFile() throws {
        let text =
            "%YAML:1.0\n---\n"
            + plain.replacing("_matrix:\n", with: "_matrix: !!opencv-matrix\n")
            .replacing("_coefficients:\n", with: "_coefficients: !!opencv-matrix\n")
            .replacing("  data:", with: "  dt: d\n  data:")
        #expect(try parse(text) == parse(plain))
    }

    @Test("Region and binning follow REP 104")
    func regionAndBinning() throws {
        let text =
            plain + """

                binning_x: 2
                binning_y: 2
                roi: {x_offset: 50, y_offset: 70, height: 300, width: 200, do_rectify: false}
                """
        let calibration = try parse(text)
        #expect(calibration.sentSize == ImageSize(width: 100, height: 150))
        let intrinsics = try #require(calibration.intrinsics(for: ImageSize(width: 100, height: 150)))
        #expect(intrinsics.focalLength == [300, 305])
        #expect(intrinsics.principalPoint == [134.75, 84.75])
    }

    @Test("A scaled copy of the image keeps its rays; another shape has no camera")
    func scaledImage() throws {
        let calibration = try parse(plain)
        let half = try #require(calibration.intrinsics(for: ImageSize(width: 320, height: 240)))
        #expect(half.focalLength == [300, 305])
        #expect(half.principalPoint == [159.5, 119.5])
        #expect(calibration.intrinsics(for: ImageSize(width: 640, height: 360)) == nil)
        #expect(calibration.intrinsics(for: ImageSize(width: 0, height: 0)) == nil)
    }

    @Test("An all-zero region and zero binning mean the full image")
    func zeroRegion() throws {
        let text =
            plain + "\nbinning_x: 0\nroi: {x_offset: 0, y_offset: 0, height: 0, width: 0, do_rectify: false}"
        #expect(try parse(text) == parse(plain))
    }

    @Test("A missing distortion model is plumb_bob, and is said")
    func missingModel() throws {
        let file = try CameraCalibrationFile(
            text: plain.replacing("distortion_model: plumb_bob\n", with: ""), path: "cam.yaml")
        #expect(file.calibration.distortion != .none)
        #expect(file.notes.count == 1)
    }

    @Test(
        "What is wrong is named with line, key, found and expected",
        arguments: [
            (
                "image_width: 640", "",
                "cam.yaml: image_width is missing, expected a whole number from 1 to 65536"
            ),
            (
                "image_width: 640", "image_width: 0",
                "cam.yaml:1: image_width is '0', expected a whole number from 1 to 65536"
            ),
            (
                "[600, 0, 319.5, 0, 610, 239.5, 0, 0, 1]", "[600, 0, 319.5]",
                "cam.yaml:7: camera_matrix.data is a list of 3, expected 9 finite numbers"
            ),
            (
                "[600, 0, 319.5, 0, 610", "[600, 0, .nan, 0, 610",
                "cam.yaml:7: camera_matrix.data is '.nan', expected 9 finite numbers"
            ),
            (
                "[600, 0, 319.5, 0, 610", "[0, 0, 319.5, 0, 610",
                "cam.yaml:5: camera_matrix is fx = 0, which means not calibrated, expected fx and fy above 0"
            ),
            (
                "plumb_bob", "fisheye62",
                "cam.yaml:8: distortion_model is not usable (unknown distortion model 'fisheye62'"
            ),
            (
                "plumb_bob", "equidistant",
                "cam.yaml:8: distortion_model is not usable (distortion model 'equidistant' has 5 coefficients, expected 4"
            ),
            ("cols: 4", "cols: 3", "cam.yaml:18: projection_matrix is 3×3, expected 3×4"),
            (
                "distortion_coefficients:", "distortion_coefs:",
                "cam.yaml: distortion_coefficients is missing, expected a row matrix with rows, cols and data"
            ),
        ])
    func wrongFiles(old: String, new: String, expected: String) {
        #expect(message(plain.replacing(old, with: new, maxReplacements: 1)).hasPrefix(expected))
    }

    @Test(
        "A region outside the sensor or with missing keys is refused",
        arguments: [
            "roi: {x_offset: 600, y_offset: 0, height: 10, width: 100, do_rectify: false}",
            "roi: {x_offset: 0, y_offset: 0, height: 10, width: 100}", "roi: 5", "binning_x: -1",
        ])
    func wrongRegions(line: String) {
        #expect(throws: NodeError.self) { try parse(plain + "\n" + line) }
    }

    @Test("No prefix of a file crashes the reader")
    func truncated() {
        for length in stride(from: 0, to: plain.utf8.count, by: 7) {
            _ = message(String(plain.prefix(length)))
        }
    }
}
