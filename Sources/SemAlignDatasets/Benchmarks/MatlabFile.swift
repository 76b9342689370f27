// SPDX-License-Identifier: Apache-2.0

/// Numeric arrays by name in a MATLAB file of version 5 (`save -v6` and `-v7`), as PF-Pascal's annotations are.
///
/// Reads real arrays of two dimensions, packed or not; other contents are passed over.
struct MatlabFile {
    /// Why a file cannot be read.
    struct Failure: Error {
        let reason: String
    }

    /// A matrix, row-major.
    struct Matrix: Hashable {
        let rows: Int
        let columns: Int
        let values: [Double]
    }

    private static let sizeLimit = 16 << 20
    private static let matrixType = 14
    private static let compressedType = 15

    /// The arrays by their names.
    let matrices: [String: Matrix]

    /// Reads a whole file.
    init(_ bytes: [UInt8]) throws(Failure) {
        guard bytes.count >= 128, bytes.count <= Self.sizeLimit else {
            throw Failure(reason: "\(bytes.count) bytes, expected 128 to \(Self.sizeLimit)")
        }
        guard bytes[126] == 0x49, bytes[127] == 0x4D, bytes[125] == 1 else {
            throw Failure(reason: "not a little-endian MATLAB file of version 5; save it with -v7")
        }
        var found: [String: Matrix] = [:]
        var cursor = Cursor(bytes: bytes, offset: 128)
        while cursor.offset + 8 <= bytes.count {
            let element = try cursor.next()
            var body = element
            if element.type == Self.compressedType {
                var inner = Cursor(bytes: try Self.unpacked(element), offset: 0)
                body = try inner.next()
            }
            guard body.type == Self.matrixType, let (name, matrix) = try Self.matrix(Array(body.data)) else {
                continue
            }
            found[name] = matrix
        }
        matrices = found
    }

    private static func unpacked(_ element: Element) throws(Failure) -> [UInt8] {
        do {
            return try Inflate.decompress(Array(element.data), limit: sizeLimit)
        } catch {
            throw Failure(reason: "a packed array: \(error.reason)")
        }
    }

    /// A tagged piece of data.
    private struct Element {
        let type: Int
        let data: ArraySlice<UInt8>
    }

    private struct Cursor {
        let bytes: [UInt8]
        var offset: Int

        mutating func next() throws(Failure) -> Element {
            guard offset + 8 <= bytes.count else { throw Failure(reason: "it ends in the middle") }
            let tag = word(offset)
            // Up to four bytes stand in the tag itself.
            if tag >> 16 != 0 {
                let count = tag >> 16
                guard count <= 4 else { throw Failure(reason: "a damaged tag at byte \(offset)") }
                let data = bytes[(offset + 4)..<(offset + 4 + count)]
                offset += 8
                return Element(type: tag & 0xFFFF, data: data)
            }
            let count = word(offset + 4)
            let start = offset + 8
            guard count <= bytes.count - start else {
                throw Failure(reason: "an array of \(count) bytes at byte \(offset) of \(bytes.count)")
            }
            // Packed arrays are not padded.
            let padded = tag == MatlabFile.compressedType ? count : (count + 7) / 8 * 8
            offset = min(start + padded, bytes.count)
            return Element(type: tag, data: bytes[start..<(start + count)])
        }

        private func word(_ at: Int) -> Int {
            (0..<4).reversed().reduce(0) { $0 << 8 | Int(bytes[at + $1]) }
        }
    }

    /// Flags, dimensions, name and real part of an array; `nil` for kinds that are passed over.
    private static func matrix(_ bytes: [UInt8]) throws(Failure) -> (String, Matrix)? {
        var cursor = Cursor(bytes: bytes, offset: 0)
        let flags = try cursor.next()
        // Cells, structures, objects, texts and sparse arrays have classes below 6.
        guard let kind = flags.data.first, (6...15).contains(kind) else { return nil }
        let sizes = numbers(try cursor.next())
        let name = String(decoding: try cursor.next().data, as: UTF8.self)
        guard let sizes, sizes.count == 2, sizes.allSatisfy({ $0 >= 0 && $0 < 1e6 }) else { return nil }
        guard let values = numbers(try cursor.next()) else { return nil }
        let (rows, columns) = (Int(sizes[0]), Int(sizes[1]))
        guard values.count == rows * columns else {
            throw Failure(reason: "'\(name)' has \(values.count) numbers for \(rows)×\(columns)")
        }
        let transposed = (0..<rows).flatMap { row in (0..<columns).map { values[$0 * rows + row] } }
        return (name, Matrix(rows: rows, columns: columns, values: transposed))
    }

    /// The numbers of an element; `nil` for types that hold none.
    private static func numbers(_ element: Element) -> [Double]? {
        let convert: (width: Int, value: (UInt64) -> Double)
        switch element.type {
        case 1: convert = (1, { Double(Int8(truncatingIfNeeded: $0)) })
        case 2: convert = (1, { Double($0) })
        case 3: convert = (2, { Double(Int16(truncatingIfNeeded: $0)) })
        case 4: convert = (2, { Double($0) })
        case 5: convert = (4, { Double(Int32(truncatingIfNeeded: $0)) })
        case 6: convert = (4, { Double($0) })
        case 7: convert = (4, { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) })
        case 9: convert = (8, { Double(bitPattern: $0) })
        case 12: convert = (8, { Double(Int64(bitPattern: $0)) })
        case 13: convert = (8, { Double($0) })
        default: return nil
        }
        let bytes = Array(element.data)
        return stride(from: 0, to: bytes.count / convert.width * convert.width, by: convert.width).map {
            start in
            convert.value(
                (0..<convert.width).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[start + $1]) })
        }
    }
}
