// SPDX-License-Identifier: Apache-2.0

/// A 3×3 rotation matrix by its columns.
public struct Rotation: Hashable, Sendable {
    /// Images of the x, y and z axes.
    public var columns: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) { (x, y, z) }
    /// Image of the x axis.
    public let x: SIMD3<Double>
    /// Image of the y axis.
    public let y: SIMD3<Double>
    /// Image of the z axis.
    public let z: SIMD3<Double>

    /// The rotation that changes nothing.
    public static let identity = Rotation(x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1])

    /// Makes a rotation from the images of the axes: orthonormal and right-handed.
    public init(x: SIMD3<Double>, y: SIMD3<Double>, z: SIMD3<Double>) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// Makes the rotation of a quaternion (x, y, z, w), which need not have unit length.
    public init(quaternion q: SIMD4<Double>) {
        let n = q / (q * q).sum().squareRoot()
        self.init(
            x: [
                1 - 2 * (n.y * n.y + n.z * n.z), 2 * (n.x * n.y + n.z * n.w), 2 * (n.x * n.z - n.y * n.w),
            ],
            y: [
                2 * (n.x * n.y - n.z * n.w), 1 - 2 * (n.x * n.x + n.z * n.z), 2 * (n.y * n.z + n.x * n.w),
            ],
            z: [
                2 * (n.x * n.z + n.y * n.w), 2 * (n.y * n.z - n.x * n.w), 1 - 2 * (n.x * n.x + n.y * n.y),
            ])
    }

    /// The rotated vector.
    public func apply(_ v: SIMD3<Double>) -> SIMD3<Double> { x * v.x + y * v.y + z * v.z }

    /// The vector rotated back.
    public func applyInverse(_ v: SIMD3<Double>) -> SIMD3<Double> {
        [(x * v).sum(), (y * v).sum(), (z * v).sum()]
    }

    /// This rotation after `other`.
    public func composed(with other: Rotation) -> Rotation {
        Rotation(x: apply(other.x), y: apply(other.y), z: apply(other.z))
    }

    /// Unit quaternion (x, y, z, w) with w ≥ 0.
    public var quaternion: SIMD4<Double> {
        let trace = x.x + y.y + z.z
        var q: SIMD4<Double>
        if trace > 0 {
            let s = 2 * (trace + 1).squareRoot()
            q = [(y.z - z.y) / s, (z.x - x.z) / s, (x.y - y.x) / s, s / 4]
        } else if x.x > y.y, x.x > z.z {
            let s = 2 * (1 + x.x - y.y - z.z).squareRoot()
            q = [s / 4, (y.x + x.y) / s, (z.x + x.z) / s, (y.z - z.y) / s]
        } else if y.y > z.z {
            let s = 2 * (1 + y.y - x.x - z.z).squareRoot()
            q = [(y.x + x.y) / s, s / 4, (z.y + y.z) / s, (z.x - x.z) / s]
        } else {
            let s = 2 * (1 + z.z - x.x - y.y).squareRoot()
            q = [(z.x + x.z) / s, (z.y + y.z) / s, s / 4, (x.y - y.x) / s]
        }
        if q.w < 0 { q = -q }
        return q / (q * q).sum().squareRoot()
    }
}

/// Rotation, translation and uniform scale: x ↦ scale · R x + t, named target-from-source.
public struct SimilarityTransform: Hashable, Sendable {
    /// Uniform scale, > 0.
    public let scale: Double
    /// Rotation R.
    public let rotation: Rotation
    /// Translation t, in the target's unit.
    public let translation: SIMD3<Double>

    /// Joins scale, rotation and translation.
    public init(scale: Double, rotation: Rotation, translation: SIMD3<Double>) {
        self.scale = scale
        self.rotation = rotation
        self.translation = translation
    }

    /// The transformed point.
    public func apply(_ point: SIMD3<Double>) -> SIMD3<Double> {
        scale * rotation.apply(point) + translation
    }

    /// The point that this transform carries to `point`.
    public func applyInverse(_ point: SIMD3<Double>) -> SIMD3<Double> {
        rotation.applyInverse(point - translation) / scale
    }

    /// This transform after `other`.
    public func composed(with other: SimilarityTransform) -> SimilarityTransform {
        SimilarityTransform(
            scale: scale * other.scale, rotation: rotation.composed(with: other.rotation),
            translation: apply(other.translation))
    }

    /// The transform that undoes this one.
    public var inverse: SimilarityTransform {
        SimilarityTransform(
            scale: 1 / scale, rotation: rotation.inverse, translation: applyInverse(.zero))
    }
}
