// SPDX-License-Identifier: Apache-2.0

/// The patches of a feature map that lie on an object's mask, and those next to them.
struct ObjectPatches: Hashable, Sendable {
    /// Patches at least half covered by the mask (all touched ones where none is), in ascending order.
    private(set) var covered: [Int32] = []
    /// `covered`, followed by their neighbours, which interpolation near the border needs.
    private(set) var withNeighbours: [Int32] = []

    /// The patches of instance `instance` of `mask`, whose box is `bounds`.
    init(features: FeatureMap, mask: ObjectMask, instance: UInt8, bounds: PixelRegion) {
        let first = features.patchCoordinates(of: bounds.minimum - 0.5)
        let last = features.patchCoordinates(of: bounds.maximum - 0.5)
        let columns = Self.range(first.x, last.x, count: features.columns)
        let rows = Self.range(first.y, last.y, count: features.rows)
        var touched: [Int32] = []
        for row in rows {
            for column in columns {
                let hits = Self.hits(row, column, features, mask, instance)
                let patch = Int32(row * features.columns + column)
                if hits >= 8 { covered.append(patch) }
                if hits > 0 { touched.append(patch) }
            }
        }
        if covered.isEmpty { covered = touched }
        addNeighbours(rows: features.rows, columns: features.columns)
    }

    /// Cells that an interval of patch coordinates touches.
    private static func range(_ from: Double, _ to: Double, count: Int) -> Range<Int> {
        let low = min(max((from + 0.5).rounded(.down), 0), Double(count))
        let high = min(max((to + 0.5).rounded(.up), low), Double(count))
        return Int(low)..<Int(high)
    }

    /// How many of 4×4 places in a patch lie on the mask.
    private static func hits(
        _ row: Int, _ column: Int, _ features: FeatureMap, _ mask: ObjectMask, _ instance: UInt8
    ) -> Int {
        let size = features.patchSize
        let corner = features.center(row: row, column: column) - size / 2
        var count = 0
        for y in 0..<4 {
            for x in 0..<4 {
                let place = corner + size * SIMD2(Double(x) + 0.5, Double(y) + 0.5) / 4
                if mask.contains(place, instance: instance) { count += 1 }
            }
        }
        return count
    }

    private mutating func addNeighbours(rows: Int, columns: Int) {
        var isListed = [Bool](repeating: false, count: rows * columns)
        for patch in covered { isListed[Int(patch)] = true }
        withNeighbours = covered
        for patch in covered {
            let (row, column) = (Int(patch) / columns, Int(patch) % columns)
            for r in max(row - 1, 0)...min(row + 1, rows - 1) {
                for c in max(column - 1, 0)...min(column + 1, columns - 1) where !isListed[r * columns + c] {
                    isListed[r * columns + c] = true
                    withNeighbours.append(Int32(r * columns + c))
                }
            }
        }
    }
}

extension ObjectMask {
    /// True where the pixel nearest to `place` [px] carries `instance`.
    func contains(_ place: SIMD2<Double>, instance: UInt8) -> Bool {
        let nearest = place.rounded(.toNearestOrEven)
        guard abs(nearest.x) < 1e9, abs(nearest.y) < 1e9 else { return false }
        return contains(column: Int(nearest.x), row: Int(nearest.y), instance: instance)
    }
}

extension FeatureMap {
    /// Pixel of continuous patch coordinates (column, row): the inverse of `patchCoordinates(of:)`.
    func pixel(ofPatchCoordinates place: SIMD2<Double>) -> SIMD2<Double> {
        region.minimum + patchSize * (place + 0.5) - 0.5
    }
}
