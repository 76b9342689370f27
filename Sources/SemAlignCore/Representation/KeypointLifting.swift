// SPDX-License-Identifier: Apache-2.0

/// A training view with the positions that its annotated keypoints have in the camera frame.
struct LiftedView {
    /// Which of the builder's views it is.
    let index: Int
    /// Name of the object that it shows.
    let instance: String
    /// Pixel of each keypoint [px], depth below it [m or relative], or `nil`.
    let samples: [DepthSample?]

    /// A pixel and the depth measured there.
    struct DepthSample {
        let pixel: SIMD2<Double>
        let depth: Double
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
/// place moves to the nearest pixel well inside the mask, and the depth there is the median of the nearest
/// surface in a small window. The annotated pixel itself is kept: it is the more exact of the two in the image.
struct KeypointLifting {
    /// Half the side of the window [px], at least 1.
    let radius: Int
    /// Two surfaces differ if their depths do by more than this share.
    let surfaceTolerance = 0.03

    /// Depth at `pixel` of an observation, or `nil` where nothing is measured near it.
    func depth(at pixel: SIMD2<Double>, in observation: Observation) -> Double? {
        guard let depth = observation.depth else { return nil }
        let start = SIMD2(Int(pixel.x.rounded()), Int(pixel.y.rounded()))
        guard let place = nearestInside(to: start, in: observation) else { return nil }
        var values: [Double] = []
        for row in (place.y - radius)...(place.y + radius) {
            for column in (place.x - radius)...(place.x + radius)
            where observation.mask.contains(column: column, row: row, instance: observation.instance) {
                let value = depth.value(at: SIMD2(Double(column), Double(row)), in: observation.imageSize)
                if value > 0 { values.append(Double(value)) }
            }
        }
        guard values.count >= 2 else { return nil }
        values.sort()
        // The nearest surface that at least a fifth of the window supports, then its median.
        let near = values[values.count / 5]
        let surface = values.filter {
            $0 >= near * (1 - surfaceTolerance) && $0 <= near * (1 + surfaceTolerance)
        }
        return surface[surface.count / 2]
    }

    /// The pixel nearest to `start` whose neighbours at distance `radius` all carry the object; where the object
    /// is thinner than that, the nearest that carries it; `nil` farther than six radii away.
    private func nearestInside(to start: SIMD2<Int>, in observation: Observation) -> SIMD2<Int>? {
        let (mask, instance) = (observation.mask, observation.instance)
        let reach = 6 * radius + 2
        var best: SIMD2<Int>?
        var bestCost = Int.max
        for dy in -reach...reach {
            for dx in -reach...reach {
                let (column, row) = (start.x + dx, start.y + dy)
                guard mask.contains(column: column, row: row, instance: instance) else { continue }
                let isInside =
                    mask.contains(column: column - radius, row: row, instance: instance)
                    && mask.contains(column: column + radius, row: row, instance: instance)
                    && mask.contains(column: column, row: row - radius, instance: instance)
                    && mask.contains(column: column, row: row + radius, instance: instance)
                // A place at the rim of the mask costs as much as going two radii farther inside.
                let margin = isInside ? 0 : 4 * radius * radius
                let cost = dx * dx + dy * dy + margin
                if cost < bestCost { (best, bestCost) = (SIMD2(column, row), cost) }
            }
        }
        return best
    }
}
