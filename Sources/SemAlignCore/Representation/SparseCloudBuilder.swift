// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The canonical keypoints of a class, the shape of each instance, and the pose of each view.
struct SparseCloud {
    /// L canonical keypoints, their median edge 1, centred on their mean.
    var keypoints: [SIMD3<Double>]
    /// L keypoints of each instance, laid onto the canonical ones, by instance name.
    var instances: [String: InstanceShape]
    /// Pose of each view, in the order given, `nil` where it has none; scale is camera units per canonical unit.
    var cameraFromClass: [SimilarityTransform?]
    /// Median residual of the keypoints [canonical units].
    var residual: Double

    /// Shape of one object in the class frame.
    struct InstanceShape {
        /// L keypoints [class frame]; those never seen are the canonical ones.
        var keypoints: [SIMD3<Double>]
        /// How often each was seen.
        var observations: [Double]
    }
}

/// Builds the canonical keypoints by generalised Procrustes analysis with missing points (METHOD 1.5).
///
/// Unlike the paper, which places keypoints one after the other by the modes of their distributions: that knows
/// no handedness, builds the mirror image as often as not, and compounds its errors. Depth shows the hand of
/// every view, so transforms without reflection settle it.
struct SparseCloudBuilder {
    /// Views of one instance share one scale; false for relative depth, where each view has its own.
    let sharesScale: Bool
    /// Permutation of mirrored keypoints; the class is then taken to be its own mirror image.
    let flip: [Int]?
    /// Weight of the class's shape in that of an instance, in observations.
    let shapeWeight = 0.5
    /// Alternations between poses and shapes.
    let iterations = 60

    /// Lays `views` (keypoints in camera frames) over each other.
    func build(_ views: [[SIMD3<Double>?]], instances names: [String]) throws(RepresentationError)
        -> SparseCloud
    {
        var mean = try initialShape(views)
        var poses = views.map { view in fit(mean, to: view, weights: view.map { $0 == nil ? 0 : 1 }) }
        var shapes: [String: SparseCloud.InstanceShape] = [:]
        var residual = 1.0
        for iteration in 0..<iterations {
            // Poses against the shape of the view's own instance, robustly.
            var distances: [Double] = []
            for v in views.indices {
                let shape = shapes[names[v]]?.keypoints ?? mean
                let weights = robustWeights(shape, views[v], poses[v], spread: max(residual, 1e-3))
                let scale = sharesScale && iteration > 10 ? instanceScale(of: names[v], names, poses) : nil
                poses[v] = fit(shape, to: views[v], weights: weights, fixedScale: scale) ?? poses[v]
                distances += self.distances(shape, views[v], poses[v])
            }
            distances.sort()
            residual = distances[distances.count / 2]
            shapes = instanceShapes(views, names, poses, mean: mean, spread: max(residual, 1e-3))
            mean = normalised(meanShape(shapes, current: mean))
        }
        let final = aligned(shapes, to: mean)
        for v in views.indices {
            guard let shape = final[names[v]]?.keypoints else { continue }
            // Weights still hold against the shape before its last, small move.
            let weights = robustWeights(
                shapes[names[v]]?.keypoints ?? mean, views[v], poses[v], spread: max(residual, 1e-3))
            poses[v] = fit(shape, to: views[v], weights: weights) ?? poses[v]
        }
        return SparseCloud(keypoints: mean, instances: final, cameraFromClass: poses, residual: residual)
    }

    /// Grows a first shape from the most complete view by adding the view that shares most keypoints with it.
    private func initialShape(_ views: [[SIMD3<Double>?]]) throws(RepresentationError) -> [SIMD3<Double>] {
        let count = views[0].count
        let seen = views.map { view in view.reduce(0) { $0 + ($1 == nil ? 0 : 1) } }
        var order = Set(views.indices)
        let first = views.indices.max { seen[$0] < seen[$1] } ?? 0
        order.remove(first)
        var placed: [SIMD3<Double>?] = views[first]
        var weight = placed.map { $0 == nil ? 0.0 : 1.0 }
        while !order.isEmpty {
            func shared(_ v: Int) -> Int {
                (0..<count).reduce(0) { $0 + (views[v][$1] != nil && placed[$1] != nil ? 1 : 0) }
            }
            guard let next = order.max(by: { (shared($0), $1) < (shared($1), $0) }), shared(next) >= 3 else {
                throw .disconnectedViews(connected: views.count - order.count, usable: views.count)
            }
            order.remove(next)
            let both = (0..<count).filter { views[next][$0] != nil && placed[$0] != nil }
            guard
                let transform = SimilarityTransform.fit(
                    from: both.compactMap { views[next][$0] }, to: both.compactMap { placed[$0] },
                    weights: both.map { _ in 1 })
            else { continue }
            for i in 0..<count {
                guard let point = views[next][i] else { continue }
                let moved = transform.apply(point)
                placed[i] = placed[i].map { ($0 * weight[i] + moved) / (weight[i] + 1) } ?? moved
                weight[i] += 1
            }
        }
        return normalised(placed.map { $0 ?? .zero })
    }

