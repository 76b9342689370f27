// SPDX-License-Identifier: Apache-2.0

/// Patches whose centre lies on the object.
struct PatchSelection: Sendable {
    /// Grid cell of each, row × W_p + column.
    private(set) var cells: [Int32] = []
    /// Centre of each [px].
    private(set) var pixels: [SIMD2<Double>] = []
    /// Rows and columns of the feature map that hold all of them.
    private(set) var rows = 0..<0
    private(set) var columns = 0..<0

    /// Selects nothing yet.
    init() {}

    init(_ observation: Observation) { read(observation) }

    /// Selects the patches of another frame.
    mutating func read(_ observation: Observation) {
        let features = observation.features
        cells.removeAll(keepingCapacity: true)
        pixels.removeAll(keepingCapacity: true)
        cells.reserveCapacity(features.rows * features.columns)
        pixels.reserveCapacity(features.rows * features.columns)
        (rows, columns) = (0..<0, 0..<0)
        var (left, right, top, bottom) = (Int.max, -1, Int.max, -1)
        for row in 0..<features.rows {
            for column in 0..<features.columns {
                let center = features.center(row: row, column: column)
                guard observation.showsObject(at: center) else { continue }
                cells.append(Int32(row * features.columns + column))
                pixels.append(center)
                (left, right) = (min(left, column), max(right, column))
                (top, bottom) = (min(top, row), max(bottom, row))
            }
        }
        guard !cells.isEmpty else { return }
        (rows, columns) = (top..<bottom + 1, left..<right + 1)
    }
}
