// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// A random picture without detail: normal draws on a coarse grid, bilinear between them.
struct SmoothNoise {
    private let columns: Int
    private let cell: Float
    private let values: [Float]

    /// Covers an image of `size` with grid cells of `cell` pixels.
    init(size: ImageSize, cell: Int, using generator: inout SeededGenerator) {
        self.cell = Float(cell)
        columns = size.width / cell + 2
        let rows = size.height / cell + 2
        values = (0..<columns * rows).map { _ in Float(generator.normal()) }
    }

    /// Value at a pixel, of standard deviation between 0.5 and 1.
    func value(column: Int, row: Int) -> Float {
        let x = Float(column) / cell
        let y = Float(row) / cell
        let left = Int(x)
        let top = Int(y)
        let u = x - Float(left)
        let v = y - Float(top)
        let index = top * columns + left
        let upper = values[index] + u * (values[index + 1] - values[index])
        let lower = values[index + columns] + u * (values[index + columns + 1] - values[index + columns])
        return upper + v * (lower - upper)
    }
}
