// SPDX-License-Identifier: Apache-2.0

/// A small piece of surface, seen as a plane: its inverse depth is affine in the pixel.
///
/// Fitted robustly to measured depth. The depth under a keypoint is read off at the annotated pixel, though
/// depth was measured beside it: at the rim of the object, where surfaces turn away, the two differ by much.
struct DepthPlane {
    /// Middle of the measurements [px].
    private let middle: SIMD2<Double>
    /// Their usual inverse depth, which is also that of the plane at `middle`.
    private var level: Double
    /// Change of inverse depth from pixel to pixel.
    private var slope = SIMD2<Double>.zero
    /// Keeps the slope small where few pixels speak [px²].
    private let ridge = 2.0
    /// Least residual that counts as one, in shares of the inverse depth.
    private let leastResidual = 5e-4

    /// Fits `samples`: pixel and depth > 0, at least one.
    init(_ samples: [(pixel: SIMD2<Double>, depth: Double)]) {
        precondition(!samples.isEmpty, "a plane needs a measurement")
        middle = samples.reduce(.zero) { $0 + $1.pixel } / Double(samples.count)
        let places = samples.map { $0.pixel }
        let values = samples.map { 1 / $0.depth }
        level = Self.median(values)
        var weights = [Double](repeating: 1, count: samples.count)
        for _ in 0..<4 {
            solve(places, values, weights)
            let residuals = zip(places, values).map { abs($1 - inverseDepth(at: $0)) }
            let usual = max(Self.median(residuals), leastResidual * level)
            weights = residuals.map { 1 / (1 + ($0 * $0) / (4 * usual * usual)) }
        }
    }

    /// Depth at `pixel`, at most `tolerance` (a share) away from `depth`.
    func depth(at pixel: SIMD2<Double>, near depth: Double, tolerance: Double) -> Double {
        let value = inverseDepth(at: pixel) * depth
        return depth / min(max(value, 1 - tolerance), 1 + tolerance)
    }

    private func inverseDepth(at pixel: SIMD2<Double>) -> Double { level + (slope * (pixel - middle)).sum() }

    /// Weighted least squares, with the slope drawn to zero.
    private mutating func solve(_ places: [SIMD2<Double>], _ values: [Double], _ weights: [Double]) {
        let total = weights.reduce(0, +)
        let center = zip(places, weights).reduce(SIMD2<Double>.zero) { $0 + $1.1 * ($1.0 - middle) } / total
        let mean = zip(values, weights).reduce(0) { $0 + $1.1 * $1.0 } / total
        var (xx, xy, yy, right) = (ridge, 0.0, ridge, SIMD2<Double>.zero)
        for i in places.indices {
            let d = places[i] - middle - center
            xx += weights[i] * d.x * d.x
            xy += weights[i] * d.x * d.y
            yy += weights[i] * d.y * d.y
            right += weights[i] * (values[i] - mean) * d
        }
        let determinant = xx * yy - xy * xy
        slope = SIMD2(yy * right.x - xy * right.y, xx * right.y - xy * right.x) / determinant
        level = mean - (slope * center).sum()
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
