// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Refines focal lengths, and where asked depth offsets, until each image agrees with its own object's shape.
///
/// Equation 3 compares images by angles and ratios, which differ between the objects of a class. Here each image
/// is laid onto the shape that all images of its object share, and moves along f (and offset) until it fits; then
/// shapes are built again. Errors of f are a half to a quarter of equation 3's (docs/evaluation.md).
struct CameraRefinement {
    /// For each view and keypoint (u, v, z): normalised image coordinates less the principal point, and depth.
    let views: [[SIMD3<Double>?]]
    /// Name of the object that each view shows.
    let instances: [String]
    /// True where the focal length is known.
    let isKnown: [Bool]
    let flip: [Int]?
    let offset: DepthOffset
    /// Alternations between shapes and cameras.
    let rounds = 12
    /// Least spread of lifted keypoints about their shape [median edges]: keeps estimates from certainty.
    let leastSpread = 0.005
    /// Standard deviation of the prior of the offset.
    let offsetDeviation = 0.5
    /// How many independent words the keypoints of an image are worth, each: as errors of f show on seven families
    /// (`launch/measure-evaluation focal`); slender objects, where few keypoints speak, are worth less still.
    let independence = 0.25
    /// An image says enough about f where its own word leaves less than this of log f.
    let observableDeviation = 0.35

    /// Better cameras than `start`; the very same where images cannot be laid over each other.
    func refine(_ start: [CameraEstimate]) -> [CameraEstimate] {
        var cameras = start
        for round in 0..<rounds {
            let points = views.indices.map { lifted($0, cameras[$0]) }
            let builder = SparseCloudBuilder(sharesScale: false, flip: flip)
            guard let cloud = try? builder.build(points, instances: instances) else { return start }
            let spread = max(leastSpread, 1.5 * cloud.residual)
            var largest = 0.0
            for v in views.indices where !isKnown[v] || offset != .none {
                guard let shape = cloud.instances[instances[v]]?.keypoints else { continue }
                let step = improve(&cameras[v], view: v, shape: shape, spread: spread)
                largest = max(largest, step)
            }
            if largest < 1e-3, round > 2 { break }
        }
        return cameras
    }

    /// Keypoints of a view in its camera's frame.
    func lifted(_ view: Int, _ camera: CameraEstimate) -> [SIMD3<Double>?] {
        let median = medianDepth(view)
        return views[view].map { sample in
            sample.flatMap { point in
                let z = offset.corrected(point.z, median: median, offset: camera.offset)
                guard z > 0.02 * median, z < 50 * median else { return nil }
                return SIMD3(point.x * z / camera.focalLength, point.y * z / camera.focalLength, z)
            }
        }
    }

    /// Median depth at the keypoints of a view.
    func medianDepth(_ view: Int) -> Double {
        let depths = views[view].compactMap { $0?.z }.sorted()
        return depths.isEmpty ? 1 : depths[depths.count / 2]
    }

    /// One damped Gauss-Newton step on (log f, offset); returns its length.
    private func improve(
        _ camera: inout CameraEstimate, view: Int, shape: [SIMD3<Double>], spread: Double
    ) -> Double {
        let h = 0.01
        guard let weights = weights(view, camera, shape, spread: spread),
            let now = residuals(view, camera, shape, weights)
        else { return 0 }
        let (free, limit) = ([!isKnown[view], offset != .none], 0.15)
        var slopes: [[Double]] = [[], []]
        for parameter in 0..<2 where free[parameter] {
            guard let ahead = residuals(view, moved(camera, parameter, h), shape, weights),
                let behind = residuals(view, moved(camera, parameter, -h), shape, weights),
                ahead.count == behind.count,
                ahead.count == now.count
            else { return 0 }
            slopes[parameter] = zip(ahead, behind).map { ($0 - $1) / (2 * h) }
        }
        let precision = 1 / (spread * spread)
        func product(_ a: [Double], _ b: [Double]) -> Double {
            a.isEmpty || b.isEmpty ? 0 : precision * zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let prior = FocalLengthEstimator.priorDeviation
        let own = (
            product(slopes[0], slopes[0]), product(slopes[1], slopes[1]), product(slopes[0], slopes[1])
        )
        let a = own.0 + 1 / (prior * prior)
        let c = own.1 + 1 / (offsetDeviation * offsetDeviation)
        let difference = log(camera.focalLength) - FocalLengthEstimator.priorMean
        let g0 = free[0] ? product(slopes[0], now) + difference / (prior * prior) : 0
        let g1 = free[1] ? product(slopes[1], now) + camera.offset / (offsetDeviation * offsetDeviation) : 0
        let determinant = a * c - own.2 * own.2
        guard determinant > 0 else { return 0 }
        let steps = [-(c * g0 - own.2 * g1) / determinant, -(a * g1 - own.2 * g0) / determinant]
        let cut = min(1, limit / max(abs(steps[0]), abs(steps[1]), 1e-12))
        if free[0] {
            camera = moved(camera, 0, cut * steps[0])
            // What the image itself says, the offset unknown as well; neighbours err alike, so it counts less.
            let data = independence * (own.0 - own.2 * own.2 / c)
            camera.logDeviation = 1 / (data + 1 / (prior * prior)).squareRoot()
            camera.isObservable = data > 1 / (observableDeviation * observableDeviation)
        }
        if free[1] { camera = moved(camera, 1, cut * steps[1]) }
        return cut * max(free[0] ? abs(steps[0]) : 0, free[1] ? abs(steps[1]) : 0)
    }

    private func moved(_ camera: CameraEstimate, _ parameter: Int, _ step: Double) -> CameraEstimate {
        var moved = camera
        if parameter == 0 {
            moved.focalLength = min(max(camera.focalLength * exp(step), 0.2), 20)
        } else {
            moved.offset = min(max(camera.offset + step, -0.9), 5)
        }
        return moved
    }

    /// Robust weight of each keypoint of a view about its shape; `nil` where too few are seen.
    ///
    /// Depth at silhouettes may be another surface's: such points must not turn the focal length.
    private func weights(
        _ view: Int, _ camera: CameraEstimate, _ shape: [SIMD3<Double>], spread: Double
    ) -> [Double]? {
        let points = lifted(view, camera)
        var weights = points.map { $0 == nil ? 0.0 : 1.0 }
        for _ in 0..<5 {
            guard let onto = transform(points, shape, weights) else { return nil }
            weights = points.indices.map { i in
                guard let point = points[i] else { return 0 }
                let d = squaredDistance(onto.apply(point), shape[i])
                return 1 / (1 + d / (4 * spread * spread))
            }
        }
        return weights
    }

    private func transform(
        _ points: [SIMD3<Double>?], _ shape: [SIMD3<Double>], _ weights: [Double]
    ) -> SimilarityTransform? {
        let seen = points.indices.filter { points[$0] != nil }
        guard seen.count >= 4 else { return nil }
        return SimilarityTransform.fit(
            from: seen.compactMap { points[$0] }, to: seen.map { shape[$0] },
            weights: seen.map { weights[$0] })
    }

    /// Weighted differences between the view's keypoints, laid onto `shape`, and those [canonical units].
    private func residuals(
        _ view: Int, _ camera: CameraEstimate, _ shape: [SIMD3<Double>], _ weights: [Double]
    ) -> [Double]? {
        let points = lifted(view, camera)
        guard let onto = transform(points, shape, weights) else { return nil }
        return points.indices.flatMap { i -> [Double] in
            guard let point = points[i] else { return [] }
            let d = weights[i].squareRoot() * (onto.apply(point) - shape[i])
            return [d.x, d.y, d.z]
        }
    }
}
