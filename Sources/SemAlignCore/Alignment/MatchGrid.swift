// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignKernels

/// How well each point of the class matches each cell of a grid over the object, for the kernels.
///
/// A cell is a patch, or a square of patches where far matches are looked for.
struct MatchGrid: Sendable {
    private(set) var columns = 0
    private(set) var rows = 0
    /// Centre of cell (0, 0) and size of a cell [px].
    private(set) var origin = SIMD2<Double>.zero
    private(set) var cellSize = SIMD2<Double>(1, 1)
    /// Patches on the object in all, and in a cell at most.
    private(set) var patchCount = 0
    private(set) var patchesPerCell = 1
    /// exp(`sharpness` × z) of each point in each cell, 0 off the object: P×rows×columns.
    private(set) var match: [Float] = []
    /// Patches on the object in each cell.
    private(set) var count: [Float] = []
    /// Depth of each cell, 0 = none.
    private(set) var depth: [Float] = []

    /// Half the log of the likelihood over chance of a match one deviation above the mean.
    ///
    /// Found on simulated classes of several seeds and on real mugs alike: 2.2 to 4 (twice this) are as good.
    static let sharpness: Float = 1.25
    /// Deviations beyond which a match counts no more.
    private static let limit: Float = 3

    var cellCount: Int { rows * columns }

    /// Makes room for `cells` cells.
    mutating func reserve(cells: Int, pointCount: Int) {
        count.reserveCapacity(cells)
        depth.reserveCapacity(cells)
        match.reserveCapacity(cells * pointCount)
    }

    /// Compares the patches of another frame, `buffers.patches`, with the class.
    mutating func read(_ features: FeatureMap, model: EvidenceModel, buffers: inout FrameBuffers) {
        let patches = buffers.patches
        columns = patches.columns.count
        rows = patches.rows.count
        origin = features.center(row: patches.rows.lowerBound, column: patches.columns.lowerBound)
        cellSize = features.patchSize
        patchCount = patches.cells.count
        patchesPerCell = 1
        let cells = patches.columns.count * patches.rows.count
        let most = features.rows * features.columns
        refill(&count, count: cells, with: 0, most: most)
        refill(&depth, count: cells, with: 0, most: most)
        refill(&buffers.patchAtCell, count: cells, with: -1, most: most)
        buffers.places.removeAll(keepingCapacity: true)
        buffers.places.reserveCapacity(patches.cells.capacity)
        for (k, cell) in patches.cells.enumerated() {
            let row = Int(cell) / features.columns - patches.rows.lowerBound
            let place = row * columns + Int(cell) % features.columns - patches.columns.lowerBound
            buffers.places.append(Int32(place))
            buffers.patchAtCell[place] = Int32(k)
            count[place] = 1
            depth[place] = buffers.patchDepth[k]
        }
        resize(&match, to: cells * model.pointCount, most: most * model.pointCount)
        let stride = Self.compare(features, patches.cells, model, &buffers)
        resize(&buffers.scratch, to: 2 * stride + patches.cells.count, most: 2 * stride + most)
        buffers.similarityStride = stride
        unsafe semalign_match_grid(
            InstructionSet.best.rawValue, &buffers.similarities, patches.cells.count, stride,
            model.pointCount, buffers.places, cells, Self.sharpness, Self.limit, &buffers.scratch, &match)
    }

    /// Compares patches with all points into `buffers.similarities`; returns the distance between its rows.
    private static func compare(
        _ features: FeatureMap, _ patches: [Int32], _ model: EvidenceModel, _ buffers: inout FrameBuffers
    ) -> Int {
        if let reduced = model.reducedVectors {
            reduced.compare(features, patches: patches, buffers: &buffers)
            return reduced.stride
        }
        buffers.maps.update(features: features, patches: patches, vectors: model.vectors)
        resize(
            &buffers.similarities, to: buffers.maps.values.count,
            most: features.rows * features.columns * buffers.maps.stride)
        for i in buffers.similarities.indices { buffers.similarities[i] = buffers.maps.values[i] }
        return buffers.maps.stride
    }

    /// Compares nothing yet.
    init() {}

    /// `fine` at half the resolution.
    init(halving fine: MatchGrid) { read(halving: fine) }

    /// Becomes `fine` at half the resolution.
    mutating func read(halving fine: MatchGrid) {
        columns = (fine.columns + 1) / 2
        rows = (fine.rows + 1) / 2
        origin = fine.origin + fine.cellSize / 2
        cellSize = 2 * fine.cellSize
        patchCount = fine.patchCount
        patchesPerCell = 4 * fine.patchesPerCell
        let pointCount = fine.match.count / max(fine.cellCount, 1)
        // Storage grows with the finer grid's.
        let (cells, most) = (columns * rows, fine.count.capacity)
        refill(&count, count: cells, with: 0, most: most)
        refill(&depth, count: cells, with: 0, most: most)
        resize(&match, to: cells * pointCount, most: most * pointCount)
        unsafe fine.withKernel { grid in
            var grid = unsafe grid
            unsafe semalign_halve_grid(&grid, pointCount, &match, &count, &depth)
        }
    }

    /// Log of the likelihood over chance of point `point` in cell `cell`; `nil` off the object.
    func logLikelihood(of point: Int, cell: Int) -> Float? {
        let value = match[point * cellCount + cell]
        return value > 0 ? 2 * log(value) : nil
    }

    /// Centre of a cell [px].
    func center(of cell: Int) -> SIMD2<Double> {
        origin + cellSize * SIMD2(Double(cell % columns), Double(cell / columns))
    }

    /// The cell at a pixel; `nil` outside the grid.
    func cell(at pixel: SIMD2<Double>) -> Int? {
        let place = ((pixel - origin) / cellSize).rounded(.toNearestOrEven)
        guard place.x >= 0, place.y >= 0, place.x < Double(columns), place.y < Double(rows) else {
            return nil
        }
        return Int(place.y) * columns + Int(place.x)
    }

    /// Lends the buffers to a kernel.
    func withKernel<Result>(_ body: (semalign_grid) -> Result) -> Result {
        unsafe match.withUnsafeBufferPointer { match in
            unsafe count.withUnsafeBufferPointer { count in
                unsafe depth.withUnsafeBufferPointer { depth in
                    let grid = unsafe semalign_grid(
                        columns: Int32(columns), rows: Int32(rows), x: Float(origin.x), y: Float(origin.y),
                        width: Float(cellSize.x), height: Float(cellSize.y), patch_count: Float(patchCount),
                        patches_per_cell: Float(patchesPerCell), match: match.baseAddress,
                        count: count.baseAddress, depth: depth.baseAddress)
                    return unsafe body(grid)
                }
            }
        }
    }
}
