// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignImages
import Testing

@Suite struct ColoredMaskTests {
    /// A PNG of 8×4 pixels with a table of four colours, 4 bits a pixel, as PASCAL VOC and SPair-71k have masks:
    /// a chair (number 9) of 2×2 pixels, and beside it one of number 14 inside a border.
    private static let indexed: [UInt8] = [
        137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 8, 0, 0, 0, 4, 4, 3, 0, 0, 0,
        65,
        227, 99, 195, 0, 0, 0, 12, 80, 76, 84, 69, 0, 0, 0, 192, 0, 0, 64, 128, 128, 224, 224, 192, 178, 49,
        217,
        231, 0, 0, 0, 22, 73, 68, 65, 84, 120, 218, 99, 96, 96, 48, 54, 96, 96, 20, 48, 2, 17, 64, 22, 8, 0,
        0,
        14, 203, 1, 75, 95, 22, 236, 28, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
    ]

    @Test("A table of VOC's colours gives VOC's numbers; border and black are background")
    func table() throws {
        let colored = try ImageDecoder.coloredMask(Self.indexed.span)
        #expect(colored.mask.size == ImageSize(width: 8, height: 4))
        #expect(colored.mask.area(of: 9) == 4 && colored.mask.area(of: 14) == 1)
        #expect(colored.mask.area(of: 0) == 27)
        #expect(colored.colors == [9: [192, 0, 0], 14: [64, 128, 128]])
        // A camera's stream has to say what it means.
        #expect(throws: ImageError.self) { try ImageDecoder.mask(Self.indexed.span) }
    }

    @Test("Other colours are numbered as they appear")
    func appearance() throws {
        var image = ColorImage(size: ImageSize(width: 3, height: 2), color: .zero)
        image[2, 0] = [255, 0, 0]
        image[0, 1] = [128, 0, 0]
        let bytes = try ImageEncoder.png(image)
        let colored = try ImageDecoder.coloredMask(bytes.span)
        #expect(colored.mask.labels == [0, 0, 1, 2, 0, 0])
        #expect(colored.colors == [1: [255, 0, 0], 2: [128, 0, 0]])
    }

    @Test("Grey labels stay what they are, and have no colours")
    func labels() throws {
        let mask = ObjectMask(size: ImageSize(width: 3, height: 1), labels: [0, 7, 255])
        let bytes = try ImageEncoder.png(mask)
        let colored = try ImageDecoder.coloredMask(bytes.span)
        #expect(colored.mask == mask && colored.colors.isEmpty)
    }

    @Test("A photograph, and depth, are no masks")
    func noMasks() throws {
        let photograph = try ImageEncoder.png(Pictures.gradient(width: 60, height: 60))
        #expect { try ImageDecoder.coloredMask(photograph.span) } throws: { error in
            "\(error)".contains("254 colours")
        }
        let depth = try ImageEncoder.png([1, 2, 3], size: ImageSize(width: 3, height: 1))
        #expect(throws: ImageError.self) { try ImageDecoder.coloredMask(depth.span) }
        let jpeg = try ImageEncoder.jpeg(Pictures.gradient(width: 9, height: 9))
        #expect(throws: ImageError.self) { try ImageDecoder.coloredMask(jpeg.span) }
    }
}
