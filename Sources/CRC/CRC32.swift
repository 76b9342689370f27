// SPDX-License-Identifier: Apache-2.0

/// The CRC-32 of zlib, PNG and MCAP (polynomial 0xEDB88320, reflected), computed piece by piece.
///
/// Sixteen bytes are folded per step through sixteen tables of 256 entries (16 KiB).
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

    /// Appends `bytes` to what the checksum covers.
    public mutating func update(_ bytes: RawSpan) {
        var crc = state
        let wide = bytes.byteCount & ~15
        unsafe Self.tables.withUnsafeBufferPointer { tables in
            unsafe bytes.withUnsafeBytes { input in
                for start in stride(from: 0, to: wide, by: 16) {
                    let low = unsafe Self.word(input, start) ^ UInt64(crc)
                    let high = unsafe Self.word(input, start + 8)
                    crc = unsafe Self.fold(low, tables, 2048) ^ Self.fold(high, tables, 0)
                }
                for index in wide..<input.count {
                    crc = unsafe crc >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: crc) ^ input[index])]
                }
            }
        }
        state = crc
    }

    private static func word(_ input: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe input.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Folds eight bytes whose last one is `base` / 256 bytes away from the end of the step.
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
        var tables = [UInt32](repeating: 0, count: 16 * 256)
        for byte in 0..<256 {
            tables[byte] = (0..<8).reduce(UInt32(byte)) { crc, _ in
                crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB8_8320
            }
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 255)]
        }
        return tables
    }()
}
