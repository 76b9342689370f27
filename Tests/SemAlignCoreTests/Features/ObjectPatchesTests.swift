// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

@Suite struct ObjectPatchesTests {
    /// Patches of 10×10 pixels over an image of 60×40.
    private let features = FeatureMap(
        rows: 4, columns: 6, channels: 1, values: [Float16](repeating: 1, count: 24),
        region: PixelRegion(ImageSize(width: 60, height: 40)), model: "")

    private func mask(_ columns: Range<Int>, _ rows: Range<Int>) -> ObjectMask {
        ObjectMask(
            size: ImageSize(width: 60, height: 40),
            labels: (0..<2400).map { columns.contains($0 % 60) && rows.contains($0 / 60) ? 1 : 0 })
    }

    private func patches(_ mask: ObjectMask) -> ObjectPatches? {
        mask.bounds(of: 1).map {
            ObjectPatches(features: features, mask: mask, instance: 1, bounds: $0)
        }
    }

    @Test("Patches that the mask covers at least by half are the object's, the ring around them neighbours")
    func covered() {
        // Columns 1 and 2 whole, column 3 by a fifth; row 1 whole.
        let found = patches(mask(10..<32, 10..<20))
        #expect(found?.covered == [7, 8])
        #expect(found.map { Set($0.withNeighbours) } == Set([0, 1, 2, 3, 6, 7, 8, 9, 12, 13, 14, 15]))
        #expect(found?.withNeighbours.prefix(2) == [7, 8])
    }

    @Test("An object smaller than half a patch is found in the patches that it touches")
    func small() {
        #expect(patches(mask(24..<28, 3..<6))?.covered == [2])
    }

    @Test("Patch coordinates lead back to the pixel")
    func coordinates() {
        let pixel = SIMD2(17.25, 31.5)
        let there = features.pixel(ofPatchCoordinates: features.patchCoordinates(of: pixel))
        #expect(abs(there.x - pixel.x) < 1e-12 && abs(there.y - pixel.y) < 1e-12)
    }
}
