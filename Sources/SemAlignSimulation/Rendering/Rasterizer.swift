// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// The nearest triangle of every pixel, by a z-buffer.
struct Rasterizer {
    /// Depth of the nearest surface [m], infinite where there is none; H×W.
    let depth: [Float]
    /// Number of the nearest triangle, −1 where there is none; H×W.
    let triangle: [Int32]
    /// Weights of the triangle's second and third corner; H×W×2.
    let weights: [Float]
    /// Triangles with a corner nearer than this are not drawn [m].
    private static let near: Float = 0.01

    /// Draws all triangles.
    init(_ set: TriangleSet, size: ImageSize, intrinsics: CameraIntrinsics) {
        let count = size.width * size.height
        var depth = [Float](repeating: .infinity, count: count)
        var triangle = [Int32](repeating: -1, count: count)
        var weights = [Float](repeating: 0, count: 2 * count)
        let projected = Self.project(set.vertices, intrinsics)
        var depthSpan = depth.mutableSpan
        var triangleSpan = triangle.mutableSpan
        var weightSpan = weights.mutableSpan
        let corners = set.triangles.span
        let points = projected.span
        for index in 0..<set.parts.count {
            let a = 3 * Int(corners[3 * index])
            let b = 3 * Int(corners[3 * index + 1])
            let c = 3 * Int(corners[3 * index + 2])
            guard points[a + 2] > 0, points[b + 2] > 0, points[c + 2] > 0 else { continue }
            let setup = TriangleSetup(
                a: (points[a], points[a + 1], points[a + 2]), b: (points[b], points[b + 1], points[b + 2]),
                c: (points[c], points[c + 1], points[c + 2]), size: size)
            setup?.fill(number: Int32(index), width: size.width, &depthSpan, &triangleSpan, &weightSpan)
        }
        self.depth = depth
        self.triangle = triangle
        self.weights = weights
    }

    /// Column, row and 1/z of every vertex; 1/z = 0 where it is too near or behind.
    private static func project(_ vertices: [Float], _ intrinsics: CameraIntrinsics) -> [Float] {
        let fx = Float(intrinsics.focalLength.x)
        let fy = Float(intrinsics.focalLength.y)
        let cx = Float(intrinsics.principalPoint.x)
        let cy = Float(intrinsics.principalPoint.y)
        var projected = vertices
        for index in stride(from: 0, to: vertices.count, by: 3) {
            let z = vertices[index + 2]
            guard z > near else {
                projected[index + 2] = 0
                continue
            }
            projected[index] = fx * vertices[index] / z + cx
            projected[index + 1] = fy * vertices[index + 1] / z + cy
            projected[index + 2] = 1 / z
        }
        return projected
    }
}

/// A projected triangle: its box in the image and its barycentric coordinates as linear functions.
private struct TriangleSetup {
    let columns: Range<Int>
    let rows: Range<Int>
    let a: (x: Float, y: Float, inverse: Float)
    let b: (x: Float, y: Float, inverse: Float)
    let c: (x: Float, y: Float, inverse: Float)
    let inverseArea: Float

    /// Corners as (column, row, 1/z); `nil` where nothing of it can be seen.
    init?(
        a: (Float, Float, Float), b: (Float, Float, Float), c: (Float, Float, Float), size: ImageSize
    ) {
        let area = (b.0 - a.0) * (c.1 - a.1) - (c.0 - a.0) * (b.1 - a.1)
        guard abs(area) > 1e-7 else { return nil }
        let limitX = Float(size.width - 1)
        let limitY = Float(size.height - 1)
        let left = max(min(a.0, b.0, c.0).rounded(.up), 0)
        let right = min(max(a.0, b.0, c.0).rounded(.down), limitX)
        let top = max(min(a.1, b.1, c.1).rounded(.up), 0)
        let bottom = min(max(a.1, b.1, c.1).rounded(.down), limitY)
        guard left <= right, top <= bottom else { return nil }
        self.columns = Int(left)..<Int(right) + 1
        self.rows = Int(top)..<Int(bottom) + 1
        self.a = a
        self.b = b
        self.c = c
        self.inverseArea = 1 / area
    }

    func fill(
        number: Int32, width: Int, _ depth: inout MutableSpan<Float>, _ triangle: inout MutableSpan<Int32>,
        _ weights: inout MutableSpan<Float>
    ) {
        for row in rows {
            let dy = Float(row) - a.y
            for column in columns {
                let dx = Float(column) - a.x
                let second = (dx * (c.y - a.y) - (c.x - a.x) * dy) * inverseArea
                let third = ((b.x - a.x) * dy - dx * (b.y - a.y)) * inverseArea
                let first = 1 - second - third
                guard first >= -1e-5, second >= -1e-5, third >= -1e-5 else { continue }
                let z = 1 / (first * a.inverse + second * b.inverse + third * c.inverse)
                let pixel = row * width + column
                guard z < depth[pixel] else { continue }
                depth[pixel] = z
                triangle[pixel] = number
                // Dividing by z undoes the perspective: weights on the surface, not in the image.
                weights[2 * pixel] = second * b.inverse * z
                weights[2 * pixel + 1] = third * c.inverse * z
            }
        }
    }
}
