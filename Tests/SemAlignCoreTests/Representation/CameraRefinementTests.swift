// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

/// Views of one rigid shape by cameras of different focal lengths: what can be known is known exactly.
@Suite struct CameraRefinementTests {
    private static let focalLengths = [1.0, 1.3, 1.7, 2.2, 2.9, 1.5, 1.1, 2.5]

    private static let shape: [SIMD3<Double>] = {
        var generator = SeededGenerator(seed: 31)
        return (0..<9).map { _ in [generator.uniform(), generator.uniform(), generator.uniform()] }
    }()

    private static func rotation(_ generator: inout SeededGenerator) -> Rotation {
        Rotation(quaternion: [generator.normal(), generator.normal(), generator.normal(), generator.normal()])
    }

    /// (u, v, depth as told) of each keypoint; `tell` turns true depth into what the view says.
    private static func views(
        points: [Int] = Array(0..<9), tell: (Double, Int) -> Double = { depth, _ in depth }
    ) -> [[SIMD3<Double>?]] {
        var generator = SeededGenerator(seed: 77)
        return focalLengths.enumerated().map { number, focal in
            let rotation = rotation(&generator)
            return shape.indices.map { i in
                guard points.contains(i) else { return nil }
                let seen = rotation.apply(shape[i] - 0.5) + SIMD3(0, 0, 2.5 * focal)
                return [focal * seen.x / seen.z, focal * seen.y / seen.z, tell(seen.z, number)]
            }
        }
    }

    private func refined(
        _ views: [[SIMD3<Double>?]], offset: DepthOffset = .none
    ) -> (CameraRefinement, [CameraEstimate]) {
        let refinement = CameraRefinement(
            views: views, instances: views.map { _ in "one" }, isKnown: views.map { _ in false }, flip: nil,
            offset: offset)
        let first = FocalLengthEstimator(views: views, known: views.map { _ in nil }).estimate()
        let start = first.map {
            CameraEstimate(focalLength: $0, logDeviation: 0.7, isObservable: false, offset: 0)
        }
        return (refinement, refinement.refine(start))
    }

    /// Largest relative error after the common factor is taken out.
    private func error(_ estimates: [CameraEstimate]) -> Double {
        let ratios = zip(estimates, Self.focalLengths).map { $0.focalLength / $1 }
        let middle = ratios.sorted()[ratios.count / 2]
        return ratios.map { abs($0 / middle - 1) }.max() ?? .infinity
    }

    /// Root mean square difference between the shape that the views make and the true one [diameters].
    private func shapeError(_ refinement: CameraRefinement, _ cameras: [CameraEstimate]) throws -> Double {
        let points = cameras.indices.map { refinement.lifted($0, cameras[$0]) }
        let cloud = try SparseCloudBuilder(sharesScale: false, flip: nil).build(
            points, instances: cameras.map { _ in "one" })
        let onto = try #require(
            SimilarityTransform.fit(
                from: cloud.keypoints, to: Self.shape, weights: Self.shape.map { _ in 1 }))
        let squares = zip(cloud.keypoints, Self.shape).map { squaredDistance(onto.apply($0), $1) }
        return (squares.reduce(0, +) / Double(squares.count)).squareRoot() / diameter(of: Self.shape)
    }

    @Test("Views of one shape tell their focal lengths within 1 %, say so, and know how well")
    func exact() {
        let (_, cameras) = refined(Self.views())
        #expect(error(cameras) < 0.01, "\(cameras)")
        #expect(cameras.allSatisfy { $0.isObservable && $0.logDeviation > 0 && $0.logDeviation < 0.2 })
    }

    @Test("A view whose keypoints all lie at one depth does not tell its focal length, and says so")
    func unobservable() {
        var views = Self.views()
        // A plane across the line of sight: focal length and scale are the same thing.
        for i in views[3].indices { views[3][i]?.z = 5 }
        let (_, cameras) = refined(views)
        #expect(!cameras[3].isObservable)
        #expect(cameras.indices.allSatisfy { $0 == 3 || cameras[$0].isObservable })
    }

    @Test("Known focal lengths are left alone")
    func known() {
        let views = Self.views()
        let refinement = CameraRefinement(
            views: views, instances: views.map { _ in "one" }, isKnown: views.map { _ in true }, flip: nil,
            offset: .none)
        let cameras = Self.focalLengths.map { CameraEstimate(known: 2 * $0) }
        #expect(refinement.refine(cameras) == cameras)
    }

    @Test(
        "An offset of depth or of disparity is found with the focal length, and the shape is right again",
        arguments: [DepthOffset.depth, .disparity])
    func offsets(kind: DepthOffset) throws {
        let views = Self.views { depth, number in
            let part = 0.1 + 0.05 * Double(number % 4)
            // Both are what a network might give: off by a part of a typical depth, in an unknown unit.
            return kind == .depth ? 3 * (depth - part * 4) : 3 / (1 / depth + part / 4)
        }
        let (plain, uncorrected) = refined(views)
        let (refinement, cameras) = refined(views, offset: kind)
        let (without, with) = try (shapeError(plain, uncorrected), shapeError(refinement, cameras))
        #expect(with < 0.02 && with < 0.5 * without, "\(with) with, \(without) without")
        #expect(cameras.allSatisfy { kind == .depth ? $0.offset > 0 : $0.offset < 0 })
    }
}