    /// Transform that carries `shape` to the points of a view; `nil` with fewer than three.
    private func fit(
        _ shape: [SIMD3<Double>], to view: [SIMD3<Double>?], weights: [Double], fixedScale: Double? = nil
    ) -> SimilarityTransform? {
        SimilarityTransform.fit(
            from: shape, to: view.map { $0 ?? .zero }, weights: weights, fixedScale: fixedScale)
    }

    /// Cauchy weights of a view's points by their distance from the shape [class frame].
    private func robustWeights(
        _ shape: [SIMD3<Double>], _ view: [SIMD3<Double>?], _ pose: SimilarityTransform?, spread: Double
    ) -> [Double] {
        view.indices.map { i in
            guard let point = view[i] else { return 0 }
            guard let pose else { return 1 }
            let d = pose.applyInverse(point) - shape[i]
            return 1 / (1 + (d * d).sum() / (4 * spread * spread))
        }
    }

    private func distances(
        _ shape: [SIMD3<Double>], _ view: [SIMD3<Double>?], _ pose: SimilarityTransform?
    ) -> [Double] {
        guard let pose else { return [] }
        return view.indices.compactMap { i in
            view[i].map { point in
                let d = pose.applyInverse(point) - shape[i]
                return (d * d).sum().squareRoot()
            }
        }
    }

    /// Median scale of the views of one instance.
    private func instanceScale(of name: String, _ names: [String], _ poses: [SimilarityTransform?]) -> Double?
    {
        let scales = poses.indices.compactMap { names[$0] == name ? poses[$0]?.scale : nil }.sorted()
        return scales.isEmpty ? nil : scales[scales.count / 2]
    }

    /// Each instance's keypoints: weighted mean over its views, drawn towards the class where seldom seen.
    private func instanceShapes(
        _ views: [[SIMD3<Double>?]], _ names: [String], _ poses: [SimilarityTransform?],
        mean: [SIMD3<Double>], spread: Double
    ) -> [String: SparseCloud.InstanceShape] {
        var shapes: [String: SparseCloud.InstanceShape] = [:]
        for name in Set(names) {
            var sum = mean.map { $0 * shapeWeight }
            var weight = mean.map { _ in shapeWeight }
            var seen = mean.map { _ in 0.0 }
            let reference = mean
            for v in views.indices where names[v] == name {
                guard let pose = poses[v] else { continue }
                let weights = robustWeights(reference, views[v], pose, spread: 3 * spread)
                for i in mean.indices {
                    guard let point = views[v][i] else { continue }
                    sum[i] += weights[i] * pose.applyInverse(point)
                    weight[i] += weights[i]
                    seen[i] += weights[i]
                }
            }
            shapes[name] = .init(keypoints: zip(sum, weight).map { $0 / $1 }, observations: seen)
        }
        return shapes
    }

    /// Mean over instances, each laid onto the current mean first; with mirror images where the class has them.
    private func meanShape(_ shapes: [String: SparseCloud.InstanceShape], current: [SIMD3<Double>])
        -> [SIMD3<Double>]
    {
        var sum = current.map { $0 * 1e-3 }
        var weight = current.map { _ in 1e-3 }
        for name in shapes.keys.sorted() {
            guard let shape = shapes[name] else { continue }
            for candidate in withMirrorImage(shape) {
                // An instance counts once, however many views it has; a keypoint it never showed not at all.
                let weights = candidate.observations.map { min($0, 1) }
                guard
                    let onto = SimilarityTransform.fit(
                        from: candidate.keypoints, to: current, weights: weights.map { $0 + 0.01 })
                else { continue }
                for i in current.indices {
                    sum[i] += weights[i] * onto.apply(candidate.keypoints[i])
                    weight[i] += weights[i]
                }
            }
        }
        return zip(sum, weight).map { $0 / $1 }
    }

    private func withMirrorImage(_ shape: SparseCloud.InstanceShape) -> [SparseCloud.InstanceShape] {
        guard let flip else { return [shape] }
        return [
            shape,
            .init(
                keypoints: flip.map { shape.keypoints[$0] * SIMD3(-1, 1, 1) },
                observations: flip.map { shape.observations[$0] }),
        ]
    }

    private func aligned(_ shapes: [String: SparseCloud.InstanceShape], to mean: [SIMD3<Double>])
        -> [String: SparseCloud.InstanceShape]
    {
        shapes.mapValues { shape in
            let onto = SimilarityTransform.fit(
                from: shape.keypoints, to: mean, weights: shape.observations.map { min($0, 1) + 0.01 })
            return .init(
                keypoints: shape.keypoints.map { onto?.apply($0) ?? $0 }, observations: shape.observations)
        }
    }

    /// Centred, median edge 1.
    private func normalised(_ shape: [SIMD3<Double>]) -> [SIMD3<Double>] {
        let center = shape.reduce(.zero, +) / Double(shape.count)
        var edges: [Double] = []
        for i in shape.indices {
            for j in shape.indices where j > i {
                let d = shape[i] - shape[j]
                edges.append((d * d).sum().squareRoot())
            }
        }
        edges.sort()
        let unit = max(edges[edges.count / 2], 1e-9)
        return shape.map { ($0 - center) / unit }
    }
}
