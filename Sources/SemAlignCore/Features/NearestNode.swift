// SPDX-License-Identifier: Apache-2.0

/// For each node of a grid the nearest marked node: a distance transform that also tells which.
///
/// Danielsson's two sweeps over vectors to the nearest marked node; distances are exact but for rare ties.
struct NearestNode: Sendable {
    private static let far: Int16 = 8192
    private let columns: Int
    private let rows: Int
    /// Offset (columns, rows) from each node to its nearest marked node.
    private(set) var offsets: [SIMD2<Int16>]

    /// Finds the marked node nearest to each of columns × rows nodes.
    init(columns: Int, rows: Int, isMarked: [Bool]) {
        self.columns = columns
        self.rows = rows
        offsets = isMarked.map { $0 ? SIMD2(0, 0) : SIMD2(Self.far, Self.far) }
        sweep()
    }

    /// Squared distance [nodes²]; very large where nothing is marked.
    func squaredDistance(_ node: Int) -> Int { Self.square(offsets[node]) }

    /// Index of the nearest marked node; `nil` where nothing is marked.
    func nearest(to node: Int) -> Int? {
        let offset = offsets[node]
        guard offset.x < Self.far / 2, offset.y < Self.far / 2 else { return nil }
        return node + Int(offset.y) * columns + Int(offset.x)
    }

    private static func square(_ v: SIMD2<Int16>) -> Int { Int(v.x) * Int(v.x) + Int(v.y) * Int(v.y) }

    private mutating func sweep() {
        for row in 0..<rows {
            for column in 0..<columns {
                for right in -1...1 { improve(row, column, -1, right) }
                improve(row, column, 0, -1)
            }
            for column in (0..<columns).reversed() { improve(row, column, 0, 1) }
        }
        for row in (0..<rows).reversed() {
            for column in (0..<columns).reversed() {
                for right in -1...1 { improve(row, column, 1, right) }
                improve(row, column, 0, 1)
            }
            for column in 0..<columns { improve(row, column, 0, -1) }
        }
    }

    /// Takes over what the neighbour `down` rows and `right` columns away knows, where it is nearer.
    @inline(__always)
    private mutating func improve(_ row: Int, _ column: Int, _ down: Int, _ right: Int) {
        let (r, c) = (row + down, column + right)
        guard r >= 0, r < rows, c >= 0, c < columns else { return }
        let other = offsets[r * columns + c]
        guard other.x < Self.far else { return }
        let candidate = other &+ SIMD2(Int16(right), Int16(down))
        let node = row * columns + column
        if Self.square(candidate) < Self.square(offsets[node]) { offsets[node] = candidate }
    }
}
