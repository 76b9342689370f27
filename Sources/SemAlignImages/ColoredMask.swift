// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// An object mask whose labels may have been colours in its file.
public struct ColoredMask: Hashable, Sendable {
    /// Labels: 0 = background.
    public let mask: ObjectMask
    /// Colour (red, green, blue) that each label had; empty where the file held the labels themselves.
    public let colors: [UInt8: SIMD3<UInt8>]

    /// A mask from colours: black and PASCAL VOC's border colour become background.
    ///
    /// Where all colours are PASCAL VOC's, labels are its numbers (of classes or of objects, as the file has it);
    /// else colours are numbered from 1 as they appear, row by row. Throws for more than 254 colours: such a
    /// picture is no mask.
    public init(_ image: ColorImage) throws(ImageError) {
        var numbers: [SIMD3<UInt8>: UInt8] = [.zero: 0, Self.border: 0]
        var order: [SIMD3<UInt8>] = []
        let pixels = (0..<image.size.width * image.size.height).map {
            SIMD3(image.pixels[3 * $0], image.pixels[3 * $0 + 1], image.pixels[3 * $0 + 2])
        }
        for color in pixels where numbers[color] == nil {
            guard order.count < 254 else {
                throw .pixelType(found: "more than 254 colours of", expected: "a mask of few colours")
            }
            order.append(color)
            numbers[color] = UInt8(order.count)
        }
        let published = order.map { Self.published[$0] }
        if published.allSatisfy({ $0 != nil }) {
            for (color, number) in zip(order, published) { numbers[color] = number }
        }
        mask = ObjectMask(size: image.size, labels: pixels.map { numbers[$0] ?? 0 })
        colors = Dictionary(uniqueKeysWithValues: order.map { (numbers[$0] ?? 0, $0) })
    }

    /// A mask whose file holds labels.
    init(_ mask: ObjectMask) {
        self.mask = mask
        colors = [:]
    }

    /// What VOC paints between objects and over what it leaves open.
    private static let border = SIMD3<UInt8>(224, 224, 192)

    /// Number of each colour of PASCAL VOC's table but black and the border's: the number's bits, dealt out in
    /// turn to red, green and blue, the highest first.
    private static let published = Dictionary(
        uniqueKeysWithValues: (1...254).map { number -> (SIMD3<UInt8>, UInt8) in
            var color = SIMD3<UInt8>.zero
            for bit in 0..<8 where number >> bit & 1 == 1 { color[bit % 3] |= 0x80 >> UInt8(bit / 3) }
            return (color, UInt8(number))
        })
}

extension ImageDecoder {
    /// Decodes the mask of a data set: an 8-bit grey PNG of labels, or a PNG of up to 8 bits whose colours, in a
    /// table or not, stand for objects or classes.
    public static func coloredMask(_ bytes: Span<UInt8>) throws(ImageError) -> ColoredMask {
        let header = try ImageHeader(bytes)
        let isGrey = header.channels == 1 && !header.isIndexed
        if isGrey, header.bitDepth == 8 { return ColoredMask(try mask(bytes)) }
        guard header.format == .png, header.bitDepth <= 8, isGrey || header.channels == 3 else {
            throw .pixelType(
                found: "\(header.pixelDescription) \(header.format.rawValue)",
                expected: "a PNG of 8-bit grey labels, or of colours without opacity (mask)")
        }
        return try ColoredMask(try color(bytes))
    }
}
