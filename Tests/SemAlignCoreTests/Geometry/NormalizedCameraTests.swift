// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import Testing

@Suite struct NormalizedCameraTests {
    private func observation(region: PixelRegion, intrinsics: CameraIntrinsics?) -> Observation {
        let size = ImageSize(width: 64, height: 48)
        return Observation(
            timestamp: 0, frameID: "", imageSize: size, intrinsics: intrinsics, depth: nil,
            mask: ObjectMask(size: size, labels: [UInt8](repeating: 1, count: 64 * 48)), instance: 1,
            features: FeatureMap(rows: 1, columns: 1, channels: 1, values: [1], region: region, model: ""))
    }

    @Test("The unit is the crop's larger side, else that of the mask's box grown by half")
    func unit() {
        let bounds = PixelRegion(minimum: [10, 10], maximum: [30, 22])
        let crop = PixelRegion(minimum: [5, 5], maximum: [35, 40])
        let whole = PixelRegion(ImageSize(width: 64, height: 48))
        let cropped = observation(region: crop, intrinsics: nil)
        let full = observation(region: whole, intrinsics: nil)
        #expect(NormalizedCamera(observation: cropped, objectBounds: bounds).unit == 35)
        #expect(NormalizedCamera(observation: full, objectBounds: bounds).unit == 30)
    }

    @Test("A known camera projects as its intrinsics do; an unknown one has its centre in the image's")
    func projection() throws {
        let bounds = PixelRegion(minimum: [0, 0], maximum: [20, 20])
        let whole = PixelRegion(ImageSize(width: 64, height: 48))
        let intrinsics = CameraIntrinsics(focalLength: [50, 55], principalPoint: [30, 25])
        let known = NormalizedCamera(
            observation: observation(region: whole, intrinsics: intrinsics), objectBounds: bounds)
        let point = SIMD3(0.2, -0.1, 1.5)
        let expected = try #require(intrinsics.project(point))
        let found = try #require(known.project(point, focalLengthPixels: 50))
        #expect(abs(found.x - expected.x) < 1e-9 && abs(found.y - expected.y) < 1e-9)
        #expect(known.knownFocalLength == 50 / 30.0)
        #expect(known.pixel(known.normalized([3, 4])) == [3, 4])
        #expect(known.project([0, 0, -1], focalLengthPixels: 50) == nil)
        let unknown = NormalizedCamera(
            observation: observation(region: whole, intrinsics: nil), objectBounds: bounds)
        #expect(unknown.principalPoint == [31.5, 23.5] && unknown.knownFocalLength == nil)
    }
}
