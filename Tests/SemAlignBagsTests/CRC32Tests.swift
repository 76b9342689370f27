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

    @Test("Any length and any division into pieces gives what the bitwise definition gives")
    func pieces() {
        let bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 * 73 + 11) }
        for length in 0..<200 {
            let expected = ~bytes[..<length].reduce(UInt32.max) { crc, byte in
                (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in
                    value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320
                }
            }
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
