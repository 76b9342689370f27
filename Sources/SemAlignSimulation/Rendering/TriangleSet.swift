// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// What a pixel shows.
enum SurfaceLabel {
    static let background: UInt8 = 0
    static let object: UInt8 = 1
    static let occluder: UInt8 = 2
    /// Things that lie around; their features differ from the background's.
    static let clutter: UInt8 = 3
    /// Things that lie around and look like parts of the object.
    static let lookalike: UInt8 = 4
}

/// Triangles in the camera frame, ready to be drawn.
struct TriangleSet {
    /// V×3 [m, camera frame].
    private(set) var vertices: [Float] = []
    /// V×3, canonical coordinates of the vertices.
    private(set) var canonical: [Float] = []
    /// T×3 vertex numbers.
    private(set) var triangles: [Int32] = []
    /// Part of each triangle.
    private(set) var parts: [UInt8] = []
    /// Label of each triangle.
    private(set) var labels: [UInt8] = []

    /// Adds a mesh whose vertices are given in the camera frame [m].
    mutating func append(
        vertices new: [SIMD3<Double>], canonical coordinates: [Float], triangles corners: [Int32],
        parts numbers: [UInt8], label: UInt8
    ) {
        let offset = Int32(vertices.count / 3)
        vertices.append(contentsOf: new.flattened { $0 })
        canonical.append(contentsOf: coordinates)
        triangles.append(contentsOf: corners.map { $0 + offset })
        parts.append(contentsOf: numbers)
        labels.append(contentsOf: repeatElement(label, count: numbers.count))
    }

    /// Adds a shape moved into the camera frame; `canonicalOf` gives the coordinate of a point of the shape.
    mutating func append(
        _ shape: ShapeBuilder, cameraFromShape: SimilarityTransform, label: UInt8, part: UInt8?,
        canonicalOf: (SIMD3<Double>) -> SIMD3<Double>
    ) {
        append(
            vertices: shape.vertices.map(cameraFromShape.apply),
            canonical: shape.vertices.flattened(canonicalOf),
            triangles: shape.triangles.flatMap { [$0.x, $0.y, $0.z] },
            parts: part.map { Array(repeating: $0, count: shape.parts.count) } ?? shape.parts, label: label)
    }
}
