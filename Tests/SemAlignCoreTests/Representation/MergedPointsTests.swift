// SPDX-License-Identifier: Apache-2.0

import SemAlignSimulation
import Testing

@testable import SemAlignCore

@Suite struct MergedPointsTests {
    private func learned() throws -> ClassRepresentation { try LearnedClass.truck.get().representation }

    @Test("A class of few points stays as it is") func few() throws {
        let whole = try learned()
        #expect(whole.merged(toDensePoints: whole.dense.map.pointCount) == whole)
    }

    @Test("Merging keeps the keypoints, unit vectors, and rows that sum to 1", arguments: [1, 20, 77])
    func sound(count: Int) throws {
        let whole = try learned()
        let merged = whole.merged(toDensePoints: count)
        let (map, channels) = (merged.dense.map, merged.appearance.channels)
        #expect((1...count).contains(map.pointCount))
        #expect(merged.keypoints == whole.keypoints)
        let own = whole.keypoints.count * channels
        let areKept = merged.appearance.vectors.prefix(own).elementsEqual(
            whole.appearance.vectors.prefix(own))
        #expect(areKept)
        for row in 0..<map.pointCount {
            let entries = Int(map.rowStarts[row])..<Int(map.rowStarts[row + 1])
            #expect(abs(map.weights[entries].reduce(0, +) - 1) < 1e-3)
        }
        for point in 0..<merged.appearance.pointCount {
            let vector = merged.appearance.vectors[(point * channels)..<((point + 1) * channels)]
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
        }
    }

    @Test("Merged points lie among those that they stand for, and all of these are near one") func near()
        throws
    {
        let whole = try learned()
        let merged = whole.merged(toDensePoints: 60)
        let points = whole.dense.map.apply(to: whole.keypoints)
        let means = merged.dense.map.apply(to: merged.keypoints)
        let reach = 0.2 * diameter(of: whole.keypoints)
        func distance(_ p: SIMD3<Double>, to others: [SIMD3<Double>]) -> Double {
            others.map { squaredDistance($0, p) }.min()?.squareRoot() ?? .infinity
        }
        for mean in means { #expect(distance(mean, to: points) < reach) }
        for point in points { #expect(distance(point, to: means) < reach) }
    }

    @Test("A tracker answers with all dense points, where the keypoints carry them") func answersAll() throws
    {
        let learned = try LearnedClass.truck.get()
        let map = learned.representation.dense.map
        var tracker = Tracker(representation: learned.representation)
        let image = learned.synthetic.observations(of: .unseen, count: 1, seed: 3)[0]
        let result = tracker.update(image.observation) { 0 }
        try #require(result.state == .tracking)
        #expect(result.densePoints == map.apply(to: result.keypoints.map(\.position)))
    }
}
