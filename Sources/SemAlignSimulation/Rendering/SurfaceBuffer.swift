// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// What every pixel shows, exactly: the truth that the sensors then spoil.
struct SurfaceBuffer {
    let size: ImageSize
    /// `SurfaceLabel` of each pixel.
    private(set) var labels: [UInt8]
    /// Part of the object, or number of the thing; for the background the wall.
    private(set) var parts: [UInt8]
    /// Depth [m].
    private(set) var depth: [Float]
    /// Canonical coordinates, for the background world coordinates [m]; H×W×3.
    private(set) var coordinates: [Float]
    /// Unit normals turned towards the camera, camera frame; H×W×3.
    private(set) var normals: [Float]

    /// Draws a scene.
    init(_ set: TriangleSet, room: Room, size: ImageSize, intrinsics: CameraIntrinsics) {
        let raster = Rasterizer(set, size: size, intrinsics: intrinsics)
        let count = size.width * size.height
        self.size = size
        self.depth = raster.depth
        labels = Array(repeating: SurfaceLabel.background, count: count)
        parts = Array(repeating: 0, count: count)
        coordinates = Array(repeating: 0, count: 3 * count)
        normals = Array(repeating: 0, count: 3 * count)
        let rays = RoomRays(room: room, intrinsics: intrinsics)
        for pixel in 0..<count {
            let number = Int(raster.triangle[pixel])
            let column = pixel % size.width
            let row = pixel / size.width
            let hit = rays.hit(column: column, row: row)
            if number >= 0, raster.depth[pixel] < hit.depth {
                let weights = (raster.weights[2 * pixel], raster.weights[2 * pixel + 1])
                setSurface(set, number: number, pixel: pixel, weights)
            } else {
                setBackground(hit, pixel: pixel)
            }
        }
        faceCamera(intrinsics)
    }

    private mutating func setSurface(
        _ set: TriangleSet, number: Int, pixel: Int, _ weights: (Float, Float)
    ) {
        labels[pixel] = set.labels[number]
        parts[pixel] = set.parts[number]
        let a = 3 * Int(set.triangles[3 * number])
        let b = 3 * Int(set.triangles[3 * number + 1])
        let c = 3 * Int(set.triangles[3 * number + 2])
        for axis in 0..<3 {
            let first = set.canonical[a + axis]
            coordinates[3 * pixel + axis] =
                first + weights.0 * (set.canonical[b + axis] - first)
                + weights.1 * (set.canonical[c + axis] - first)
        }
        for axis in 0..<3 {
            let next = (axis + 1) % 3
            let last = (axis + 2) % 3
            let u = (
                set.vertices[b + next] - set.vertices[a + next],
                set.vertices[b + last] - set.vertices[a + last]
            )
            let v = (
                set.vertices[c + next] - set.vertices[a + next],
                set.vertices[c + last] - set.vertices[a + last]
            )
            normals[3 * pixel + axis] = u.0 * v.1 - u.1 * v.0
        }
    }

    private mutating func setBackground(_ hit: RoomHit, pixel: Int) {
        depth[pixel] = hit.depth
        parts[pixel] = hit.wall
        for axis in 0..<3 {
            coordinates[3 * pixel + axis] = hit.position[axis]
            normals[3 * pixel + axis] = hit.normal[axis]
        }
    }

    /// Makes the normals unit vectors that look at the camera.
    private mutating func faceCamera(_ intrinsics: CameraIntrinsics) {
        for pixel in labels.indices {
            let x =
                (Float(pixel % size.width) - Float(intrinsics.principalPoint.x))
                / Float(intrinsics.focalLength.x)
            let y =
                (Float(pixel / size.width) - Float(intrinsics.principalPoint.y))
                / Float(intrinsics.focalLength.y)
            let n = (normals[3 * pixel], normals[3 * pixel + 1], normals[3 * pixel + 2])
            let length = (n.0 * n.0 + n.1 * n.1 + n.2 * n.2).squareRoot()
            guard length > 0 else { continue }
            let scale = (n.0 * x + n.1 * y + n.2 > 0 ? -1 : 1) / length
            normals[3 * pixel] = n.0 * scale
            normals[3 * pixel + 1] = n.1 * scale
            normals[3 * pixel + 2] = n.2 * scale
        }
    }
}
