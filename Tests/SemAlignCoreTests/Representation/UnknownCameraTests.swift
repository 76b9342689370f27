// SPDX-License-Identifier: Apache-2.0

import SemAlignSimulation
import Testing

@testable import SemAlignCore

/// Focal lengths of 1 to 3 image sides that nobody tells: how well a class is built all the same.
@Suite struct UnknownCameraTests {
    @Test(
        "With exact depth the median error is under 10 %, and the class is that of known focal lengths within 2 %",
        arguments: [SyntheticFamily.mug, .chair, .truck, .hammer])
    func exactDepth(family: SyntheticFamily) throws {
        let images = family == .mug ? ZoomedImages.exactMugs : ZoomedImages(family, depth: .exact)
        let unknown = try images.solve(isTold: false)
        let errors = images.focalRatios(unknown).map { abs($0 - 1) }.sorted()
        #expect(errors[errors.count / 2] < 0.1, "\(errors)")
        let known = try images.solve(isTold: true).sparse.keypoints
        let keypoints = unknown.sparse.keypoints
        let onto = try #require(
            SimilarityTransform.fit(from: keypoints, to: known, weights: keypoints.map { _ in 1 }))
        let squares = zip(keypoints, known).map { squaredDistance(onto.apply($0), $1) }
        let share = (squares.reduce(0, +) / Double(squares.count)).squareRoot() / diameter(of: known)
        #expect(share < 0.02)
        print(
            "focal lengths, \(family), exact depth: median \(errors[errors.count / 2]),",
            "p90 \(errors[errors.count * 9 / 10]), cloud \(share) of the diameter")
    }

    @Test(
        "With a sensor's depth each focal length comes with its spread, and errors keep to it",
        arguments: [SyntheticFamily.mug, .chair, .truck, .animal, .hammer])
    func sensorDepth(family: SyntheticFamily) throws {
        let images = ZoomedImages(family, depth: .sensor)
        let solution = try images.solve(isTold: false)
        let (ratios, cameras) = (images.focalRatios(solution), solution.cameras.estimates)
        let within = zip(ratios, cameras).filter { abs($0 - 1) < 2 * $1.logDeviation }.count
        #expect(cameras.allSatisfy { $0.logDeviation > 0 && $0.logDeviation <= 0.7 })
        #expect(Double(within) > 0.8 * Double(ratios.count), "\(within) of \(ratios.count)")
        let errors = ratios.map { abs($0 - 1) }.sorted()
        print(
            "focal lengths, \(family), sensor depth: median \(errors[errors.count / 2]),",
            "p90 \(errors[errors.count * 9 / 10]), \(within) of \(ratios.count) within two deviations")
    }
}
