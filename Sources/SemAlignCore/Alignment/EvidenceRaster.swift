// SPDX-License-Identifier: Apache-2.0

/// Depth and mask around the object on a coarse grid, with the way back to the mask from everywhere.
struct EvidenceRaster: Sendable {
    let width: Int
    let height: Int
    /// Centre of cell (0, 0) [px].
    let origin: SIMD2<Double>
    /// Side of a cell [px].
    let cell: Double
    /// Depth of each cell, 0 = none.
    private(set) var depth: [Float]
    /// Change of depth per pixel along x and y, two numbers a cell.
    private(set) var slope: [Float]
    /// 1 where the object is, 2 outside the image, else 0.
    private(set) var mask: [UInt8]
    /// Vector to the nearest cell of the object [px], two numbers a cell.
    private(set) var toMask: [Float]

    /// Cells across a patch.
    private static let cellsPerPatch = 3.0
    /// Neighbouring cells whose depths differ by more than this share lie on different surfaces.
    private static let edge: Float = 0.02

    init(_ observation: Observation) {
        let patch = observation.features.patchSize
        cell = max(1, min(patch.x, patch.y) / Self.cellsPerPatch)
        let bounds = observation.mask.bounds(of: observation.instance) ?? PixelRegion(observation.imageSize)
        let margin = 0.3 * bounds.largerSide
        origin = bounds.minimum - margin + (cell - 1) / 2
        width = max(1, Int(((bounds.extent.x + 2 * margin) / cell).rounded(.up)))
        height = max(1, Int(((bounds.extent.y + 2 * margin) / cell).rounded(.up)))
        let count = width * height
        depth = [Float](repeating: 0, count: count)
        slope = [Float](repeating: 0, count: 2 * count)
        mask = [UInt8](repeating: 0, count: count)
        toMask = [Float](repeating: 0, count: 2 * count)
        fill(from: observation)
        dropEdges()
        measureSlopes()
        measureDistances()
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
        var values: [Float] = []
        for y in 0..<height {
            for x in 0..<width {
                let center = origin + cell * SIMD2(Double(x), Double(y))
                let (column, row) = (Int(center.x.rounded()), Int(center.y.rounded()))
                let inside = observation.mask.contains(
                    column: column, row: row, instance: observation.instance)
                let isInImage =
                    column >= 0 && row >= 0 && column < observation.imageSize.width
                    && row < observation.imageSize.height
                mask[y * width + x] = inside ? 1 : isInImage ? 0 : 2
                guard let image = observation.depth else { continue }
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
                values.sort()
                depth[y * width + x] = values[values.count / 2]
            }
        }
    }

    /// Depth of object cells at an edge between two surfaces is neither's: it is taken out.
    private mutating func dropEdges() {
        let before = depth
        for y in 0..<height {
            for x in 0..<width where mask[y * width + x] == 1 && before[y * width + x] > 0 {
                let own = before[y * width + x]
                for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
                    let (nx, ny) = (x + dx, y + dy)
                    guard nx >= 0, ny >= 0, nx < width, ny < height, mask[ny * width + nx] == 1 else {
                        continue
                    }
                    let other = before[ny * width + nx]
                    // Of two surfaces the nearer one's cell is kept.
                    if other > 0, own - other > Self.edge * other { depth[y * width + x] = 0 }
                }
            }
        }
    }

    private mutating func measureSlopes() {
        func value(_ x: Int, _ y: Int, near own: Float) -> Float? {
            guard x >= 0, y >= 0, x < width, y < height, mask[y * width + x] == 1 else { return nil }
            let d = depth[y * width + x]
            return d > 0 && abs(d - own) < 2 * Self.edge * own ? d : nil
        }
        for y in 0..<height {
            for x in 0..<width where mask[y * width + x] == 1 && depth[y * width + x] > 0 {
                let own = depth[y * width + x]
                for axis in 0..<2 {
                    let (dx, dy) = axis == 0 ? (2, 0) : (0, 2)
                    let ahead = value(x + dx, y + dy, near: own)
                    let behind = value(x - dx, y - dy, near: own)
                    let run = Float(2 * cell)
                    slope[2 * (y * width + x) + axis] =
                        switch (ahead, behind) {
                        case (let a?, let b?): (a - b) / (2 * run)
                        case (let a?, nil): (a - own) / run
                        case (nil, let b?): (own - b) / run
                        case (nil, nil): 0
                        }
                }
            }
        }
    }

    /// Vectors to the nearest object cell by two sweeps over the neighbours' (8SSED).
    private mutating func measureDistances() {
        let far: Float = 1e6
        for i in mask.indices where mask[i] != 1 { (toMask[2 * i], toMask[2 * i + 1]) = (far, far) }
        func relax(_ field: inout [Float], _ x: Int, _ y: Int, _ dx: Int, _ dy: Int) {
            let (nx, ny) = (x + dx, y + dy)
            guard nx >= 0, ny >= 0, nx < width, ny < height else { return }
            let (i, n) = (2 * (y * width + x), 2 * (ny * width + nx))
            let (cx, cy) = (field[n] + Float(dx), field[n + 1] + Float(dy))
            if cx * cx + cy * cy < field[i] * field[i] + field[i + 1] * field[i + 1] {
                (field[i], field[i + 1]) = (cx, cy)
            }
        }
        var field = toMask
        for y in 0..<height {
            for x in 0..<width {
                for (dx, dy) in [(-1, 0), (0, -1), (-1, -1), (1, -1)] { relax(&field, x, y, dx, dy) }
            }
            for x in stride(from: width - 1, through: 0, by: -1) { relax(&field, x, y, 1, 0) }
        }
        for y in stride(from: height - 1, through: 0, by: -1) {
            for x in stride(from: width - 1, through: 0, by: -1) {
                for (dx, dy) in [(1, 0), (0, 1), (1, 1), (-1, 1)] { relax(&field, x, y, dx, dy) }
            }
            for x in 0..<width { relax(&field, x, y, -1, 0) }
        }
        toMask = field.map { $0 * Float(cell) }
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
