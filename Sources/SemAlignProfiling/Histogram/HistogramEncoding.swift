// SPDX-License-Identifier: Apache-2.0

extension LatencyHistogram {
    /// The histogram as HdrHistogram's compressed V2 encoding, which its libraries in all languages read.
    ///
    /// The zlib stream holds stored blocks: a histogram is small, and no compressor is needed.
    public var encoded: [UInt8] {
        let stream = zlibStream(payload)
        return bigEndian(0x1c84_9304 | 0x10 as UInt32) + bigEndian(UInt32(stream.count)) + stream
    }

    /// The same as base64 text: one column of a histogram log.
    public var encodedText: String { base64(encoded) }

    /// Header and counts; a run of zeros is one negative number.
    private var payload: [UInt8] {
        var body: [UInt8] = []
        let used = counts.lastIndex { $0 > 0 }.map { $0 + 1 } ?? 0
        var index = 0
        while index < used {
            if counts[index] > 0 {
                Self.append(Int64(clamping: counts[index]), to: &body)
                index += 1
            } else {
                let next = counts[index..<used].firstIndex { $0 > 0 } ?? used
                Self.append(-Int64(next - index), to: &body)
                index = next
            }
        }
        let head =
            bigEndian(0x1c84_9303 | 0x10 as UInt32) + bigEndian(UInt32(body.count)) + bigEndian(0 as UInt32)
            + bigEndian(2 as UInt32)
        return head + bigEndian(1 as UInt64) + bigEndian(Self.highestTrackable)
            + bigEndian((1.0).bitPattern) + body
    }

    /// Zigzag, then seven bits a byte; the ninth byte holds eight.
    private static func append(_ value: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        for _ in 0..<8 {
            guard rest > 0x7F else { break }
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}

/// The bytes of a number, the largest first.
private func bigEndian<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
    (0..<Number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: value >> Number($0 * 8)) }
}

/// A zlib stream of stored blocks (RFC 1950 and 1951).
func zlibStream(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
        let end = min(start + 65_535, bytes.count)
        let length = UInt16(end - start)
        stream.append(end == bytes.count ? 1 : 0)
        for word in [length, ~length] { stream += [UInt8(word & 0xFF), UInt8(word >> 8)] }
        stream += bytes[start..<end]
        start = end
    } while start < bytes.count
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
        low = (low + UInt32(byte)) % 65_521
        high = (high + low) % 65_521
    }
    return stream + bigEndian(high << 16 | low)
}

/// Base64 text (RFC 4648).
func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        var word = group.reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        word <<= UInt32(8 * (3 - group.count))
        for place in 0..<4 {
            let letter = letters[Int(word >> UInt32(18 - 6 * place)) & 63]
            text.append(place <= group.count ? letter : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
}
