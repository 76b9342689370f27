// SPDX-License-Identifier: Apache-2.0

/// Values on a regular grid over the image, in normalised coordinates, read by bilinear interpolation.
struct ScalarField: Hashable, Sendable {
    /// Where the nodes are.
    let grid: ImageGrid
    /// Rows×columns, row-major.
    var values: [Float]

    /// A field that is zero everywhere.
    init(grid: ImageGrid) {
        self.grid = grid
        values = [Float](repeating: 0, count: grid.columns * grid.rows)
    }

    /// Value and gradient at a place; beyond the grid the border's value goes on.
    func value(at place: SIMD2<Float>) -> (value: Float, slope: SIMD2<Float>) {
        let (node, part, isInside) = grid.cell(of: place)
        let (a, b) = (values[node], values[node + 1])
        let (c, d) = (values[node + grid.columns], values[node + grid.columns + 1])
        let (top, bottom) = (a + part.x * (b - a), c + part.x * (d - c))
        let slope = SIMD2((1 - part.y) * (b - a) + part.y * (d - c), bottom - top) / grid.step
        return (top + part.y * (bottom - top), slope.replacing(with: 0, where: .!isInside))
    }

    /// The same where all four nodes around are known, that is, not zero; `nil` elsewhere and beyond the grid.
    func knownValue(at place: SIMD2<Float>) -> (value: Float, slope: SIMD2<Float>)? {
        isKnown(at: place) ? value(at: place) : nil
    }

    /// True where all four nodes around `place` are positive.
    func isKnown(at place: SIMD2<Float>) -> Bool {
        let (node, _, isInside) = grid.cell(of: place)
        return isInside[0] && isInside[1] && values[node] > 0 && values[node + 1] > 0
            && values[node + grid.columns] > 0 && values[node + grid.columns + 1] > 0
    }
}

/// A regular grid of at least 2×2 nodes over a part of the image, in normalised coordinates.
struct ImageGrid: Hashable, Sendable {
    /// Place of node (0, 0).
    let origin: SIMD2<Float>
    /// Distance between neighbours, the same along both axes.
    let step: Float
    let columns: Int
    let rows: Int

    /// A grid over `region` [px, edges] and half a unit m of margin, 64 nodes to the unit, 192 at most to a side.
    init(over region: PixelRegion, camera: NormalizedCamera) {
        let margin = 0.5
        let low = camera.normalized(region.minimum - 0.5) - margin
        let high = camera.normalized(region.maximum - 0.5) + margin
        let extent = high - low
        let step = max(1.0 / 64, max(extent.x, extent.y) / 190)
        origin = SIMD2<Float>(low)
        self.step = Float(step)
        columns = max(2, Int((extent.x / step).rounded(.up)) + 1)
        rows = max(2, Int((extent.y / step).rounded(.up)) + 1)
    }

    /// Place of a node.
    func place(column: Int, row: Int) -> SIMD2<Double> {
        SIMD2<Double>(origin) + Double(step) * SIMD2(Double(column), Double(row))
    }

    /// Upper left node of the cell around `place`, the part of the cell to its left and above, and along which axes it is inside.
    func cell(of place: SIMD2<Float>) -> (node: Int, part: SIMD2<Float>, isInside: SIMDMask<SIMD2<Int32>>) {
        let raw = (place - origin) / step
        let limit = SIMD2(Float(columns - 1), Float(rows - 1))
        // NaN becomes the lower border.
        let held = raw.clamped(lowerBound: .zero, upperBound: limit)
        let column = min(Int(held.x), columns - 2)
        let row = min(Int(held.y), rows - 2)
        let part = held - SIMD2(Float(column), Float(row))
        return (row * columns + column, part, (raw .>= .zero) .& (raw .<= limit))
    }
}
