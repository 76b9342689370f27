// SPDX-License-Identifier: Apache-2.0

/// A surface point of a training view, carried into the class frame.
struct SurfaceSample {
    /// Position [class frame].
    var position: SIMD3<Double>
    /// Unit normal towards the camera that saw it [class frame].
    var normal: SIMD3<Double>
    /// Which view it comes from.
    var view: Int
    /// Where in that view [px].
    var pixel: SIMD2<Double>
}

/// Dense points and the samples that each was averaged from.
struct DenseCloud {
    /// N points [class frame].
    var points: [SIMD3<Double>]
    /// N unit normals [class frame], zero where unknown.
    var normals: [SIMD3<Double>]
    /// All surface samples of all views.
    var samples: [SurfaceSample]
    /// For each sample the dense point nearest to it, or −1 where that was dropped.
    var assignment: [Int]
}

/// Merges the masked depth of all views in the class frame and thins it out to N points (METHOD 1.6).
struct DenseCloudBuilder {
    /// Clusters to make at most.
    let pointLimit: Int
    /// Samples taken from a view at most.
    let samplesPerView = 1000
    /// ε of the affine weights [squared diameters].
    let affineSpread = 0.02
    /// Clusters with fewer samples than this share of the mean are dropped.
    let densityThreshold = 0.2
    /// Alternations of k-means.
    let iterations = 20

    /// Surface samples of one view whose object has the keypoints `shape` [class frame].
    func samples(
        of observation: Observation, view: Int, camera: CameraIntrinsics,
        cameraFromClass: SimilarityTransform,
        shape: [SIMD3<Double>], canonical: [SIMD3<Double>], diameter: Double
    ) -> [SurfaceSample] {
        guard let depth = observation.depth else { return [] }
        let (mask, instance, size) = (observation.mask, observation.instance, observation.imageSize)
        let area = mask.area(of: instance)
        let stride = max(1, Int((Double(area) / Double(samplesPerView)).squareRoot().rounded(.up)))
        let toClass = AffineWeights(keypoints: shape, epsilon: affineSpread * diameter * diameter)
        var samples: [SurfaceSample] = []
        for row in Swift.stride(from: stride / 2, to: size.height, by: stride) {
            for column in Swift.stride(from: stride / 2, to: size.width, by: stride)
            where mask.contains(column: column, row: row, instance: instance) {
                guard
                    let surface = SurfacePatch(
                        column: column, row: row, depth: depth, in: observation, camera: camera)
                else { continue }
                let inInstance = cameraFromClass.applyInverse(surface.position)
                let weights = toClass.weights(at: inInstance)
                var position = SIMD3<Double>.zero
                for (weight, keypoint) in zip(weights, canonical) { position += weight * keypoint }
                // Background that leaked into the mask lands far from every keypoint.
                guard
                    canonical.contains(where: { squaredDistance($0, position) < diameter * diameter * 0.36 })
                else { continue }
                samples.append(
                    SurfaceSample(
                        position: position, normal: cameraFromClass.rotation.applyInverse(surface.normal),
                        view: view, pixel: SIMD2(Double(column), Double(row))))
            }
        }
        return samples
    }

    /// Clusters the samples of all views by k-means, begun with the cells of a k-d tree.
    func cluster(_ samples: [SurfaceSample]) -> DenseCloud {
        let count = min(pointLimit, samples.count)
        var centers = count > 0 ? cells(of: samples.map(\.position)[...], count: count) : []
        var assignment = [Int](repeating: 0, count: samples.count)
        for _ in 0..<iterations {
            assignment = nearest(samples, centers)
            var sums = [SIMD3<Double>](repeating: .zero, count: count)
            var sizes = [Double](repeating: 0, count: count)
            for (sample, center) in zip(samples, assignment) {
                sums[center] += sample.position
                sizes[center] += 1
            }
            for c in 0..<count where sizes[c] > 0 { centers[c] = sums[c] / sizes[c] }
        }
        var sizes = [Int](repeating: 0, count: count)
        var normals = [SIMD3<Double>](repeating: .zero, count: count)
        for (sample, center) in zip(samples, assignment) {
            sizes[center] += 1
            normals[center] += sample.normal
        }
        let threshold = densityThreshold * Double(samples.count) / Double(max(count, 1))
        let kept = (0..<count).filter { Double(sizes[$0]) >= threshold && sizes[$0] > 0 }
        var renumbered = [Int](repeating: -1, count: count)
        for (new, old) in kept.enumerated() { renumbered[old] = new }
        return DenseCloud(
            points: kept.map { centers[$0] },
            normals: kept.map { index in
                let length = (normals[index] * normals[index]).sum().squareRoot()
                return length > 1e-9 ? normals[index] / length : .zero
            },
            samples: samples, assignment: assignment.map { renumbered[$0] })
    }

