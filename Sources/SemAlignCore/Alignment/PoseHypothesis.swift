// SPDX-License-Identifier: Apache-2.0

import SemAlignKernels

/// A pose and shape of the class in a frame, and how well the frame supports it.
package struct PoseHypothesis: Sendable {
    /// Class frame to camera frame.
    package var rotation: Rotation
    package var translation: SIMD3<Double>
    package var scale: Double
    /// Logarithm of the true focal length over the frame's.
    package var logFocalChange = 0.0
    /// Shape in standard deviations of each mode, 0 beyond the class's modes; the class mean is all 0.
    package var modes = InlineArray<24, Float>(repeating: 0)
    /// How it turns: axis times angle in the camera frame [rad/s].
    var turning = SIMD3<Double>.zero
    /// Support by the frame: higher is better.
    package var support = -Double.infinity
    /// Support by part: mean over the points in view, and the share of the object that they cover.
    package var semantics = 0.0
    package var coverage = 0.0

    /// The pose without its shape.
    package var transform: SimilarityTransform {
        SimilarityTransform(scale: scale, rotation: rotation, translation: translation)
    }

    /// Moves the pose by a rigid motion in the camera frame.
    mutating func move(by motion: SimilarityTransform) {
        rotation = motion.rotation.composed(with: rotation)
        translation = motion.apply(translation)
    }

    /// Turns it about the place of the class's point `center`.
    mutating func rotate(by turn: Rotation, about center: SIMD3<Double>) {
        let place = rotation.apply(center)
        rotation = turn.composed(with: rotation)
        translation += scale * (place - rotation.apply(center))
    }

    /// True where the poses are more than 0.3 rad or 0.3 diameters apart.
    func differs(from other: PoseHypothesis, diameter: Double) -> Bool {
        rotation.angle(to: other.rotation) > 0.3
            || squaredDistance(translation, other.translation).squareRoot() > 0.3 * scale * diameter
    }

    /// As the kernels take it.
    var kernel: semalign_pose {
        var pose = semalign_pose()
        unsafe withUnsafeMutableBytes(of: &pose.rotation) { bytes in
            let rows = unsafe bytes.bindMemory(to: Float.self)
            for axis in 0..<3 {
                unsafe rows[3 * axis] = Float(rotation.x[axis])
                unsafe rows[3 * axis + 1] = Float(rotation.y[axis])
                unsafe rows[3 * axis + 2] = Float(rotation.z[axis])
            }
        }
        pose.translation = (Float(translation.x), Float(translation.y), Float(translation.z))
        pose.scale = Float(scale)
        pose.log_focal_change = Float(logFocalChange)
        unsafe withUnsafeMutableBytes(of: &pose.modes) { bytes in
            let values = unsafe bytes.bindMemory(to: Float.self)
            for k in modes.indices { unsafe values[k] = modes[k] }
        }
        return pose
    }

    /// Takes over what a kernel made of the pose.
    mutating func update(from pose: semalign_pose, modeCount: Int) {
        let r = pose.rotation
        rotation = Rotation(
            x: [Double(r.0), Double(r.3), Double(r.6)], y: [Double(r.1), Double(r.4), Double(r.7)],
            z: [Double(r.2), Double(r.5), Double(r.8)])
        translation = [
            Double(pose.translation.0), Double(pose.translation.1), Double(pose.translation.2),
        ]
        scale = Double(pose.scale)
        logFocalChange = Double(pose.log_focal_change)
        unsafe withUnsafeBytes(of: pose.modes) { bytes in
            let values = unsafe bytes.bindMemory(to: Float.self)
            for k in 0..<modeCount { unsafe modes[k] = values[k] }
        }
    }
}
