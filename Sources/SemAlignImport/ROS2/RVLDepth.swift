// SPDX-License-Identifier: Apache-2.0

internal import SemAlignCore
internal import SemAlignImages

/// Depth that was compressed by run length and variable length (RVL).
///
/// A. D. Wilson, "Fast Lossless Depth Image Compression", ISS 2017; image_transport puts columns and rows in front,
/// two little-endian numbers of four bytes. Runs of zeros and of other values take turns, each with its length in
/// front; a value is coded as its difference from the last one that was not zero.
enum RVLDepth {
    private static let headerSize = 8

    /// Size and raw numbers, row-major; 0 = no measurement.
    ///
    /// What follows behind the last pixel is passed over, as image_transport does it.
    static func decode(
        _ data: ArraySlice<UInt8>
    ) throws(ImportError) -> (size: ImageSize, values: [UInt16]) {
        guard data.count >= headerSize else {
            throw .truncated(what: "RVL size", needed: headerSize, available: data.count)
        }
        let size = ImageSize(width: number(data, at: 0), height: number(data, at: 4))
        // A run of zeros takes a few bytes however long it is: nothing else bounds the picture.
        guard size.width > 0, size.height > 0, size.width <= ImageHeader.pixelLimit / size.height else {
            throw .value(
                field: "RVL size", found: "\(size.width)×\(size.height)",
                expected: "1 to \(ImageHeader.pixelLimit) pixels")
        }
        var reader = NibbleReader(data.dropFirst(headerSize))
        var values = [UInt16](repeating: 0, count: size.width * size.height)
        var position = 0
        var value = 0
        while position < values.count {
            position += try reader.run(upTo: values.count - position)
            for _ in 0..<(try reader.run(upTo: values.count - position)) {
                value += try reader.difference()
                guard let depth = UInt16(exactly: value) else {
                    throw .value(field: "RVL depth", found: "\(value)", expected: "0 to 65535")
                }
                values[position] = depth
                position += 1
            }
        }
        return (size, values)
    }

    private static func number(_ data: ArraySlice<UInt8>, at offset: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(data[data.startIndex + offset + $1]) << (8 * $1) }
    }
}

/// Numbers of a varying count of nibbles.
///
/// A nibble holds three bits, the lowest of the number first, and a fourth that says whether more follow. Eight of
/// them make a little-endian word, which is read from its highest on.
private struct NibbleReader {
    private let data: ArraySlice<UInt8>
    private var offset: Int
    private var word: UInt32 = 0
    private var nibbles = 0
    /// 65535 up or down are 17 bits, a run of all the pixels that may be 27.
    private static let mostBits = 27

    init(_ data: ArraySlice<UInt8>) {
        self.data = data
        offset = data.startIndex
    }

    /// The length of a run of `limit` pixels at most.
    mutating func run(upTo limit: Int) throws(ImportError) -> Int {
        let length = try number()
        guard length <= limit else {
            throw .value(field: "RVL run", found: "\(length) pixels", expected: "\(limit) at most")
        }
        return length
    }

    /// A difference: the lowest bit is its sign.
    mutating func difference() throws(ImportError) -> Int {
        let number = try number()
        return number >> 1 ^ -(number & 1)
    }

    private mutating func number() throws(ImportError) -> Int {
        var value = 0
        for shift in stride(from: 0, to: Self.mostBits, by: 3) {
            let nibble = try nibble()
            value |= (nibble & 7) << shift
            if nibble & 8 == 0 { return value }
        }
        throw .value(
            field: "RVL number", found: "of over \(Self.mostBits) bits", expected: "a smaller one")
    }

    private mutating func nibble() throws(ImportError) -> Int {
        if nibbles == 0 {
            guard data.endIndex - offset >= 4 else {
                throw .truncated(what: "RVL data", needed: 4, available: data.endIndex - offset)
            }
            word = (0..<4).reduce(0) { $0 | UInt32(data[offset + $1]) << (8 * UInt32($1)) }
            offset += 4
            nibbles = 8
        }
        defer {
            word <<= 4
            nibbles -= 1
        }
        return Int(word >> 28)
    }
}