    /// Rows of B for `points`, by affine weights with respect to the canonical keypoints.
    func deformationMap(of points: [SIMD3<Double>], keypoints: [SIMD3<Double>], diameter: Double)
        -> DeformationMap
    {
        let affine = AffineWeights(keypoints: keypoints, epsilon: affineSpread * diameter * diameter)
        let count = keypoints.count
        return DeformationMap(
            keypointCount: count, rowStarts: (0...points.count).map { Int32($0 * count) },
            columns: points.flatMap { _ in (0..<count).map(Int32.init) },
            weights: points.flatMap { affine.weights(at: $0).map(Float.init) })
    }

    /// Means of the `count` cells of a k-d tree over `points`, which holds as many points in each: where k-means begins.
    ///
    /// Unlike drawn starts these hang on no chance, and hardly on single points: a class is the same for every seed.
    private func cells(of points: ArraySlice<SIMD3<Double>>, count: Int) -> [SIMD3<Double>] {
        let mean = points.reduce(.zero, +) / Double(max(points.count, 1))
        guard count > 1 else { return [mean] }
        let spread = points.reduce(SIMD3<Double>.zero) { $0 + ($1 - mean) * ($1 - mean) }
        let axis = (0..<3).max { spread[$0] < spread[$1] } ?? 0
        let sorted = points.sorted { $0[axis] < $1[axis] }
        let cut = sorted.count * (count / 2) / count
        return cells(of: sorted[..<cut], count: count / 2)
            + cells(of: sorted[cut...], count: count - count / 2)
    }

    private func nearest(_ samples: [SurfaceSample], _ centers: [SIMD3<Double>]) -> [Int] {
        samples.map { sample in
            var best = 0
            var bestDistance = Double.infinity
            for (c, center) in centers.enumerated() {
                let distance = squaredDistance(sample.position, center)
                if distance < bestDistance { (best, bestDistance) = (c, distance) }
            }
            return best
        }
    }
}

/// Squared distance of two points.
func squaredDistance(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
    let d = a - b
    return (d * d).sum()
}

/// The largest distance between two points of a cloud.
func diameter(of points: [SIMD3<Double>]) -> Double {
    var largest = 0.0
    for i in points.indices {
        for j in 0..<i { largest = max(largest, squaredDistance(points[i], points[j])) }
    }
    return largest.squareRoot()
}

/// Position and normal of the surface under one pixel; not made at depth edges, where pixels fly.
struct SurfacePatch {
    /// Position [camera frame].
    let position: SIMD3<Double>
    /// Unit normal towards the camera [camera frame].
    let normal: SIMD3<Double>

    init?(column: Int, row: Int, depth: DepthImage, in observation: Observation, camera: CameraIntrinsics) {
        func point(_ dx: Int, _ dy: Int) -> SIMD3<Double>? {
            let pixel = SIMD2(Double(column + dx), Double(row + dy))
            let value = depth.value(at: pixel, in: observation.imageSize)
            guard value > 0,
                observation.mask.contains(
                    column: column + dx, row: row + dy, instance: observation.instance)
            else { return nil }
            return camera.unproject(pixel, depth: Double(value))
        }
        guard let center = point(0, 0) else { return nil }
        let reach = 2
        let (right, left) = (point(reach, 0), point(-reach, 0))
        let (down, up) = (point(0, reach), point(0, -reach))
        let edge = 0.02 * center.z
        for neighbour in [right, left, down, up] {
            if let neighbour, abs(neighbour.z - center.z) > edge { return nil }
        }
        guard let dx = difference(right, left, center), let dy = difference(down, up, center) else {
            return nil
        }
        var n = SIMD3(
            dx.y * dy.z - dx.z * dy.y, dx.z * dy.x - dx.x * dy.z, dx.x * dy.y - dx.y * dy.x)
        let length = (n * n).sum().squareRoot()
        guard length > 0 else { return nil }
        n /= length
        position = center
        normal = (n * center).sum() > 0 ? -n : n
    }
}

private func difference(_ ahead: SIMD3<Double>?, _ behind: SIMD3<Double>?, _ center: SIMD3<Double>)
    -> SIMD3<Double>?
{
    switch (ahead, behind) {
    case (let a?, let b?): a - b
    case (let a?, nil): a - center
    case (nil, let b?): center - b
    case (nil, nil): nil
    }
}
