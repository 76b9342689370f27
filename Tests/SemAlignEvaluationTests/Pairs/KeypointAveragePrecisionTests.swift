// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignEvaluation

/// A target of 1×4 patches with corners at x = 0, 10, 20, 30; T = 100 and α = 0.1, so the radius is 10 px.
@Suite struct KeypointAveragePrecisionTests {
    private static let grid = PatchGrid(origin: [0, 0], step: [10, 10], rows: 1, columns: 4)

    private func precision(
        _ variant: KeypointAveragePrecision.Variant, _ pairs: [([[Float]], [SIMD2<Double>?])]
    ) -> Double {
        var precision = KeypointAveragePrecision(variant, thresholds: [0.1])
        for (scores, targets) in pairs {
            precision.add(scores: scores, targets: targets, grid: Self.grid, thresholdSide: 100)
        }
        return precision.values[0]
    }

    @Test("Average precision adds precision where recall rises, equal scores together")
    func averagePrecisionByHand() {
        // Falling: + − + −: 1/2 · 1 + 1/2 · 2/3.
        #expect(averagePrecision(positives: [0.9, 0.5], negatives: [0.7, 0.1]) == 0.5 + 0.5 * 2 / 3)
        // All alike: one step with precision 2/4.
        #expect(averagePrecision(positives: [1, 1], negatives: [1, 1]) == 0.5)
        #expect(averagePrecision(positives: [], negatives: [1]).isNaN)
    }

    @Test("A right and confident answer before a wrong one: precision 1")
    func perfect() {
        // Within 10 px of x = 1: patches 0 and, at 9 px, 1. Best inside 1, best outside 0.2.
        let pair: ([[Float]], [SIMD2<Double>?]) = ([[1, 0, 0.2, 0.1]], [[1, 0]])
        for variant in KeypointAveragePrecision.Variant.allCases {
            #expect(precision(variant, [pair]) == 1)
        }
    }

    @Test("A keypoint that the target lacks costs precision where something answers confidently")
    func absent() {
        // Stretched over the pair: scores 1 … 0. Second keypoint is absent and answers with 0.9.
        let pair: ([[Float]], [SIMD2<Double>?]) = (
            [[0.2, 0, 0.8, 0.1], [0.9, 0.3, 0.1, 1.0]], [[21, 0], nil]
        )
        // First: inside 10 px of x = 21 are patches 2 and 3: best 0.8, outside 0.2. Second: negative 1.
        #expect(precision(.sphericalMaps, [pair]) == 0.5)
        // As released by Jamais Vu, the absent one lies at the origin: within 10 px (<=) patches 0 and 1, a
        // positive of 0.9 and a negative of 1. Falling: −1, +0.9, +0.8, −0.2: ½ · ½ + ½ · 2/3.
        #expect(abs(precision(.jamaisVu, [pair]) - (0.25 + 1.0 / 3)) < 1e-12)
    }

    @Test("The nearest patch always counts as within for SphericalMaps")
    func nearest() {
        // No patch within 10 px of x = 45.
        let pair: ([[Float]], [SIMD2<Double>?]) = ([[0, 0.5, 0.25, 1]], [[45, 0]])
        #expect(precision(.sphericalMaps, [pair]) == 1)
        #expect(precision(.jamaisVu, [pair]) == 0.5)
    }

    @Test("A distance of exactly the radius is outside for SphericalMaps and inside for Jamais Vu")
    func border() {
        let pair: ([[Float]], [SIMD2<Double>?]) = ([[0.5, 1, 0, 0]], [[0, 0]])
        // SphericalMaps: inside patch 0 (0.5), outside patch 1 (1).
        #expect(precision(.sphericalMaps, [pair]) == 0.5)
        #expect(precision(.jamaisVu, [pair]) == 1)
    }
}
