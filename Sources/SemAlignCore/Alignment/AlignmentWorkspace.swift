// SPDX-License-Identifier: Apache-2.0

internal import SemAlignKernels

/// The buffers of one thread's evaluations: the present unknowns, the points that follow from them, gradients.
///
/// Inside, lengths are in gauge units: the cloud has about diameter 1, so that one learning rate fits every class.
public struct AlignmentWorkspace: ~Copyable, Sendable {
    /// L×3 keypoints [gauge units, camera frame].
    package var keypoints: [Double] = []
    /// Focal length along x [normalised].
    package var focalLength = 1.0
    /// Length of a gauge unit in the state's unit (metres where metric).
    package internal(set) var unitLength = 1.0
    /// d_target of equation 12 [gauge units].
    var targetDepth = 2.0

    /// Gradient with respect to the keypoints, L×3 [per gauge unit], and to the logarithm of the focal length.
    package internal(set) var gradient: [Double] = []
    package internal(set) var focalGradient = 0.0

    /// Points [gauge units], their normalised projections, and gradients with respect to either; padded.
    var x: [Float] = []
    var y: [Float] = []
    var z: [Float] = []
    var u: [Float] = []
    var v: [Float] = []
    var gradientX: [Float] = []
    var gradientY: [Float] = []
    var gradientZ: [Float] = []
    var gradientU: [Float] = []
    var gradientV: [Float] = []
    /// How likely each point is seen in the present pose, 0…1, and what the image terms add for it (log weight).
    var visibility: [Float] = []
    var logVisibility: [Float] = []
    /// Scratch of the geometric prior.
    var edges: [semalign_edge] = []

    /// Makes an empty workspace; buffers grow with first use and stay.
    public init() {}

    /// Sizes the buffers for `model` and loads `state` in the gauge in which the cloud's diameter is 1.
    mutating func load(_ state: AlignmentState, model: AlignmentModel, unitLength: Double, focalUnit: Double)
    {
        self.unitLength = unitLength
        focalLength = state.focalLengthPixels / focalUnit
        targetDepth = 2 * focalLength
        keypoints.removeAll(keepingCapacity: true)
        for point in state.keypoints {
            keypoints.append(point.x / unitLength)
            keypoints.append(point.y / unitLength)
            keypoints.append(point.z / unitLength)
        }
        gradient.removeAll(keepingCapacity: true)
        gradient.append(contentsOf: repeatElement(0, count: keypoints.count))
        let padded = model.paddedCount
        resize(&x, to: padded)
        resize(&y, to: padded)
        resize(&z, to: padded)
        resize(&u, to: padded)
        resize(&v, to: padded)
        resize(&gradientX, to: padded)
        resize(&gradientY, to: padded)
        resize(&gradientZ, to: padded)
        resize(&gradientU, to: padded)
        resize(&gradientV, to: padded)
        resize(&visibility, to: padded)
        resize(&logVisibility, to: padded)
        for i in 0..<padded { (visibility[i], logVisibility[i]) = (1, 0) }
        edges.removeAll(keepingCapacity: true)
        edges.append(contentsOf: repeatElement(semalign_edge(), count: model.edges.count))
    }

    /// The present unknowns in the unit of the state that was loaded.
    func state(focalUnit: Double) -> AlignmentState {
        AlignmentState(
            keypoints: points.map { $0 * unitLength },
            focalLengthPixels: focalLength * focalUnit)
    }

    /// Keypoint `index` [gauge units].
    func keypoint(_ index: Int) -> SIMD3<Double> {
        SIMD3(keypoints[3 * index], keypoints[3 * index + 1], keypoints[3 * index + 2])
    }

    /// All keypoints [gauge units].
    var points: [SIMD3<Double>] {
        var points: [SIMD3<Double>] = []
        points.reserveCapacity(keypoints.count / 3)
        for i in 0..<keypoints.count / 3 { points.append(keypoint(i)) }
        return points
    }

    /// Mean of the keypoints [gauge units].
    var centroid: SIMD3<Double> {
        var sum = SIMD3<Double>.zero
        for i in 0..<keypoints.count / 3 { sum += keypoint(i) }
        return sum / Double(max(keypoints.count / 3, 1))
    }

    mutating func clearGradients() {
        focalGradient = 0
        for i in gradient.indices { gradient[i] = 0 }
        for i in gradientU.indices {
            gradientU[i] = 0
            gradientV[i] = 0
            gradientX[i] = 0
            gradientY[i] = 0
            gradientZ[i] = 0
        }
    }
}
