// SPDX-License-Identifier: Apache-2.0

/// A training view with the positions that its annotated keypoints have in the camera frame.
struct LiftedView {
    /// Which of the builder's views it is.
    let index: Int
    /// Name of the object that it shows.
    let instance: String
    /// Pixel of each keypoint [px], depth below it [m or relative], or `nil`.
    var samples: [DepthSample?]

    /// A pixel and the depth measured there.
    struct DepthSample {
        let pixel: SIMD2<Double>
        var depth: Double
        /// Depth of the other surface that the pixel may lie on, at an edge inside the object.
        var alternative: Double?
    }

    /// Keypoints in the camera frame of `camera`.
    func points(camera: CameraIntrinsics) -> [SIMD3<Double>?] {
        samples.map { $0.map { camera.unproject($0.pixel, depth: $0.depth) } }
    }

    /// Keypoints that have a position.
    var count: Int { samples.reduce(0) { $0 + ($1 == nil ? 0 : 1) } }
}

/// Reads the depth at annotated keypoints (METHOD 1.1).
///
/// Annotations sit on silhouettes, where a single depth pixel is as likely the background's. So the look-up
/// place moves to the nearest pixel well inside the mask, and the nearest surface in a small window there is
/// continued, as a plane, to the annotated pixel. That pixel is kept: it is the more exact of the two in the image.
/// Where the object hides a part of itself the pixel's own surface may be the right one: it comes as the
/// alternative, between which the whole class decides (`SurfaceChoice`).
struct KeypointLifting {
    /// Half the side of the window [px], at least 1.
    let radius: Int
    /// Two surfaces differ if their depths do by more than this share.
    let surfaceTolerance = 0.02

    /// Depth at `pixel` of an observation, or `nil` where nothing is measured near it.
    func sample(at pixel: SIMD2<Double>, in observation: Observation) -> LiftedView.DepthSample? {
        guard observation.depth != nil, let place = nearestInside(to: pixel, margin: radius, in: observation)
        else { return nil }
        let window = measurements(around: place, radius: radius, in: observation)
        guard window.count >= 2 else { return nil }
        // The nearest surface that at least a fifth of the window supports.
        let near = window.map(\.depth).sorted()[window.count / 5]
        let depth = surface(near, of: window, at: pixel)
        var alternative: Double?
        if let start = nearestInside(to: pixel, margin: 0, in: observation) {
            let own = measurements(around: start, radius: 1, in: observation).map(\.depth).sorted()
            if own.count >= 2 {
                let around = measurements(around: start, radius: radius, in: observation)
                let other = surface(own[own.count / 2], of: around, at: pixel)
                if abs(other - depth) > surfaceTolerance * depth { alternative = other }
            }
        }
        return LiftedView.DepthSample(pixel: pixel, depth: depth, alternative: alternative)
    }

    /// Depth at `pixel` of the surface through `depth`, from those measurements that lie on it.
    private func surface(
        _ depth: Double, of window: [(pixel: SIMD2<Double>, depth: Double)], at pixel: SIMD2<Double>
    ) -> Double {
        let surface = window.filter { abs($0.depth - depth) <= surfaceTolerance * depth }
        let median = surface.map(\.depth).sorted()[surface.count / 2]
        return DepthPlane(surface).depth(at: pixel, near: median, tolerance: surfaceTolerance)
    }

    /// Pixels of the object in a square around `place` that have depth.
    private func measurements(
        around place: SIMD2<Int>, radius: Int, in observation: Observation
    ) -> [(pixel: SIMD2<Double>, depth: Double)] {
        guard let depth = observation.depth else { return [] }
        var samples: [(pixel: SIMD2<Double>, depth: Double)] = []
        for row in (place.y - radius)...(place.y + radius) {
            for column in (place.x - radius)...(place.x + radius)
            where observation.mask.contains(column: column, row: row, instance: observation.instance) {
                let here = SIMD2(Double(column), Double(row))
                let value = depth.value(at: here, in: observation.imageSize)
                if value > 0 { samples.append((here, Double(value))) }
            }
        }
        return samples
    }

    /// The pixel nearest to `pixel` whose neighbours at distance `margin` all carry the object; where the object
    /// is thinner than that, the nearest that carries it; `nil` farther than six radii away.
    private func nearestInside(
        to pixel: SIMD2<Double>, margin: Int, in observation: Observation
    ) -> SIMD2<Int>? {
        let (mask, instance) = (observation.mask, observation.instance)
        let start = SIMD2(Int(pixel.x.rounded()), Int(pixel.y.rounded()))
        let reach = 6 * radius + 2
        var best: SIMD2<Int>?
        var bestCost = Int.max
        for dy in -reach...reach {
            for dx in -reach...reach {
                let (column, row) = (start.x + dx, start.y + dy)
                guard mask.contains(column: column, row: row, instance: instance) else { continue }
                let isInside =
                    mask.contains(column: column - margin, row: row, instance: instance)
                    && mask.contains(column: column + margin, row: row, instance: instance)
                    && mask.contains(column: column, row: row - margin, instance: instance)
                    && mask.contains(column: column, row: row + margin, instance: instance)
                // A place at the rim of the mask costs as much as going two margins farther inside.
                let cost = dx * dx + dy * dy + (isInside ? 0 : 4 * margin * margin)
                if cost < bestCost { (best, bestCost) = (SIMD2(column, row), cost) }
            }
        }
        return best
    }
}
