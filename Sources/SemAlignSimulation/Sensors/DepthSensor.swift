// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Turns exact depth into what a stereo depth camera gives.
struct DepthSensor {
    /// Standard deviation of the noise at one metre [m]; it grows with the square of the distance.
    var noiseAtOneMetre: Float = 0.003
    /// Depths are multiples of this [m].
    var quantum: Float = 0.001
    /// Depth steps at least this high are edges [m].
    var edgeStep: Float = 0.012
    /// Cosine between normal and line of sight below which readings begin to fail.
    var grazingCosine: Float = 0.22

    /// Measured depth [m], 0 = no reading; half of the noise is common to neighbouring pixels.
    func measure(
        _ surface: SurfaceBuffer, intrinsics: CameraIntrinsics, using generator: inout SeededGenerator
    ) -> [Float] {
        let size = surface.size
        let common = SmoothNoise(size: size, cell: 8, using: &generator)
        let holes = SmoothNoise(size: size, cell: 14, using: &generator)
        var measured = [Float](repeating: 0, count: size.width * size.height)
        for row in 0..<size.height {
            for column in 0..<size.width {
                let pixel = row * size.width + column
                let grazing = facing(surface, pixel, intrinsics, column: column, row: row)
                let lack = max(0, 1 - grazing / grazingCosine)
                if Float(generator.uniform()) < 0.9 * lack || holes.value(column: column, row: row) > 2.3 {
                    continue
                }
                guard let depth = smeared(surface, column: column, row: row, using: &generator) else {
                    continue
                }
                let shared = common.value(column: column, row: row)
                let own = Float(generator.uniform() + generator.uniform() + generator.uniform() - 1.5) * 2
                let noisy = depth + noiseAtOneMetre * depth * depth * (0.8 * shared + 0.7 * own)
                measured[pixel] = (noisy / quantum).rounded() * quantum
            }
        }
        return measured
    }

    /// Cosine between the surface's normal and the line of sight.
    private func facing(
        _ surface: SurfaceBuffer, _ pixel: Int, _ intrinsics: CameraIntrinsics, column: Int, row: Int
    ) -> Float {
        let x = (Float(column) - Float(intrinsics.principalPoint.x)) / Float(intrinsics.focalLength.x)
        let y = (Float(row) - Float(intrinsics.principalPoint.y)) / Float(intrinsics.focalLength.y)
        let n = surface.normals
        return abs(n[3 * pixel] * x + n[3 * pixel + 1] * y + n[3 * pixel + 2])
            / (1 + x * x + y * y).squareRoot()
    }

    /// The depth that the sensor mixes from the neighbours: at edges off by some millimetres, or none.
    private func smeared(
        _ surface: SurfaceBuffer, column: Int, row: Int, using generator: inout SeededGenerator
    ) -> Float? {
        let size = surface.size
        let pixel = row * size.width + column
        let depth = surface.depth[pixel]
        var low = depth
        var high = depth
        // On a plane the two neighbours' mean is the depth itself, however steep it is.
        for (dx, dy) in [(1, 0), (0, 1), (2, 0), (0, 2)] {
            guard column >= dx, row >= dy, column + dx < size.width, row + dy < size.height else { continue }
            let step = dy * size.width + dx
            let before = surface.depth[pixel - step]
            let after = surface.depth[pixel + step]
            guard abs(before + after - 2 * depth) > edgeStep else { continue }
            low = min(low, before, after)
            high = max(high, before, after)
        }
        guard high - low > edgeStep else { return depth }
        let draw = generator.uniform()
        if draw < 0.25 { return nil }
        if draw < 0.45 { return depth }
        // A few readings hang in the air between the two surfaces.
        if draw < 0.55 { return Float(generator.uniform(Double(low), Double(high))) }
        let smear = min(Float(generator.uniform(0.005, 0.02)), high - low)
        return depth - low < high - depth ? depth + smear : depth - smear
    }
}
