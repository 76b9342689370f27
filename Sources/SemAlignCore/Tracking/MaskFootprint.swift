// SPDX-License-Identifier: Apache-2.0

/// Where an instance of a mask lies, coarsely: cells of a grid over the image, at most 64 along the larger side.
struct MaskFootprint: Hashable, Sendable {
    /// Overlap below which two footprints are of different objects.
    static let leastOverlap = 0.05

    /// Side of a cell [px].
    let cell: Double
    /// Covered cells (column, row).
    private let cells: Set<SIMD2<Int>>

    static let empty = MaskFootprint(cell: 1, cells: [])

    private init(cell: Double, cells: Set<SIMD2<Int>>) {
        self.cell = cell
        self.cells = cells
    }

    /// The cells whose middle pixel carries `instance`.
    init(_ mask: ObjectMask, instance: UInt8) {
        let side = max(1, (max(mask.size.width, mask.size.height) + 63) / 64)
        var cells: Set<SIMD2<Int>> = []
        for (row, y) in stride(from: side / 2, to: mask.size.height, by: side).enumerated() {
            for (column, x) in stride(from: side / 2, to: mask.size.width, by: side).enumerated()
            where mask.labels[y * mask.size.width + x] == instance {
                cells.insert(SIMD2(column, row))
            }
        }
        cell = Double(side)
        self.cells = cells
    }

    /// Number of covered cells.
    var area: Int { cells.count }

    /// The same cells, moved by `shift` [px], rounded to whole cells.
    func moved(by shift: SIMD2<Double>) -> MaskFootprint {
        let steps = (shift / cell).rounded(.toNearestOrEven)
        guard abs(steps.x) < 1e6, abs(steps.y) < 1e6 else { return self }
        let step = SIMD2(Int(steps.x), Int(steps.y))
        guard step != .zero else { return self }
        return MaskFootprint(cell: cell, cells: Set(cells.map { $0 &+ step }))
    }

    /// Common cells as a share of the cells of both, 0…1.
    func overlap(with other: MaskFootprint) -> Double {
        guard cell == other.cell, !cells.isEmpty, !other.cells.isEmpty else { return 0 }
        let common =
            cells.count < other.cells.count
            ? cells.count { other.cells.contains($0) } : other.cells.count { cells.contains($0) }
        return Double(common) / Double(cells.count + other.cells.count - common)
    }
}
