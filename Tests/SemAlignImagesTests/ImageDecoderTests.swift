// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignCore
import SemAlignImages
import Testing

@Suite struct ImageDecoderTests {
    private func decode(_ base64: String) throws -> ColorImage {
        let bytes = [UInt8](try #require(Data(base64Encoded: base64)))
        return try ImageDecoder.color(bytes.span)
    }

    @Test("Opacity, interlacing, sixteen bits and less than eight become colour; gamma changes nothing")
    func kindsOfPNG() throws {
        let interlaced = try decode(Self.interlaced)
        #expect(interlaced.size == ImageSize(width: 3, height: 3))
        let reds: [UInt8] = [0, 1, 2, 10, 11, 12, 20, 21, 22]
        #expect(interlaced.pixels == reds.flatMap { [$0, $0 + 60, $0 + 120] })
        let fine = try decode(Self.twoBits)
        #expect(fine.pixels == [0, 85, 170, 255].flatMap { [$0, $0, $0] })
    }

    @Test("A JPEG in printing colours becomes red, green and blue")
    func printingColors() throws {
        let image = try decode(Self.printed)
        #expect(image.size == ImageSize(width: 8, height: 8))
        // Ink keeps away light: 200/255 of black, of which cyan, magenta and yellow take their parts.
        let expected: [Int] = [158, 79, 40]
        #expect(
            image.pixels.enumerated().allSatisfy { abs(Int($0.element) - expected[$0.offset % 3]) <= 4 })
    }

