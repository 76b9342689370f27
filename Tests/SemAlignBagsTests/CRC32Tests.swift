// SPDX-License-Identifier: Apache-2.0

import CRC
import Testing

@Suite struct CRC32Tests {
    @Test("The check value of the CRC catalogue is 0xCBF43926")
    func checkValue() {
        #expect(CRC32.checksum([UInt8]("123456789".utf8)) == 0xCBF4_3926)
        #expect(CRC32.checksum([]) == 0)
        #expect(CRC32().value == 0)
    }

    /// The definition, a bit at a time.
    private func bitwise(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB8_8320 }
        }
        return ~crc
    }

    @Test("Any place in memory and any length of a block of wide registers gives what the definition gives")
    func places() {
        var state: UInt64 = 1
        let bytes = (0..<70_000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        for start in 0..<33 {
            for length in [0, 1, 15, 16, 63, 64, 65, 127, 128, 255, 256, 511, 513, 1023, 4099] {
                let part = unsafe bytes.span.bytes.extracting(start..<start + length)
                #expect(CRC32.checksum(part) == bitwise(bytes[start..<start + length]), "\(start), \(length)")
            }
        }
        #expect(CRC32.checksum(bytes) == bitwise(bytes[...]))
    }

    @Test("Any length and any division into pieces gives what the bitwise definition gives")
    func pieces() {
        let bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 * 73 + 11) }
        for length in 0..<200 {
            let expected = bitwise(bytes[..<length])
            var crc = CRC32()
            let cut = length * 5 / 13
            unsafe crc.update(bytes.span.bytes.extracting(0..<cut))
            unsafe crc.update(bytes.span.bytes.extracting(cut..<length))
            #expect(crc.value == expected, "\(length) bytes")
            var joined = CRC32()
            joined.append(CRC32.checksum([UInt8](bytes[..<cut])), count: UInt64(cut))
            joined.append(CRC32.checksum([UInt8](bytes[cut..<length])), count: UInt64(length - cut))
            #expect(joined.value == expected, "\(length) bytes, joined")
        }
    }
}
