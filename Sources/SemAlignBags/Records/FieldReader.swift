// SPDX-License-Identifier: Apache-2.0

/// Reads the fields of one record's content in their order, never past its end.
struct FieldReader {
    /// Place of the next field in the buffer that is handed to every call.
    private(set) var offset: Int
    private let end: Int
    private let record: Opcode?
    /// Place of the record in the file, for errors.
    let recordOffset: UInt64

    init(_ record: Opcode?, at recordOffset: UInt64, content: Range<Int>) {
        self.record = record
        self.recordOffset = recordOffset
        offset = content.lowerBound
        end = content.upperBound
    }

    /// Bytes of the record that were not read yet.
    var remaining: Int { end - offset }

    mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: [UInt8], as type: T.Type = T.self
    ) throws(BagError) -> T {
        let size = MemoryLayout<T>.size
        guard remaining >= size else { throw shortage(of: UInt64(size)) }
        defer { offset += size }
        return bytes.integer(at: offset)
    }

    /// Skips `count` bytes and says where they stand in the buffer.
    mutating func skip(_ count: UInt64) throws(BagError) -> Range<Int> {
        guard count <= UInt64(remaining) else { throw shortage(of: count) }
        defer { offset += Int(count) }
        return offset..<offset + Int(count)
    }

    mutating func bytes(_ bytes: [UInt8], count: UInt64) throws(BagError) -> [UInt8] {
        [UInt8](bytes[try skip(count)])
    }

    /// All that is left of the record.
    mutating func rest(_ bytes: [UInt8]) throws(BagError) -> [UInt8] {
        try self.bytes(bytes, count: UInt64(remaining))
    }

    mutating func string(_ bytes: [UInt8]) throws(BagError) -> String {
        let length: UInt32 = try integer(bytes)
        let raw = try self.bytes(bytes, count: UInt64(length))
        guard let text = String(validating: raw, as: UTF8.self) else {
            throw malformed("a string is not valid UTF-8")
        }
        return text
    }

    /// Reads a map or an array, which carry their length in bytes, entry by entry.
    mutating func list(
        _ bytes: [UInt8], entry: (inout FieldReader, [UInt8]) throws(BagError) -> Void
    ) throws(BagError) {
        let length: UInt32 = try integer(bytes)
        let range = try skip(UInt64(length))
        var fields = FieldReader(record, at: recordOffset, content: range)
        while fields.remaining > 0 { try entry(&fields, bytes) }
    }

    mutating func strings(_ bytes: [UInt8]) throws(BagError) -> [String: String] {
        var result: [String: String] = [:]
        try list(bytes) { (fields, bytes) throws(BagError) in
            let key = try fields.string(bytes)
            result[key] = try fields.string(bytes)
        }
        return result
    }

    mutating func numbers(_ bytes: [UInt8]) throws(BagError) -> [UInt16: UInt64] {
        var result: [UInt16: UInt64] = [:]
        try list(bytes) { (fields, bytes) throws(BagError) in
            let key: UInt16 = try fields.integer(bytes)
            result[key] = try fields.integer(bytes)
        }
        return result
    }

    func malformed(_ detail: String) -> BagError {
        .malformed(record: record?.name ?? "Record of unknown kind", offset: recordOffset, detail: detail)
    }

    private func shortage(of count: UInt64) -> BagError {
        malformed("a field needs \(count) bytes, the record has \(remaining) left")
    }
}

extension [UInt8] {
    /// The little-endian number at `offset`, which must lie inside.
    func integer<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> T {
        T(
            littleEndian: unsafe withUnsafeBytes {
                unsafe $0.loadUnaligned(fromByteOffset: offset, as: T.self)
            })
    }
}