    @Test("A broken picture is refused in the words of its library")
    func words() throws {
        var bytes = try ImageEncoder.jpeg(Pictures.gradient(width: 16, height: 16))
        let frame = try #require(bytes.indices.first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        bytes[frame + 1] = 0xC3
        #expect(
            throws: ImageError.damaged(format: .jpeg, reason: "Unsupported JPEG process: SOF type 0xc3")
        ) { try ImageDecoder.color(bytes.span) }
    }

    /// 3×3 pixels of 16 bits with opacity, interlaced, with a gamma of 0.45, written by libpng.
    private static let interlaced =
        "iVBORw0KGgoAAAANSUhEUgAAAAMAAAADEAYAAAFxv1lqAAAABGdBTUEAAK/INwWK6QAAAD9JREFUCJlVwiEWgCAURcH3fzSz"
        + "HDCaWY4SySwHjGZ3dQkkzoxE5KYj56TwYoFM48e1yEg8DDxosYOLyodpNwFivhvdYbV9FwAAAABJRU5ErkJggg=="

    /// 4×1 pixels of two bits, one of them transparent.
    private static let twoBits =
        "iVBORw0KGgoAAAANSUhEUgAAAAQAAAABAgAAAACW50iwAAAAAnRSTlMAAQGU/a4AAAAKSURBVAiZY5AGAAAdABwyKjX2AAAA"
        + "AElFTkSuQmCC"

    /// 8×8 pixels of cyan, magenta, yellow and black, inverted as Adobe's programs write them.
    private static let printed =
        "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBET"
        + "FBUVFQwPFxgWFBgSFBUU/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAgH/8QAFBABAAAAAAAA"
        + "AAAAAAAAAAAAAP/aAA4EQwBNAFkASwAAPwBgJoF5gP/Z"

    @Test("PNG gives back every colour, red first")
    func pngColor() throws {
        var image = Pictures.gradient(width: 37, height: 21)
        image[3, 2] = [200, 100, 50]
        let bytes = try ImageEncoder.png(image)
        let header = try ImageHeader(bytes.span)
        #expect(header.format == .png && header.size == image.size && header.channels == 3)
        let decoded = try ImageDecoder.color(bytes.span)
        #expect(decoded == image && decoded[3, 2] == [200, 100, 50])
    }

    @Test("JPEG comes close, red first")
    func jpegColor() throws {
        let image = ColorImage(size: ImageSize(width: 40, height: 24), color: [200, 100, 50])
        let bytes = try ImageEncoder.jpeg(image)
        #expect(try ImageHeader(bytes.span).format == .jpeg)
        let decoded = try ImageDecoder.color(bytes.span)
        #expect(decoded.size == image.size)
        #expect(zip(decoded.pixels, image.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 4 })
    }

    @Test("A grey picture decodes as colour")
    func greyAsColor() throws {
        let mask = ObjectMask(size: ImageSize(width: 2, height: 1), labels: [7, 255])
        let bytes = try ImageEncoder.png(mask)
        #expect(try ImageDecoder.color(bytes.span).pixels == [7, 7, 7, 255, 255, 255])
    }

    @Test("Depth keeps sixteen bits, and zero stays no measurement")
    func depth() throws {
        let values: [UInt16] = [0, 1, 255, 256, 1234, 65535]
        let bytes = try ImageEncoder.png(values, size: ImageSize(width: 3, height: 2))
        #expect(try ImageDecoder.depthUnits(bytes.span).values == values)
        let metric = try ImageDecoder.depth(bytes.span, metresPerUnit: 0.001)
        #expect(metric.isMetric && metric.values == [0, 0.001, 0.255, 0.256, 1.234, 65.535])
        let relative = try ImageDecoder.depth(bytes.span, metresPerUnit: nil)
        #expect(!relative.isMetric && relative.values[4] == 1234)
    }

    @Test("Depth beyond sixteen bits is written as no measurement")
    func depthRange() throws {
        let depth = DepthImage(
            size: ImageSize(width: 4, height: 1), values: [0.0004, 0.0006, 65.535, 65.6], isMetric: true)
        let bytes = try ImageEncoder.png(depth, unit: 0.001)
        #expect(try ImageDecoder.depthUnits(bytes.span).values == [0, 1, 65535, 0])
    }

    @Test("A mask keeps its labels")
    func mask() throws {
        let mask = ObjectMask(
            size: ImageSize(width: 16, height: 16), labels: (0..<256).map { UInt8(truncatingIfNeeded: $0) })
        let bytes = try ImageEncoder.png(mask)
        #expect(try ImageDecoder.mask(bytes.span) == mask)
    }

    @Test("Pixels of another type are refused with both types named")
    func otherTypes() throws {
        let color = try ImageEncoder.png(Pictures.gradient(width: 4, height: 4))
        let depth = try ImageEncoder.png([1, 2], size: ImageSize(width: 2, height: 1))
        #expect(throws: ImageError.pixelType(found: "8-bit colour PNG", expected: "8-bit grey PNG (mask)")) {
            try ImageDecoder.mask(color.span)
        }
        #expect(throws: ImageError.pixelType(found: "16-bit grey PNG", expected: "8-bit grey PNG (mask)")) {
            try ImageDecoder.mask(depth.span)
        }
        #expect(throws: ImageError.pixelType(found: "8-bit colour PNG", expected: "16-bit grey PNG (depth)"))
        {
            try ImageDecoder.depth(color.span, metresPerUnit: 1)
        }
    }

    @Test("What is no picture, empty, or of no size is named")
    func noPicture() {
        let cases: [([UInt8], ImageError)] = [
            ([], .unknownFormat(firstBytes: "")),
            ([0x47, 0x49, 0x46], .unknownFormat(firstBytes: "47 49 46")),
            (Pictures.pngHeader(width: 0, height: 5), .zeroSize(width: 0, height: 5)),
        ]
        for (bytes, expected) in cases {
            #expect(throws: expected) { try ImageDecoder.color(bytes.span) }
        }
    }

    @Test(
        "A decompression bomb is refused by its header",
        arguments: [(8193, 8192), (0x7FFF_FFFF, 0x7FFF_FFFF)])
    func bomb(width: UInt32, height: UInt32) {
        let bytes = Pictures.pngHeader(width: width, height: height)
        #expect(throws: ImageError.tooLarge(width: Int(width), height: Int(height), limit: 67_108_864)) {
            try ImageDecoder.color(bytes.span)
        }
    }

    @Test("A JPEG bomb is refused by its header")
    func jpegBomb() throws {
        var bytes = try ImageEncoder.jpeg(Pictures.gradient(width: 16, height: 16))
        let start = try #require(bytes.indices.first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        for offset in 5...8 { bytes[start + offset] = 0xFF }
        #expect(throws: ImageError.tooLarge(width: 65535, height: 65535, limit: 67_108_864)) {
            try ImageDecoder.color(bytes.span)
        }
    }

    @Test("A file that is cut off anywhere is refused")
    func truncation() throws {
        let image = Pictures.gradient(width: 24, height: 16)
        for bytes in [try ImageEncoder.png(image), try ImageEncoder.jpeg(image)] {
            for count in stride(from: 0, to: bytes.count, by: 7) {
                #expect(throws: ImageError.self) {
                    try ImageDecoder.color(bytes.span.extracting(first: count))
                }
            }
        }
    }

    @Test("Any damaged byte gives a picture of the same size or an error")
    func damage() throws {
        let image = Pictures.gradient(width: 24, height: 16)
        var generator = SeededGenerator(seed: 0xDA_3A6E)
        for whole in [try ImageEncoder.png(image), try ImageEncoder.jpeg(image)] {
            for _ in 0..<100 {
                var bytes = whole
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(
                    in: .min ... .max, using: &generator)
                guard let decoded = try? ImageDecoder.color(bytes.span) else { continue }
                #expect(decoded.pixels.count == 3 * decoded.size.width * decoded.size.height)
            }
        }
    }

    @Test("A PNG with a changed byte is refused before it is decoded")
    func checksum() throws {
        var bytes = try ImageEncoder.png(Pictures.gradient(width: 24, height: 16))
        // Signature and header chunk are 33 bytes long; the pixels follow.
        bytes[45] ^= 1
        #expect(
            throws: ImageError.damaged(format: .png, reason: "a checksum is wrong, of the chunk at byte 33")
        ) {
            try ImageHeader(bytes.span)
        }
    }

    @Test("The same picture gives the same bytes")
    func determinism() throws {
        let image = Pictures.gradient(width: 60, height: 40)
        #expect(try ImageEncoder.png(image) == ImageEncoder.png(image))
        #expect(try ImageEncoder.jpeg(image, quality: 80) == ImageEncoder.jpeg(image, quality: 80))
    }

    @Test("Enlarging keeps the size asked for and the colours of flat areas")
    func resizing() throws {
        let image = ColorImage(size: ImageSize(width: 6, height: 4), color: [10, 20, 30])
        for size in [ImageSize(width: 60, height: 40), ImageSize(width: 3, height: 2)] {
            #expect(try image.resized(to: size) == ColorImage(size: size, color: [10, 20, 30]))
        }
        #expect(throws: ImageError.zeroSize(width: 0, height: 1)) {
            try image.resized(to: ImageSize(width: 0, height: 1))
        }
    }
}
