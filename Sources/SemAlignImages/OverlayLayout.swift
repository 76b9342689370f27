// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// How a picture is enlarged, and how large strokes and letters are in it.
struct OverlayLayout {
    /// Whole factor that the image is enlarged by.
    let factor: Int
    /// Size after enlarging [px].
    let pictureSize: ImageSize
    /// Length that all strokes are multiples of [px]: 1 for pictures of up to 1000 pixels.
    let unit: Double

    init(image: ImageSize, minimumSide: Int) throws(ImageError) {
        try image.checkForPixels()
        let side = max(image.width, image.height)
        factor = max(1, (min(max(minimumSide, 1), 4096) + side - 1) / side)
        pictureSize = ImageSize(width: image.width * factor, height: image.height * factor)
        unit = max(1, Double(max(pictureSize.width, pictureSize.height)) / 1000)
    }

    /// Where a pixel of the image is in the picture.
    func place(_ pixel: SIMD2<Double>) -> SIMD2<Double> {
        (pixel + 0.5) * Double(factor) - 0.5
    }

    func pixels(_ units: Double) -> Int { max(1, Int((units * unit).rounded())) }
    func pixels(_ units: Int) -> Int { pixels(Double(units)) }

    var padding: Int { pixels(3) }
    var nameStyle: TextStyle { TextStyle(scale: 0.42 * unit, thickness: pixels(1)) }
    var noteStyle: TextStyle { TextStyle(scale: 0.48 * unit, thickness: pixels(1)) }
}
