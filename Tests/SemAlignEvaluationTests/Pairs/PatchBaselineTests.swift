// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignEvaluation
import Testing

@Suite struct PatchBaselineTests {
    /// 20×20 patches of 10 px, one channel pair; the region starts at (−50, 0).
    private static let features = FeatureMap(
        rows: 20, columns: 20, channels: 2,
        values: (0..<400).flatMap { [Float16($0 % 7) + 1, Float16($0 % 3)] },
        region: PixelRegion(minimum: [-50, 0], maximum: [150, 200]), model: "")

    @Test("A keypoint belongs to the patch that holds it, cut off")
    func patches() {
        #expect(PatchBaseline.patch(of: [-50, 0], in: Self.features) == 0)
        #expect(PatchBaseline.patch(of: [-40.5, 19.9], in: Self.features) == 20)
        #expect(PatchBaseline.patch(of: [149.9, 199.9], in: Self.features) == 399)
        #expect(PatchBaseline.patch(of: [150, 10], in: Self.features) == nil)
        #expect(PatchBaseline.patch(of: [-51, 10], in: Self.features) == nil)
    }

    @Test("nearest answers the middle of the best patch; window weighs its neighbours, not what is far")
    func places() {
        var similarities = [Float](repeating: -0.5, count: 400)
        similarities[10 * 20 + 10] = 0.9
        similarities[10 * 20 + 11] = 0.9
        similarities[10 * 20 + 19] = 0.89
        let nearest = PatchBaseline(.nearest).place(similarities[...], in: Self.features)
        #expect(nearest == [55, 105])
        // Equal weights for columns 10 and 11; column 19 lies outside the window of ±7.
        let window = PatchBaseline(.window).place(similarities[...], in: Self.features)
        #expect(abs(window.x - 60) < 1e-3 && abs(window.y - 105) < 1e-3)
    }

    @Test("The table holds the cosine of every vector with every patch")
    func table() {
        let vectors: [Float] = [1, 0, 0, 1, 0.6, 0.8]
        let table = SimilarityTable(of: vectors, to: Self.features)
        for patch in [0, 1, 57, 399] {
            let a = Float(patch % 7) + 1
            let b = Float(patch % 3)
            let norm = (a * a + b * b).squareRoot()
            #expect(abs(Array(table[0])[patch] - a / norm) < 1e-3)
            #expect(abs(Array(table[1])[patch] - b / norm) < 1e-3)
            #expect(abs(Array(table[2])[patch] - (0.6 * a + 0.8 * b) / norm) < 1e-3)
        }
    }
}
