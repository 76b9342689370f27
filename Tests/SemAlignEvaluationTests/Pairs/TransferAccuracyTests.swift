// SPDX-License-Identifier: Apache-2.0

import SemAlignEvaluation
import Testing

/// Two categories, three pairs, T = 100; errors chosen such that every convention gives another number.
@Suite struct TransferAccuracyTests {
    /// Truths on a line, 30 px apart; `errors` are distances to the right.
    private static func pair(
        _ id: String, _ category: String, errors: [Double?], aware: Set<Int> = []
    ) -> PairOutcome {
        PairOutcome(
            id: id, category: category, thresholdSide: 100,
            points: errors.enumerated().map { index, error in
                let truth = SIMD2(30 * Double(index), 7)
                return PointOutcome(
                    keypoint: index, truth: truth, prediction: error.map { truth + SIMD2($0, 0) },
                    isGeometryAware: aware.contains(index))
            })
    }

    private static let outcomes = [
        // 10 is on the threshold; 22 lies nearer to the next keypoint; the last has no answer.
        pair("1", "cup", errors: [0, 10, 22, nil], aware: [0, 2]),
        pair("2", "cup", errors: [3, 3]),
        pair("3", "pot", errors: [40, 9]),
    ]

    private func accuracy(_ convention: TransferConvention) -> TransferAccuracy {
        TransferAccuracy(Self.outcomes, thresholds: [0.1, 0.25], convention: convention)
    }

    @Test("Per point, per image and mean of categories differ as computed by hand")
    func averages() {
        let found = accuracy(TransferConvention(.pck, .lessOrEqual))
        #expect(found.pairs == 3 && found.points == 8)
        // At 0.1: 2 of 4, 2 of 2, 1 of 2. At 0.25: 3 of 4, 2 of 2, 1 of 2.
        #expect(found.perPoint == [5.0 / 8, 6.0 / 8])
        #expect(found.perImage == [2.0 / 3, 2.25 / 3])
        #expect(found.categoriesPerPoint == [(4.0 / 6 + 0.5) / 2, (5.0 / 6 + 0.5) / 2])
        #expect(found.categoriesPerImage == [(0.75 + 0.5) / 2, (0.875 + 0.5) / 2])
        #expect(abs(found.weighted[0] - 2.0 / 3) < 1e-12 && abs(found.weighted[1] - 0.75) < 1e-12)
        #expect(found.categories == ["cup": [0.75, 0.875], "pot": [0.5, 0.5]])
    }

    @Test("An error on the threshold counts with <= and does not with <")
    func comparison() {
        #expect(accuracy(TransferConvention(.pck, .less)).perPoint == [4.0 / 8, 6.0 / 8])
    }

    @Test("PCK† refuses what lies nearer to another keypoint")
    func dagger() {
        // The error of 22 px falls; the error of 40 px was wrong already.
        let found = accuracy(TransferConvention(.pckDagger))
        #expect(found.perPoint == [5.0 / 8, 5.0 / 8])
    }

    @Test("The geometry-aware subset counts its points only, and pairs without any not at all")
    func geometryAware() {
        let found = accuracy(TransferConvention(.pck, .lessOrEqual, isGeometryAware: true))
        #expect(found.pairs == 1 && found.points == 2)
        #expect(found.perPoint == [0.5, 1] && found.perImage == [0.5, 1])
    }

    @Test("A pair whose points have no truth weighs its category, and nothing else")
    func withoutTruth() {
        let empty = PairOutcome(
            id: "4", category: "pot", thresholdSide: 100,
            points: [PointOutcome(keypoint: 0, truth: nil, prediction: [1, 1])])
        let found = TransferAccuracy(
            Self.outcomes + [empty], thresholds: [0.1], convention: TransferConvention())
        #expect(found.pairs == 3 && found.perImage == [2.0 / 3])
        #expect(found.weighted == [(0.75 * 2 + 0.5 * 2) / 4])
        let none = TransferAccuracy([empty], thresholds: [0.1], convention: TransferConvention())
        #expect(none.points == 0 && none.perPoint[0].isNaN)
    }

    @Test("Wrong answers are swaps, jitters or misses")
    func failures() {
        // 22 px off is 8 px from the next keypoint: a swap. 40 px off is 10 px from the next: a swap too.
        let kinds = FailureKinds(Self.outcomes, threshold: 0.1)
        #expect(kinds.points == 8)
        #expect(kinds.correct == 0.625 && kinds.swap == 0.25)
        #expect(kinds.jitter == 0 && kinds.miss == 0.125)
        let far = Self.pair("5", "pan", errors: [15, 100])
        let other = FailureKinds([far], threshold: 0.1)
        #expect(other.correct == 0 && other.swap == 0)
        #expect(other.jitter == 0.5 && other.miss == 0.5)
    }
}
