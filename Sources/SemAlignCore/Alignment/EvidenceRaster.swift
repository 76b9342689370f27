// SPDX-License-Identifier: Apache-2.0

import SemAlignKernels

/// Depth and mask around the object on a coarse grid, with the way back to the mask from everywhere.
struct EvidenceRaster: Sendable {
    private(set) var width = 0
    private(set) var height = 0
    /// Centre of cell (0, 0) [px].
    private(set) var origin = SIMD2<Double>.zero
    /// Side of a cell [px].
    private(set) var cell = 1.0
    /// Depth of each cell, 0 = none.
    private(set) var depth: [Float] = []
    /// Change of depth per pixel along x and y, two numbers a cell.
    private(set) var slope: [Float] = []
    /// 1 where the object is, 2 outside the image, else 0.
    private(set) var mask: [UInt8] = []
    /// Vector to the nearest cell of the object [px], two numbers a cell.
    private(set) var toMask: [Float] = []
    /// Depth before its edges are dropped.
    private var rawDepth: [Float] = []
    /// Depths within one cell.
    private var values: [Float] = []

    /// Cells across a patch.
    private static let cellsPerPatch = 3.0
    /// Neighbouring cells whose depths differ by more than this share lie on different surfaces.
    private static let edge: Float = 0.02

    /// Reads depth and mask of another frame.
    mutating func read(_ observation: Observation) {
        let patch = observation.features.patchSize
        cell = max(1, min(patch.x, patch.y) / Self.cellsPerPatch)
        let bounds = observation.mask.bounds(of: observation.instance) ?? PixelRegion(observation.imageSize)
        let share = 0.3
        let margin = share * bounds.largerSide
        origin = bounds.minimum - margin + (cell - 1) / 2
        width = max(1, Int(((bounds.extent.x + 2 * margin) / cell).rounded(.up)))
        height = max(1, Int(((bounds.extent.y + 2 * margin) / cell).rounded(.up)))
        let count = width * height
        // Of an object that fills the image.
        let image = PixelRegion(observation.imageSize)
        let largest = (image.extent + 2 * share * image.largerSide) / cell + 1
        let most = Int(largest.x) * Int(largest.y)
        refill(&depth, count: count, with: 0, most: most)
        refill(&slope, count: 2 * count, with: 0, most: 2 * most)
        refill(&mask, count: count, with: 0, most: most)
        refill(&toMask, count: 2 * count, with: 0, most: 2 * most)
        fill(from: observation)
        let (w, h, size) = (Int32(width), Int32(height), Float(cell))
        refill(&rawDepth, count: count, with: 0, most: most)
        for i in 0..<count { rawDepth[i] = depth[i] }
        unsafe semalign_drop_depth_edges(w, h, Self.edge, mask, rawDepth, &depth)
        unsafe semalign_depth_slopes(w, h, size, Self.edge, mask, depth, &slope)
        unsafe semalign_ways_to_mask(w, h, size, mask, &toMask)
    }

    /// Depth at a pixel, 0 = none or outside.
    func depth(at pixel: SIMD2<Double>) -> Float {
        let place = (pixel - origin) / cell
        let (x, y) = (Int(place.x.rounded()), Int(place.y.rounded()))
        guard x >= 0, y >= 0, x < width, y < height else { return 0 }
        return depth[y * width + x]
    }

    private mutating func fill(from observation: Observation) {
        let reach = max(0, Int((cell - 1) / 2))
        for y in 0..<height {
            let row = Int((origin.y + cell * Double(y)).rounded())
            for x in 0..<width {
                let column = Int((origin.x + cell * Double(x)).rounded())
                let inside = observation.mask.contains(
                    column: column, row: row, instance: observation.instance)
                let isInImage =
                    column >= 0 && row >= 0 && column < observation.imageSize.width
                    && row < observation.imageSize.height
                mask[y * width + x] = inside ? 1 : isInImage ? 0 : 2
                guard let image = observation.depth else { continue }
                if reach == 0 {
                    let value = image.value(
                        at: SIMD2(Double(column), Double(row)), in: observation.imageSize)
                    depth[y * width + x] = max(value, 0)
                    continue
                }
                values.removeAll(keepingCapacity: true)
                for r in (row - reach)...(row + reach) {
                    for c in (column - reach)...(column + reach) {
                        let same = observation.mask.contains(
                            column: c, row: r, instance: observation.instance)
                        guard same == inside else { continue }
                        let value = image.value(at: SIMD2(Double(c), Double(r)), in: observation.imageSize)
                        if value > 0 { values.append(value) }
                    }
                }
                guard !values.isEmpty else { continue }
                depth[y * width + x] = unsafe semalign_median(&values, Int32(values.count))
            }
        }
    }

    /// Lends depth, slope, mask and vectors to the mask.
    func withBuffers<Result>(
        _ body: (UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<UInt8>?, UnsafePointer<Float>?)
            ->
            Result
    ) -> Result {
        unsafe depth.withUnsafeBufferPointer { depth in
            unsafe slope.withUnsafeBufferPointer { slope in
                unsafe mask.withUnsafeBufferPointer { mask in
                    unsafe toMask.withUnsafeBufferPointer { toMask in
                        unsafe body(
                            depth.baseAddress, slope.baseAddress, mask.baseAddress, toMask.baseAddress)
                    }
                }
            }
        }
    }
}
