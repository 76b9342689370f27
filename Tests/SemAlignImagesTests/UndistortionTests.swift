// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignImages
import Testing

@Suite struct UndistortionTests {
    private let size = ImageSize(width: 160, height: 120)
    private let intrinsics = CameraIntrinsics(focalLength: [110, 112], principalPoint: [80.5, 58.25])

    private func camera(_ coefficients: [Double] = [-0.28, 0.07, 0.0012, -0.0008, 0.01]) throws -> LensCamera
    {
        LensCamera(
            intrinsics: intrinsics,
            distortion: try LensDistortion(model: "plumb_bob", coefficients: coefficients))
    }

    @Test("Without distortion nothing changes")
    func identity() throws {
        let table = try Undistortion(
            camera: LensCamera(intrinsics: intrinsics, distortion: .none), size: size)
        let image = Pictures.gradient(width: 160, height: 120)
        #expect(try table.apply(to: image) == image)
    }

    @Test("Pixels survive the way to the pinhole and back, also with other intrinsics")
    func pixels() throws {
        let camera = try camera()
        let pixels: [SIMD2<Double>] = [[0, 0], [80.5, 58.25], [159, 3], [20, 110.5]]
        for target in [nil, CameraIntrinsics(focalLength: [90, 90], principalPoint: [79.5, 59.5])] {
            let straight = camera.undistorted(pixels, target: target).compactMap { $0 }
            let back = camera.distorted(straight, target: target).compactMap { $0 }
            #expect(back.count == pixels.count)
            for (pixel, again) in zip(pixels, back) {
                #expect(abs(pixel.x - again.x) < 1e-6 && abs(pixel.y - again.y) < 1e-6)
            }
        }
    }

    @Test("A mark in the picture moves to where its pixel is undistorted, in image, depth and mask alike")
    func marks() throws {
        let camera = try camera()
        let table = try Undistortion(camera: camera, size: size)
        let mark = SIMD2<Double>(30, 24)
        var image = ColorImage(size: size, color: [0, 0, 0])
        var depth = [Float](repeating: 1, count: 160 * 120)
        var labels = [UInt8](repeating: 0, count: 160 * 120)
        for row in 22...26 {
            for column in 28...32 {
                image[column, row] = [255, 255, 255]
                depth[row * 160 + column] = 2
                labels[row * 160 + column] = 9
            }
        }
        let moved = try #require(camera.undistorted([mark])[0])
        #expect(abs(moved.x - mark.x) > 3)
        let (column, row) = (Int(moved.x.rounded()), Int(moved.y.rounded()))
        #expect(try table.apply(to: image)[column, row] == [255, 255, 255])
        let straight = try table.apply(to: DepthImage(size: size, values: depth, isMetric: true))
        #expect(straight.isMetric && straight.values[row * 160 + column] == 2)
        // Depth and labels are picked, never mixed.
        #expect(straight.values.allSatisfy { [0, 1, 2].contains($0) })
        let mask = try table.apply(to: ObjectMask(size: size, labels: labels))
        #expect(
            mask.contains(column: column, row: row, instance: 9)
                && mask.labels.allSatisfy { $0 == 0 || $0 == 9 })
    }

    @Test("What the camera did not see is black, without depth, and background")
    func outside() throws {
        // Strong pincushion: the undistorted corners come from outside the picture.
        let table = try Undistortion(camera: camera([0.8, 0, 0, 0]), size: size)
        let image = ColorImage(size: size, color: [200, 200, 200])
        #expect(try table.apply(to: image)[0, 0] == [0, 0, 0])
        let depth = DepthImage(size: size, values: [Float](repeating: 1, count: 160 * 120), isMetric: true)
        #expect(try table.apply(to: depth).values[0] == 0)
    }

    @Test("A picture of another size is refused; the camera for it is had by scaling")
    func otherSize() throws {
        let camera = try camera()
        let half = ImageSize(width: 80, height: 60)
        let table = try Undistortion(camera: camera, size: size)
        #expect(throws: ImageError.otherSize(found: half, expected: size)) {
            try table.apply(to: ColorImage(size: half, color: .zero))
        }
        let scaled = camera.scaled(from: size, to: half)
        let full = try #require(camera.undistorted([[19.5, 9.5]])[0])
        let small = try #require(scaled.undistorted([[9.5, 4.5]])[0])
        #expect(
            abs((full.x + 0.5) / 2 - 0.5 - small.x) < 1e-9 && abs((full.y + 0.5) / 2 - 0.5 - small.y) < 1e-9)
    }
}
