// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Derives from which directions each point is seen: self-occlusion of the dense cloud, mended by the images (METHOD 1.8).
struct VisibilityBuilder {
    /// Viewing directions, spread evenly over the sphere.
    let directionCount = 128
    /// Cells of the z-buffer across the object.
    let resolution = 24
    /// A point is hidden if the surface in front is nearer by more than this [diameters].
    let tolerance = 0.08
    /// How many images the geometry's verdict counts for.
    let geometryWeight = 2.0
    /// Images within this angle of a direction speak for it: cosine of 25°.
    let agreementCosine = 0.906

    /// An image's word on which keypoints were annotated as visible.
    struct Sighting {
        /// From the object's centre towards the camera [class frame], unit length.
        let direction: SIMD3<Double>
        /// One flag per keypoint.
        let isVisible: [Bool]
    }

    /// The table for `points`, the first `keypointCount` of them keypoints without normals.
    func build(
        points: [SIMD3<Double>], normals: [SIMD3<Double>], keypointCount: Int, sightings: [Sighting]
    ) -> VisibilityModel {
        let directions = sphere()
        let diameter = diameter(of: Array(points.prefix(keypointCount)))
        var table = [UInt8](repeating: 0, count: points.count * directions.count)
        for (d, direction) in directions.enumerated() {
            let geometry = visible(points, normals, keypointCount, from: direction, diameter: diameter)
            for point in points.indices {
                var probability = geometry[point]
                if point < keypointCount {
                    var (seen, all) = (geometryWeight * probability, geometryWeight)
                    for sighting in sightings where (sighting.direction * direction).sum() > agreementCosine {
                        seen += sighting.isVisible[point] ? 1 : 0
                        all += 1
                    }
                    probability = seen / all
                }
                table[point * directions.count + d] = UInt8((255 * probability).rounded())
            }
        }
        return VisibilityModel(directions: directions.map { SIMD3<Float>($0) }, table: table)
    }

    /// Fibonacci's spiral on the unit sphere.
    private func sphere() -> [SIMD3<Double>] {
        let turn = Double.pi * (3 - 5.0.squareRoot())
        return (0..<directionCount).map { i in
            let z = 1 - (2 * Double(i) + 1) / Double(directionCount)
            let r = (1 - z * z).squareRoot()
            return [r * cos(turn * Double(i)), r * sin(turn * Double(i)), z]
        }
    }

    /// Probability that each point is seen from `direction`, by an orthographic z-buffer of splats.
    private func visible(
        _ points: [SIMD3<Double>], _ normals: [SIMD3<Double>], _ keypointCount: Int,
        from direction: SIMD3<Double>, diameter: Double
    ) -> [Double] {
        let side = unit(cross(direction, abs(direction.z) < 0.9 ? [0, 0, 1] : [1, 0, 0]))
        let up = cross(direction, side)
        let cell = 1.3 * diameter / Double(resolution)
        let grid = 2 * resolution
        func place(_ p: SIMD3<Double>) -> (Int, Int)? {
            let (u, v) = ((p * side).sum() / cell, (p * up).sum() / cell)
            let (column, row) = (Int(u.rounded()) + grid / 2, Int(v.rounded()) + grid / 2)
            return (1..<(grid - 1)).contains(column) && (1..<(grid - 1)).contains(row) ? (column, row) : nil
        }
        // Nearest surface that faces the camera, in splats of 3×3 cells.
        var nearest = [Double](repeating: -.infinity, count: grid * grid)
        for i in points.indices where i >= keypointCount {
            guard (normals[i - keypointCount] * direction).sum() > 0, let (column, row) = place(points[i])
            else { continue }
            let height = (points[i] * direction).sum()
            for dy in -1...1 {
                for dx in -1...1 {
                    let index = (row + dy) * grid + column + dx
                    nearest[index] = max(nearest[index], height)
                }
            }
        }
        return points.indices.map { i in
            guard let (column, row) = place(points[i]) else { return 1 }
            let gap = nearest[row * grid + column] - (points[i] * direction).sum()
            let depthOrder = min(max(1.5 - gap / (tolerance * diameter), 0), 1)
            guard i >= keypointCount else { return depthOrder }
            let facing = (normals[i - keypointCount] * direction).sum()
            return depthOrder * min(max(facing / 0.2 + 0.5, 0), 1)
        }
    }
}
