// SPDX-License-Identifier: Apache-2.0

/// Writes the protobuf wire format by hand, so that tests can say what no honest sender would.
struct Protobuf {
    private(set) var bytes: [UInt8] = []

    /// A message made by `body`.
    static func message(_ body: (inout Protobuf) -> Void) -> [UInt8] {
        var message = Protobuf()
        body(&message)
        return message.bytes
    }

    mutating func varint(_ field: Int, _ value: UInt64) {
        append(UInt64(field) << 3)
        append(value)
    }

    mutating func fixed32(_ field: Int, _ value: UInt32) {
        append(UInt64(field) << 3 | 5)
        append(littleEndian: value)
    }

    mutating func float(_ field: Int, _ value: Float) { fixed32(field, value.bitPattern) }

    mutating func double(_ field: Int, _ value: Double) {
        append(UInt64(field) << 3 | 1)
        append(littleEndian: value.bitPattern)
    }

    mutating func bytes(_ field: Int, _ content: [UInt8]) {
        append(UInt64(field) << 3 | 2)
        append(UInt64(content.count))
        bytes += content
    }

    mutating func string(_ field: Int, _ content: String) { bytes(field, [UInt8](content.utf8)) }

    mutating func doubles(_ field: Int, _ content: [Double]) {
        var packed = Protobuf()
        for number in content { packed.append(littleEndian: number.bitPattern) }
        bytes(field, packed.bytes)
    }

    mutating func message(_ field: Int, _ body: (inout Protobuf) -> Void) {
        bytes(field, Protobuf.message(body))
    }

    /// `google.protobuf.Timestamp`; negative numbers become ten-byte varints as the format wants.
    mutating func timestamp(_ field: Int, seconds: Int64 = 12, nanoseconds: Int64 = 34) {
        message(field) {
            $0.varint(1, UInt64(bitPattern: seconds))
            $0.varint(2, UInt64(bitPattern: nanoseconds))
        }
    }

    private mutating func append(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func append(littleEndian number: some FixedWidthInteger) {
        for shift in stride(from: 0, to: number.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
