// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Collects the parts of a shape as triangles, and its named points.
///
/// Object frame: x to the right, y backwards (the front looks along −y), z up, metres. The plane x = 0 is the
/// plane of symmetry. The order of calls, and with it the topology, must not depend on the numbers.
struct ShapeBuilder {
    /// Corners of the triangles [m].
    private(set) var vertices: [SIMD3<Double>] = []
    /// Three corners each.
    private(set) var triangles: [SIMD3<Int32>] = []
    /// Part number of each triangle.
    private(set) var parts: [UInt8] = []
    /// Named points on the surface [m], in the order of the class.
    private(set) var keypoints: [(name: String, position: SIMD3<Double>)] = []
    /// Pairs of keypoint names joined by a line.
    private(set) var skeleton: [(String, String)] = []

    /// Names a point on the surface.
    mutating func keypoint(_ name: String, at position: SIMD3<Double>) {
        keypoints.append((name, position))
    }

    /// Names a point at x < 0 and its mirror image: `prefix_left` and `prefix_right`.
    mutating func keypointPair(_ prefix: String, at left: SIMD3<Double>) {
        keypoint(prefix + "_left", at: SIMD3(-abs(left.x), left.y, left.z))
        keypoint(prefix + "_right", at: SIMD3(abs(left.x), left.y, left.z))
    }

    /// Joins keypoints by lines, one after the other.
    mutating func line(_ names: String...) {
        for (first, second) in zip(names, names.dropFirst()) { skeleton.append((first, second)) }
    }

    /// Adds a closed or open sheet of `rows` × `columns` vertices; columns wrap around where `wraps`.
    mutating func sheet(
        rows: Int, columns: Int, wraps: Bool, part: UInt8, _ position: (Int, Int) -> SIMD3<Double>
    ) {
        let first = Int32(vertices.count)
        for row in 0..<rows {
            for column in 0..<columns { vertices.append(position(row, column)) }
        }
        let width = Int32(columns)
        for row in 0..<Int32(rows - 1) {
            for column in 0..<(wraps ? width : width - 1) {
                let next = (column + 1) % width
                let corners = [
                    row * width + column, row * width + next, (row + 1) * width + column,
                    (row + 1) * width + next,
                ].map { first + $0 }
                triangle(corners[0], corners[1], corners[3], part: part)
                triangle(corners[0], corners[3], corners[2], part: part)
            }
        }
    }

    private mutating func triangle(_ a: Int32, _ b: Int32, _ c: Int32, part: UInt8) {
        triangles.append(SIMD3(a, b, c))
        parts.append(part)
    }
}

extension ShapeBuilder {
    /// Adds a body of revolution about a vertical axis from its profile of (radius, height).
    mutating func revolve(
        _ profile: [SIMD2<Double>], about center: SIMD2<Double> = .zero, segments: Int = 32, part: UInt8
    ) {
        sheet(rows: profile.count, columns: segments, wraps: true, part: part) { row, column in
            let (sine, cosine) = sineAndCosine(turns: Double(column) / Double(segments))
            let radius = profile[row].x
            return SIMD3(center.x + radius * cosine, center.y + radius * sine, profile[row].y)
        }
    }

    /// Adds a tube with round ends along `path`, `radii` across (along the x axis, and across it).
    mutating func tube(
        along path: [SIMD3<Double>], radii: [SIMD2<Double>], segments: Int = 12, part: UInt8
    ) {
        let frames = (0..<path.count).map { index -> (SIMD3<Double>, SIMD3<Double>) in
            let tangent = normalized(path[min(index + 1, path.count - 1)] - path[max(index - 1, 0)])
            let reference: SIMD3<Double> = abs(tangent.x) < 0.9 ? [1, 0, 0] : [0, 1, 0]
            let side = normalized(reference - tangent * (tangent * reference).sum())
            return (side, cross(tangent, side))
        }
        // The first and the last row shrink to points: the ends are closed.
        sheet(rows: path.count + 2, columns: segments, wraps: true, part: part) { row, column in
            let index = min(max(row - 1, 0), path.count - 1)
            let (sine, cosine) = sineAndCosine(turns: Double(column) / Double(segments))
            let radius = row == 0 || row == path.count + 1 ? .zero : radii[index % radii.count]
            return path[index] + frames[index].0 * (radius.x * cosine) + frames[index].1 * (radius.y * sine)
        }
    }

    /// Adds a box by its eight corners, bottom (z low) first, each four counter-clockwise from (−x, −y).
    mutating func hexahedron(_ corners: [SIMD3<Double>], part: UInt8) {
        for face in [
            [0, 1, 2, 3], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7],
        ] {
            sheet(rows: 2, columns: 2, wraps: false, part: part) { row, column in
                corners[face[row == 0 ? column : 3 - column]]
            }
        }
    }

    /// Adds an upright box between two corners; its top is scaled by `taper` about the top's centre.
    mutating func box(
        _ low: SIMD3<Double>, _ high: SIMD3<Double>, taper: SIMD2<Double> = [1, 1], part: UInt8
    ) {
        let center = (low + high) / 2
        func corner(_ x: Double, _ y: Double, _ z: Double, _ scale: SIMD2<Double>) -> SIMD3<Double> {
            SIMD3(center.x + (x - center.x) * scale.x, center.y + (y - center.y) * scale.y, z)
        }
        let around = [(low.x, low.y), (high.x, low.y), (high.x, high.y), (low.x, high.y)]
        hexahedron(
            around.map { corner($0.0, $0.1, low.z, [1, 1]) }
                + around.map { corner($0.0, $0.1, high.z, taper) },
            part: part)
    }

    /// Adds an axis-aligned ellipsoid.
    mutating func ellipsoid(
        center: SIMD3<Double>, radii: SIMD3<Double>, segments: Int = 20, part: UInt8
    ) {
        let rows = segments / 2 + 1
        sheet(rows: rows, columns: segments, wraps: true, part: part) { row, column in
            let polar = sineAndCosine(turns: 0.5 * Double(row) / Double(rows - 1))
            let around = sineAndCosine(turns: Double(column) / Double(segments))
            return center + radii * SIMD3(polar.sine * around.cosine, polar.sine * around.sine, polar.cosine)
        }
    }
}
