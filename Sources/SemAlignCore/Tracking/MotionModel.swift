// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Predicts where an object is from where it was: constant velocity, constant rate of turning.
///
/// Poses are those of the class frame in any fixed frame: the camera's where it stands still, the world's where its
/// pose is known. The model neither smooths nor delays; a pose that does not come leaves it as it was.
public struct MotionModel: Hashable, Sendable {
    /// Longest time over which motion is carried on [s].
    public static let horizon = 0.5

    private struct Sample: Hashable, Sendable {
        let time: UInt64
        let pose: SimilarityTransform
    }

    private var lastSample: Sample?
    /// [length unit per second].
    private var velocity = SIMD3<Double>.zero
    /// Rotation vector per second [rad/s].
    private var turning = SIMD3<Double>.zero

    /// Starts without knowledge.
    public init() {}

    /// The pose that was seen last; `nil` before the first one.
    var last: SimilarityTransform? { lastSample?.pose }

    /// Takes a pose that was seen at `time` [ns]; one that is not newer than the last starts anew.
    public mutating func observe(_ pose: SimilarityTransform, at time: UInt64) {
        defer { lastSample = Sample(time: time, pose: pose) }
        guard let before = lastSample, time > before.time else {
            (velocity, turning) = (.zero, .zero)
            return
        }
        let seconds = Double(time - before.time) / 1e9
        guard seconds <= Self.horizon else {
            (velocity, turning) = (.zero, .zero)
            return
        }
        velocity = (pose.translation - before.pose.translation) / seconds
        let change = pose.rotation.composed(with: before.pose.rotation.inverse)
        turning = change.vector / seconds
    }

    /// The pose expected at `time` [ns]; `nil` before the first one.
    ///
    /// Beyond the horizon the object stands still.
    public func pose(at time: UInt64) -> SimilarityTransform? {
        guard let last = lastSample else { return nil }
        guard time > last.time else { return last.pose }
        let seconds = min(Double(time - last.time) / 1e9, Self.horizon)
        return SimilarityTransform(
            scale: last.pose.scale,
            rotation: Rotation(vector: turning * seconds).composed(with: last.pose.rotation),
            translation: last.pose.translation + velocity * seconds)
    }
}

extension SimilarityTransform {
    /// The pose at `share` of the way to `other`, beyond it where that is above 1; the scale is this one's.
    public func interpolated(to other: SimilarityTransform, share: Double) -> SimilarityTransform {
        let turn = other.rotation.composed(with: rotation.inverse).vector
        return SimilarityTransform(
            scale: scale, rotation: Rotation(vector: turn * share).composed(with: rotation),
            translation: translation + share * (other.translation - translation))
    }
}

extension Rotation {
    /// The rotation that undoes this one.
    var inverse: Rotation {
        Rotation(x: [x.x, y.x, z.x], y: [x.y, y.y, z.y], z: [x.z, y.z, z.z])
    }

    /// Axis times angle [rad], the angle from 0 to pi.
    var vector: SIMD3<Double> {
        let q = quaternion
        let axis = SIMD3(q.x, q.y, q.z)
        let sine = (axis * axis).sum().squareRoot()
        guard sine > 1e-12 else { return 2 * axis }
        return axis * (2 * atan2(sine, q.w) / sine)
    }

    /// The rotation about `vector` by its length [rad].
    init(vector: SIMD3<Double>) {
        let angle = (vector * vector).sum().squareRoot()
        let factor = angle > 1e-12 ? sin(angle / 2) / angle : 0.5
        self.init(quaternion: SIMD4(vector.x * factor, vector.y * factor, vector.z * factor, cos(angle / 2)))
    }
}
