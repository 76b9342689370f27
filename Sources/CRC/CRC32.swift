// SPDX-License-Identifier: Apache-2.0

/// The CRC-32 of zlib, PNG and MCAP (polynomial 0xEDB88320, reflected), computed piece by piece.
///
/// Forty bytes are folded per step as five words whose checksums do not wait for each other, as zlib
/// does since 1.2.12; each word goes through eight tables of 256 entries.
public struct CRC32: Hashable, Sendable {
    private var state: UInt32 = .max

    /// Starts a checksum of no bytes; its value is 0.
    public init() {}

    /// The checksum of all bytes so far.
    public var value: UInt32 { ~state }

    /// The checksum of an array in one call.
    public static func checksum(_ bytes: [UInt8]) -> UInt32 {
        unsafe checksum(bytes.span.bytes)
    }

    /// The checksum of `bytes` in one call.
    public static func checksum(_ bytes: RawSpan) -> UInt32 {
        var crc = CRC32()
        crc.update(bytes)
        return crc.value
    }

    /// Appends `count` bytes of which only the checksum is known.
    ///
    /// Takes a few microseconds, whatever the count.
    public mutating func append(_ checksum: UInt32, count: UInt64) {
        // A checksum is a polynomial over GF(2); `count` zero bytes multiply it by x to the 8 count.
        var power = UInt32(1) << 31
        var square = UInt32(1) << 23
        var rest = count
        while rest > 0 {
            if rest & 1 != 0 { power = Self.product(power, square) }
            square = Self.product(square, square)
            rest >>= 1
        }
        state = ~(Self.product(power, value) ^ checksum)
    }

    /// The product of two polynomials modulo the checksum's, highest bit first.
    private static func product(_ left: UInt32, _ right: UInt32) -> UInt32 {
        var result: UInt32 = 0
        var shifted = right
        for bit in stride(from: 31, through: 0, by: -1) {
            if left >> UInt32(bit) & 1 != 0 { result ^= shifted }
            shifted = shifted & 1 == 0 ? shifted >> 1 : shifted >> 1 ^ polynomial
        }
        return result
    }

    private static let polynomial: UInt32 = 0xEDB8_8320

    /// Appends `bytes` to what the checksum covers.
    public mutating func update(_ bytes: RawSpan) {
        var crc = state
        unsafe Self.tables.withUnsafeBufferPointer { tables in
            unsafe bytes.withUnsafeBytes { input in
                var offset = unsafe Self.updateByBlocks(&crc, input, tables)
                while offset + 8 <= input.count {
                    crc = unsafe Self.fold(Self.word(input, offset) ^ UInt64(crc), tables, 0)
                    offset += 8
                }
                for index in offset..<input.count {
                    crc = unsafe crc >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: crc) ^ input[index])]
                }
            }
        }
        state = crc
    }

    /// Takes as many blocks of forty bytes as there are and returns their length.
    private static func updateByBlocks(
        _ crc: inout UInt32, _ input: UnsafeRawBufferPointer, _ tables: UnsafeBufferPointer<UInt32>
    ) -> Int {
        let blocks = input.count / blockSize
        guard blocks > 0 else { return 0 }
        var (a, b, c, d, e) = (crc, UInt32(0), UInt32(0), UInt32(0), UInt32(0))
        var offset = 0
        for _ in 1..<blocks {
            // Each checksum leaps to its next word, a whole block away.
            a = unsafe fold(word(input, offset) ^ UInt64(a), tables, leap)
            b = unsafe fold(word(input, offset + 8) ^ UInt64(b), tables, leap)
            c = unsafe fold(word(input, offset + 16) ^ UInt64(c), tables, leap)
            d = unsafe fold(word(input, offset + 24) ^ UInt64(d), tables, leap)
            e = unsafe fold(word(input, offset + 32) ^ UInt64(e), tables, leap)
            offset += blockSize
        }
        crc = unsafe fold(word(input, offset) ^ UInt64(a), tables, 0)
        crc = unsafe fold(word(input, offset + 8) ^ UInt64(b ^ crc), tables, 0)
        crc = unsafe fold(word(input, offset + 16) ^ UInt64(c ^ crc), tables, 0)
        crc = unsafe fold(word(input, offset + 24) ^ UInt64(d ^ crc), tables, 0)
        crc = unsafe fold(word(input, offset + 32) ^ UInt64(e ^ crc), tables, 0)
        return blocks * blockSize
    }

    private static let blockSize = 40
    /// First table of those that carry a word over the rest of its block.
    private static let leap = (blockSize - 8) * 256

    @inline(__always)
    private static func word(_ input: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe input.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The checksum of eight bytes that are followed by `base` / 256 zero bytes.
    @inline(__always)
    private static func fold(_ word: UInt64, _ tables: UnsafeBufferPointer<UInt32>, _ base: Int) -> UInt32 {
        let a = unsafe tables[base + 1792 + Int(word & 255)] ^ tables[base + 1536 + Int(word >> 8 & 255)]
        let b =
            unsafe tables[base + 1280 + Int(word >> 16 & 255)] ^ tables[base + 1024 + Int(word >> 24 & 255)]
        let c = unsafe tables[base + 768 + Int(word >> 32 & 255)] ^ tables[base + 512 + Int(word >> 40 & 255)]
        let d = unsafe tables[base + 256 + Int(word >> 48 & 255)] ^ tables[base + Int(word >> 56)]
        return a ^ b ^ c ^ d
    }

    /// Entry 256 × k + b is the checksum state of byte b followed by k zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: blockSize * 256)
        for byte in 0..<256 {
            tables[byte] = (0..<8).reduce(UInt32(byte)) { crc, _ in
                crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ polynomial
            }
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 255)]
        }
        return tables
    }()
}
