// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// A box-shaped room seen from inside; its floor is the table where the object stands on one.
struct Room {
    /// World frame to camera frame, without scale.
    let cameraFromWorld: SimilarityTransform
    /// Corners of the box [m, world frame]; the camera lies inside.
    let low: SIMD3<Double>
    let high: SIMD3<Double>
}

/// Where a ray meets the room.
struct RoomHit {
    let depth: Float
    let wall: UInt8
    /// World coordinates [m].
    let position: SIMD3<Float>
    /// Camera frame, of either sign.
    let normal: SIMD3<Float>
}

/// The room prepared for many rays from one camera.
struct RoomRays {
    private let origin: SIMD3<Float>
    private let right: SIMD3<Float>
    private let down: SIMD3<Float>
    private let forward: SIMD3<Float>
    private let low: SIMD3<Float>
    private let high: SIMD3<Float>
    private let normals: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)
    private let principal: SIMD2<Float>
    private let inverseFocal: SIMD2<Float>

    init(room: Room, intrinsics: CameraIntrinsics) {
        let rotation = room.cameraFromWorld.rotation
        origin = SIMD3<Float>(room.cameraFromWorld.applyInverse(.zero))
        right = SIMD3<Float>(rotation.applyInverse([1, 0, 0]))
        down = SIMD3<Float>(rotation.applyInverse([0, 1, 0]))
        forward = SIMD3<Float>(rotation.applyInverse([0, 0, 1]))
        low = SIMD3<Float>(room.low)
        high = SIMD3<Float>(room.high)
        normals = (SIMD3<Float>(rotation.x), SIMD3<Float>(rotation.y), SIMD3<Float>(rotation.z))
        principal = SIMD2<Float>(intrinsics.principalPoint)
        inverseFocal = 1 / SIMD2<Float>(intrinsics.focalLength)
    }

    /// The wall seen at a pixel.
    func hit(column: Int, row: Int) -> RoomHit {
        let x = (Float(column) - principal.x) * inverseFocal.x
        let y = (Float(row) - principal.y) * inverseFocal.y
        let ray = right * x + down * y + forward
        var depth = Float.infinity
        var wall = 0
        for axis in 0..<3 where abs(ray[axis]) > 1e-9 {
            let bound = ray[axis] > 0 ? high[axis] : low[axis]
            let distance = (bound - origin[axis]) / ray[axis]
            if distance < depth {
                depth = distance
                wall = 2 * axis + (ray[axis] > 0 ? 1 : 0)
            }
        }
        let normal = wall < 2 ? normals.0 : wall < 4 ? normals.1 : normals.2
        return RoomHit(depth: depth, wall: UInt8(wall), position: origin + ray * depth, normal: normal)
    }
}
