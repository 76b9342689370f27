// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// A colour image in memory.
public struct ColorImage: Hashable, Sendable {
    /// Width and height [px].
    public let size: ImageSize
    /// H×W×3, row-major: red, green, blue.
    public var pixels: [UInt8]

    /// Makes an image from its pixels.
    ///
    /// Precondition: `pixels` holds width × height × 3 values.
    public init(size: ImageSize, pixels: [UInt8]) {
        precondition(
            pixels.count == size.width * size.height * 3, "a colour image needs width × height × 3 values")
        self.size = size
        self.pixels = pixels
    }

    /// Makes an image of one colour (red, green, blue).
    public init(size: ImageSize, color: SIMD3<UInt8>) {
        var pixels = [UInt8]()
        pixels.reserveCapacity(size.width * size.height * 3)
        for _ in 0..<(size.width * size.height) { pixels.append(contentsOf: [color.x, color.y, color.z]) }
        self.init(size: size, pixels: pixels)
    }

    /// The colour of the pixel (column, row), which must lie inside; writing sets it.
    public subscript(column: Int, row: Int) -> SIMD3<UInt8> {
        get {
            let start = 3 * (row * size.width + column)
            return SIMD3(pixels[start], pixels[start + 1], pixels[start + 2])
        }
        set {
            let start = 3 * (row * size.width + column)
            (pixels[start], pixels[start + 1], pixels[start + 2]) = (newValue.x, newValue.y, newValue.z)
        }
    }
}
