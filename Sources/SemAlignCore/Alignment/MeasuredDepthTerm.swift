// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension AlignmentEnergy {
    /// L_measured: mean robust cost of (z_model − z_measured) / σ_z over the dense points that project onto the
    /// measured surface (not in the paper).
    ///
    /// A point in front of the measured surface is impossible, whether it would be seen or not: Cauchy's cost,
    /// which pulls from afar. A point behind it is either misplaced, or turned away, or covered by something
    /// nearer: only as likely as it is seen does it count, and by Welsch's cost, which lets go of it when far.
    /// Both are r²/2 near zero. Which points take part changes from step to step, as in iterated closest points;
    /// the gradient takes them as given, and the mean is over them, so that leaving the surface earns nothing.
    func measuredDepthTerm(_ w: inout AlignmentWorkspace, weight: Double) -> Double {
        guard weight != 0, let surface = evidence.surface, model.denseCount > 0 else { return 0 }
        let width = evidence.configuration.measuredWidth
        let metres = Float(w.unitLength)
        let taking = pointsOnSurface(w, surface)
        let count = max(Float(taking), 0.1 * Float(model.denseCount))
        let factor = Float(weight) / (count * surface.deviation)
        var sum: Float = 0
        for point in model.keypointCount..<model.pointCount {
            guard let (depth, slope) = surface.depth.knownValue(at: SIMD2(w.u[point], w.v[point])) else {
                continue
            }
            let residual = (w.z[point] * metres - depth) / surface.deviation
            let (cost, costSlope) =
                residual < 0
                ? cauchy(residual, width: width) : welsch(residual, width: width, weight: w.visibility[point])
            sum += cost
            w.gradientZ[point] += factor * costSlope * metres
            w.gradientU[point] -= factor * costSlope * slope.x
            w.gradientV[point] -= factor * costSlope * slope.y
        }
        return Double(sum / count)
    }

    private func pointsOnSurface(_ w: borrowing AlignmentWorkspace, _ surface: MeasuredSurface) -> Int {
        var count = 0
        for point in model.keypointCount..<model.pointCount
        where surface.depth.isKnown(at: SIMD2(w.u[point], w.v[point])) { count += 1 }
        return count
    }

    private func cauchy(_ r: Float, width: Float) -> (cost: Float, slope: Float) {
        let relative = 1 + r * r / (width * width)
        return (width * width / 2 * log(relative), r / relative)
    }

    private func welsch(_ r: Float, width: Float, weight: Float) -> (cost: Float, slope: Float) {
        let near = exp(-r * r / (width * width))
        return (weight * width * width / 2 * (1 - near), weight * r * near)
    }
}
