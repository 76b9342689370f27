// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// An image enlarged to a square of `side` pixels with equal bands of padding, as GeoAware-SC prepares it.
struct PaddedSquare: Hashable, Sendable {
    /// Pixels of the square for each pixel of the image.
    let scale: Double
    /// Where the image's corner lies in the square [px of the square], rounded as the original code does.
    let offset: SIMD2<Double>
    /// Side of the square [px].
    let side: Double

    /// The square for an image of `width` × `height` pixels, both > 0.
    init(width: Int, height: Int, side: Int = 840) {
        let larger = Double(max(width, height))
        self.side = Double(side)
        scale = Double(side) / larger
        func band(_ length: Int) -> Double {
            let enlarged = (Double(side) * Double(length) / larger).rounded(.toNearestOrEven)
            return ((Double(side) - enlarged) / 2).rounded(.down)
        }
        offset = SIMD2(width < height ? band(width) : 0, height < width ? band(height) : 0)
    }

    /// What the square covers, in the image's own pixels.
    var region: PixelRegion {
        PixelRegion(minimum: -offset / scale, maximum: (SIMD2(repeating: side) - offset) / scale)
    }

    /// The place in the image whose coordinates in the square are `factor` times those of `point`.
    func scaled(_ point: SIMD2<Double>, by factor: Double) -> SIMD2<Double> {
        (factor * (scale * point + offset) - offset) / scale
    }
}

/// Corners of a box as an annotation states them.
struct PixelBounds: Hashable, Sendable {
    let minimum: SIMD2<Double>
    let maximum: SIMD2<Double>

    /// The box as a region; `nil` where it is empty.
    var region: PixelRegion? {
        guard maximum.x > minimum.x, maximum.y > minimum.y else { return nil }
        return PixelRegion(minimum: minimum, maximum: maximum)
    }
}
