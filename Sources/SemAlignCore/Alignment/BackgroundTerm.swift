// SPDX-License-Identifier: Apache-2.0

extension AlignmentEnergy {
    /// L_background: mean over the dense points of what the background field says at their projections (equation 11).
    func backgroundTerm(_ w: inout AlignmentWorkspace, weight: Double) -> Double {
        guard model.denseCount > 0 else { return 0 }
        let scale = Float(weight) / Float(model.denseCount)
        var sum: Float = 0
        for point in model.keypointCount..<model.pointCount {
            let (value, slope) = evidence.background.field.value(at: SIMD2(w.u[point], w.v[point]))
            sum += value
            w.gradientU[point] += scale * slope.x
            w.gradientV[point] += scale * slope.y
        }
        return Double(sum) / Double(model.denseCount)
    }
}
