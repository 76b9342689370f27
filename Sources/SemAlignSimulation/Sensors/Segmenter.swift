// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// The object's mask as a segmenter would give it: right inside, one or two pixels off at places of the border.
enum Segmenter {
    /// How far the border strays, as a share of the ramp of a five-pixel box filter.
    private static let stray: Float = 0.28

    /// The mask (instance number 1) of the pixels that show the object.
    static func mask(of surface: SurfaceBuffer, using generator: inout SeededGenerator) -> ObjectMask {
        let size = surface.size
        let noise = SmoothNoise(size: size, cell: 9, using: &generator)
        var labels = [UInt8](repeating: 0, count: size.width * size.height)
        let area = reach(of: surface)
        for row in area.rows {
            for column in area.columns {
                let share = Self.share(of: surface, column: column, row: row)
                let pixel = row * size.width + column
                if share == 1 {
                    labels[pixel] = 1
                } else if share > 0 {
                    let threshold = 0.5 + min(max(stray * noise.value(column: column, row: row), -0.45), 0.45)
                    labels[pixel] = share > threshold ? 1 : 0
                }
            }
        }
        return ObjectMask(size: size, labels: labels)
    }

    /// Rows and columns within two pixels of the object.
    private static func reach(of surface: SurfaceBuffer) -> (rows: Range<Int>, columns: Range<Int>) {
        let size = surface.size
        let exact = ObjectMask(size: size, labels: surface.labels)
        guard let box = exact.bounds(of: SurfaceLabel.object) else { return (0..<0, 0..<0) }
        return (
            max(Int(box.minimum.y) - 2, 0)..<min(Int(box.maximum.y) + 2, size.height),
            max(Int(box.minimum.x) - 2, 0)..<min(Int(box.maximum.x) + 2, size.width)
        )
    }

    /// Share of the object in the 5×5 pixels around a pixel.
    private static func share(of surface: SurfaceBuffer, column: Int, row: Int) -> Float {
        var inside = 0
        var count = 0
        for y in max(row - 2, 0)...min(row + 2, surface.size.height - 1) {
            for x in max(column - 2, 0)...min(column + 2, surface.size.width - 1) {
                count += 1
                if surface.labels[y * surface.size.width + x] == SurfaceLabel.object { inside += 1 }
            }
        }
        return Float(inside) / Float(count)
    }
}
