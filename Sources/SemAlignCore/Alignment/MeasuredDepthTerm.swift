// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension AlignmentEnergy {
    /// L_measured: mean over the dense points of a robust cost of (z_model − z_measured) / σ_z (not in the paper).
    ///
    /// A point in front of the measured surface is impossible, whether it would be seen or not: Cauchy's cost,
    /// which pulls from afar. A point behind it is either misplaced, or turned away, or covered by something
    /// nearer: only as likely as it is seen does it count, and by Welsch's cost, which lets go of it when far.
    /// Both are r²/2 near zero.
    func measuredDepthTerm(_ w: inout AlignmentWorkspace, weight: Double) -> Double {
        guard weight != 0, let surface = evidence.surface, model.denseCount > 0 else { return 0 }
        let width = evidence.configuration.measuredWidth
        let metres = Float(w.unitLength)
        let scale = Float(weight) / Float(model.denseCount)
        var sum: Float = 0
        for point in model.keypointCount..<model.pointCount {
            guard let (depth, slope) = surface.depth.knownValue(at: SIMD2(w.u[point], w.v[point])) else {
                continue
            }
            let deviation = surface.deviation
            let residual = (w.z[point] * metres - depth) / deviation
            let (cost, costSlope) =
                residual < 0
                ? cauchy(residual, width: width) : welsch(residual, width: width, weight: w.visibility[point])
            sum += cost
            let factor = scale * costSlope / deviation
            w.gradientZ[point] += factor * metres
            w.gradientU[point] -= factor * slope.x
            w.gradientV[point] -= factor * slope.y
        }
        return Double(sum) / Double(model.denseCount)
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
