// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignImages

/// Pictures made for tests.
enum Pictures {
    /// Smooth in both directions, different in every channel.
    static func gradient(width: Int, height: Int) -> ColorImage {
        var image = ColorImage(size: ImageSize(width: width, height: height), color: .zero)
        for row in 0..<height {
            for column in 0..<width {
                image[column, row] = SIMD3(
                    UInt8(255 * column / width), UInt8(255 * row / height), UInt8((column + row) % 128))
            }
        }
        return image
    }

    /// The start of a PNG that claims a size, colour type and depth, with the rest missing.
    static func pngHeader(width: UInt32, height: UInt32, bitDepth: UInt8 = 8, colorType: UInt8 = 2) -> [UInt8]
    {
        func word(_ value: UInt32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
            + word(width)
            + word(height) + [bitDepth, colorType, 0, 0, 0] + [0, 0, 0, 0]
    }
}
