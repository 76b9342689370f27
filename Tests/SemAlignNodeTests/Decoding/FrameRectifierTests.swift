// SPDX-License-Identifier: Apache-2.0
import SemAlignCore
import SemAlignImages
import Testing

@testable import SemAlignNode

private let camera = LensCamera(
    intrinsics: CameraIntrinsics(focalLength: [60, 60], principalPoint: [31.5, 23.5]),
    distortion: .polynomial(.init(numerator: [-0.3, 0.1, 0])))

@Suite struct FrameRectifierTests {
    @Test("Features of a bent lens are straightened: each patch shows what the pinhole would see there")
    func features() {
        // One channel that grows with the column, so that a value says where it was taken.
        let columns = 32
        let values = (0..<24).flatMap { _ in (0..<columns).map { Float16($0) } }
        let map = FeatureMap(
            rows: 24, columns: columns, channels: 1, values: values, region: PixelRegion(TinyFrame.size),
            model: "")
        let straight = map.rectified(camera: camera, region: PixelRegion(TinyFrame.size))
        for (row, column) in [(3, 3), (12, 16), (20, 28), (0, 0)] {
            let taken = camera.distorted([map.center(row: row, column: column)])[0] ?? .zero
            let expected = min(max(map.patchCoordinates(of: taken).x, 0), Double(columns - 1))
            #expect(abs(Double(straight.values[row * columns + column]) - expected) < 0.05)
        }
    }

    @Test("Patches away from the object take their nearest patch, single rows and columns too")
    func farPatches() {
        let map = FeatureMap(
            rows: 1, columns: 1, channels: 2, values: [1, 2], region: PixelRegion(TinyFrame.size), model: "")
        #expect(map.rectified(camera: camera, region: PixelRegion(TinyFrame.size)).values == [1, 2])
        let empty = PixelRegion(minimum: [-9, -9], maximum: [-8, -8])
        #expect(map.rectified(camera: camera, region: empty).values == [1, 2])
    }

    @Test("A whole observation is straightened: mask, depth, features, and the camera is the pinhole")
    func observation() throws {
        let size = TinyFrame.size
        let map = FeatureMap(
            rows: 6, columns: 8, channels: 1, values: (0..<48).map { Float16($0) }, region: PixelRegion(size),
            model: "")
        let depth = DepthImage(
            size: size, values: (0..<size.width * size.height).map { 1 + Float($0) * 1e-4 }, isMetric: true)
        let taken = Observation(
            timestamp: 7, frameID: "c", imageSize: size, intrinsics: nil, depth: depth,
            mask: TinyFrame(0).maskValue, instance: 1, features: map)
        let straight = try taken.straightened(through: camera)
        let table = try Undistortion(camera: camera, size: size)
        #expect(straight.intrinsics == camera.intrinsics && straight.timestamp == 7)
        #expect(try straight.mask == table.apply(to: taken.mask) && straight.mask != taken.mask)
        #expect(try straight.depth == table.apply(to: depth))
        #expect(straight.features.values != map.values && straight.features.rows == 6)
    }

    @Test("Pixels of an answer are those of the image as the lens made it, and none is visible outside of it")
    func answers() {
        func result(_ pixel: SIMD2<Double>) -> TrackingResult {
            let estimate = KeypointEstimate(
                position: [0, 0, 1], pixel: pixel, covariance: Array(repeating: 0, count: 9), visible: 0.9,
                score: 1)
            return TrackingResult(
                state: .tracking, startedCold: true, isMetric: true, focalLengthPixels: 60, energy: 0,
                energyGap: .nan,
                cameraFromClass: SimilarityTransform(scale: 1, rotation: .identity, translation: .zero),
                keypoints: [estimate], densePoints: [], stages: [], message: "")
        }
        let seen = result([60, 40]).seen(in: TinyFrame.size, through: camera)
        #expect(seen.keypoints[0].pixel == camera.distorted([[60, 40]])[0])
        #expect(seen.keypoints[0].visible == 0.9)
        let outside = result([70, 40]).seen(in: TinyFrame.size, through: nil)
        #expect(outside.keypoints[0].pixel == [70, 40] && outside.keypoints[0].visible == 0)
    }
}
