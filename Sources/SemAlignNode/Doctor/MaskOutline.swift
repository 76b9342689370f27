// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore

/// Places along the border of a mask, with the direction that leads outside.
struct MaskOutline: Sendable {
    /// One place.
    struct Place: Sendable {
        /// Pixel of the mask at its border.
        let pixel: SIMD2<Double>
        /// Unit vector that leads out of the mask.
        let outwards: SIMD2<Double>
    }

    /// At most about 400 places, evenly spread; the image's own border is none.
    let places: [Place]

    init(_ mask: ObjectMask, instance: UInt8) {
        let (width, height) = (mask.size.width, mask.size.height)
        func isInside(_ x: Int, _ y: Int) -> Bool { mask.contains(column: x, row: y, instance: instance) }
        var found: [Place] = []
        guard width > 8, height > 8 else {
            places = []
            return
        }
        for y in 4..<height - 4 {
            for x in 4..<width - 4 where isInside(x, y) {
                if isInside(x - 1, y), isInside(x + 1, y), isInside(x, y - 1), isInside(x, y + 1) { continue }
                var sum = SIMD2<Double>.zero
                for dy in -3...3 {
                    for dx in -3...3 where !isInside(x + dx, y + dy) { sum += SIMD2(Double(dx), Double(dy)) }
                }
                let size = (sum * sum).sum().squareRoot()
                if size > 1 { found.append(Place(pixel: SIMD2(Double(x), Double(y)), outwards: sum / size)) }
            }
        }
        let step = max(1, found.count / 400)
        places = stride(from: 0, to: found.count, by: step).map { found[$0] }
    }
}

/// A motion of the mask over the image: mirrored, turned, shifted.
struct MaskMotion: Hashable, Sendable {
    var flipsColumns = false
    var flipsRows = false
    var shift = SIMD2<Double>.zero

    /// Where a pixel of the mask comes to lie in an image of `size`.
    func apply(_ pixel: SIMD2<Double>, in size: ImageSize) -> SIMD2<Double> {
        SIMD2(
            flipsColumns ? Double(size.width - 1) - pixel.x : pixel.x,
            flipsRows ? Double(size.height - 1) - pixel.y : pixel.y) + shift
    }

    /// Where a direction leads.
    func turn(_ direction: SIMD2<Double>) -> SIMD2<Double> {
        SIMD2(flipsColumns ? -direction.x : direction.x, flipsRows ? -direction.y : direction.y)
    }

    /// The pixel of the mask that comes to lie at `pixel`.
    func undo(_ pixel: SIMD2<Double>, in size: ImageSize) -> SIMD2<Double> {
        var back = self
        back.shift = .zero
        return back.apply(pixel - shift, in: size)
    }

    static let still = MaskMotion()
    static let flips = [
        MaskMotion(flipsColumns: true), MaskMotion(flipsRows: true),
        MaskMotion(flipsColumns: true, flipsRows: true),
    ]
}
