// SPDX-License-Identifier: Apache-2.0

internal import CDeflate

/// The CRC-32 of zlib, PNG and MCAP (polynomial 0xEDB88320, reflected), computed piece by piece.
///
/// libdeflate computes it, with the processor's carry-less multiplication or checksum instructions where there are any.
public struct CRC32: Hashable, Sendable {
    /// The checksum of all bytes so far.
    public private(set) var value: UInt32 = 0

    /// Starts a checksum of no bytes; its value is 0.
    public init() {}

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

    /// Appends `bytes` to what the checksum covers.
    public mutating func update(_ bytes: RawSpan) {
        // A null pointer would ask for the checksum's first value.
        guard !bytes.isEmpty else { return }
        value = unsafe bytes.withUnsafeBytes { input in
            unsafe libdeflate_crc32(value, input.baseAddress, input.count)
        }
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
        value = Self.product(power, value) ^ checksum
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
}
