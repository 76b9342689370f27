// SPDX-License-Identifier: Apache-2.0

/// Reads the fields of a ROS 2 message: CDR, version 1, either byte order.
///
/// Every read is held against what is left; nothing takes memory before that.
struct CDRReader {
    private let bytes: [UInt8]
    private let isLittleEndian: Bool
    private var offset = CDRReader.headerSize
    /// Fields are aligned to their size, counted from behind the header.
    private static let headerSize = 4

    /// Reads the header: two bytes for the encoding, two that mean nothing here.
    init(_ bytes: [UInt8]) throws(ImportError) {
        guard bytes.count >= Self.headerSize, bytes[0] == 0, bytes[1] <= 1 else {
            throw .encapsulation(found: Array(bytes.prefix(2)))
        }
        self.bytes = bytes
        isLittleEndian = bytes[1] == 1
    }

    /// Bytes that were not read.
    var remaining: Int { bytes.count - offset }

    /// A number, aligned to its size.
    mutating func integer<Value: FixedWidthInteger>(
        _ type: Value.Type, _ field: String
    ) throws(ImportError) -> Value {
        let size = MemoryLayout<Value>.size
        let padding = (size - (offset - Self.headerSize) % size) % size
        guard remaining >= padding + size else {
            throw .truncated(what: field, needed: padding + size, available: remaining)
        }
        offset += padding
        var value: Value = 0
        for index in 0..<size {
            let byte = Value(truncatingIfNeeded: bytes[offset + index])
            value |= byte << Value(8 * (isLittleEndian ? index : size - 1 - index))
        }
        offset += size
        return value
    }

    /// A number of 32 bits without sign.
    mutating func unsigned(_ field: String) throws(ImportError) -> Int {
        Int(try integer(UInt32.self, field))
    }

    /// A truth value.
    mutating func flag(_ field: String) throws(ImportError) -> Bool {
        try integer(UInt8.self, field) != 0
    }

    /// `count` floating-point numbers.
    mutating func numbers(_ count: Int, _ field: String) throws(ImportError) -> [Double] {
        guard count <= remaining / 8 else {
            throw .truncated(what: field, needed: count, available: remaining / 8)
        }
        var numbers: [Double] = []
        for _ in 0..<count { numbers.append(Double(bitPattern: try integer(UInt64.self, field))) }
        return numbers
    }

    /// The length of a sequence whose elements take at least `size` bytes each.
    mutating func count(of size: Int, _ field: String) throws(ImportError) -> Int {
        let count = try unsigned(field)
        guard count <= remaining / size else {
            throw .truncated(what: field, needed: count, available: remaining / size)
        }
        return count
    }

    /// Text with its length in front and a zero at its end.
    mutating func text(_ field: String) throws(ImportError) -> String {
        let count = try count(of: 1, field)
        let content = bytes[offset..<offset + count]
        offset += count
        guard let text = String(validating: content.last == 0 ? content.dropLast() : content, as: UTF8.self)
        else {
            throw .value(field: field, found: "no UTF-8", expected: "text")
        }
        return text
    }

    /// A sequence of bytes, in place.
    mutating func data(_ field: String) throws(ImportError) -> ArraySlice<UInt8> {
        let count = try count(of: 1, field)
        defer { offset += count }
        return bytes[offset..<offset + count]
    }
}
