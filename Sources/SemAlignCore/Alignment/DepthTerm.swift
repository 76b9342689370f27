// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension AlignmentEnergy {
    /// L_depth = (d_target − mean z)² over the keypoints (equation 12), which fixes the free scale.
    func depthTerm(_ w: inout AlignmentWorkspace, weight: Double) -> Double {
        let count = Double(model.keypointCount)
        let difference = w.centroid.z - w.targetDepth
        for keypoint in 0..<model.keypointCount {
            w.gradient[3 * keypoint + 2] += weight * 2 * difference / count
        }
        return difference * difference
    }

    /// L_scale = (log s − log s_class)² / (2 σ²): s metres per canonical unit, by the keypoints' radius (not in the paper).
    func scaleTerm(_ w: inout AlignmentWorkspace, weight: Double) -> Double {
        guard let prior = model.metricScale else { return 0 }
        let center = w.centroid
        var sum = 0.0
        for keypoint in 0..<model.keypointCount {
            let offset = w.keypoint(keypoint) - center
            sum += (offset * offset).sum()
        }
        guard sum > 0 else { return 0 }
        let radius = (sum / Double(model.keypointCount)).squareRoot()
        let difference = log(radius * w.unitLength / (model.canonicalRadius * prior.metresPerUnit))
        let precision = 1 / (prior.logDeviation * prior.logDeviation)
        for keypoint in 0..<model.keypointCount {
            // d log radius / d k = (k − mean) / Σ |k − mean|².
            let slope = weight * precision * difference / sum * (w.keypoint(keypoint) - center)
            w.gradient[3 * keypoint] += slope.x
            w.gradient[3 * keypoint + 1] += slope.y
            w.gradient[3 * keypoint + 2] += slope.z
        }
        return difference * difference * precision / 2
    }
}
