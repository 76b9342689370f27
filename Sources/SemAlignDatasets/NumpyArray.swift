// SPDX-License-Identifier: Apache-2.0

/// An array of half floats as NumPy's `.npy` files hold them.
public struct NumpyArray: Hashable, Sendable {
    /// Length of each dimension, outermost first.
    public let shape: [Int]
    /// All values, the last dimension running fastest (C order); finite.
    public let values: [Float16]

    private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

    /// Joins a shape and its values.
    ///
    /// Precondition: the values fill the shape.
    public init(shape: [Int], values: [Float16]) {
        precondition(shape.reduce(1, *) == values.count, "the values of an array fill its shape")
        self.shape = shape
        self.values = values
    }

    /// Reads a whole `.npy` file of format 1, 2 or 3: float16 or float32, little-endian, C order.
    ///
    /// Values of float32 are rounded to float16; NaN, infinity and what overflows are refused.
    public init(_ bytes: Span<UInt8>) throws(NumpyError) {
        let (header, start) = try Self.header(of: bytes)
        guard let descriptor = header.descriptor, let isFortranOrder = header.isFortranOrder,
            let shape = header.shape
        else { throw .badHeader(reason: "'descr', 'fortran_order' or 'shape' is missing") }
        guard let width = ["<f2": 2, "<f4": 4][descriptor] else {
            throw .unsupportedType(found: "'\(descriptor)'")
        }
        guard !isFortranOrder || shape.count < 2 else { throw .fortranOrder }
        let found = bytes.count - start
        let expected = Self.byteCount(of: shape, width: width)
        guard found == expected else { throw .dataLength(found: found, expected: expected) }
        self.shape = shape
        values = Self.values(in: bytes.extracting(start..<bytes.count), width: width)
        if let index = values.firstIndex(where: { !$0.isFinite }) { throw .notFinite(index: index) }
    }

    /// The array as a `.npy` file of format 1; the same array gives the same bytes.
    public var encoded: [UInt8] {
        let lengths = shape.map { "\($0)," }.joined(separator: " ")
        let tuple = shape.count > 1 ? String(lengths.dropLast()) : lengths
        let dictionary = "{'descr': '<f2', 'fortran_order': False, 'shape': (\(tuple)), }"
        // Data starts at a multiple of 64, as NumPy has it, after a line feed.
        let length = (10 + dictionary.utf8.count + 1 + 63) / 64 * 64 - 10
        var bytes = Self.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
        bytes.reserveCapacity(10 + length + 2 * values.count)
        bytes += dictionary.utf8
        bytes += [UInt8](repeating: 0x20, count: length - dictionary.utf8.count - 1) + [0x0A]
        for value in values {
            let pattern = value.bitPattern
            bytes.append(UInt8(pattern & 0xFF))
            bytes.append(UInt8(pattern >> 8))
        }
        return bytes
    }

    private static func header(of bytes: Span<UInt8>) throws(NumpyError) -> (NumpyHeader, dataStart: Int) {
        guard bytes.count >= 10, magic.indices.allSatisfy({ bytes[$0] == magic[$0] }) else {
            throw .notNumpy
        }
        let version = Int(bytes[6])
        guard (1...3).contains(version) else { throw .unsupportedVersion(found: version) }
        let prefix = version == 1 ? 10 : 12
        guard bytes.count >= prefix else { throw .badHeader(reason: "the file ends within it") }
        let length = (8..<prefix).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
        guard length <= bytes.count - prefix else {
            throw .badHeader(reason: "it claims \(length) bytes, the file has \(bytes.count - prefix)")
        }
        let text = (prefix..<(prefix + length)).map { bytes[$0] }
        return (try NumpyHeader(text), prefix + length)
    }

    /// Bytes that a shape needs; `Int.max` where no memory could hold them.
    private static func byteCount(of shape: [Int], width: Int) -> Int {
        if shape.contains(0) { return 0 }
        return shape.reduce(width) { product, length in
            let (result, overflow) = product.multipliedReportingOverflow(by: length)
            return overflow ? Int.max : result
        }
    }

    private static func values(in data: Span<UInt8>, width: Int) -> [Float16] {
        let count = data.count / width
        return unsafe [Float16](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe data.withUnsafeBytes { raw in
                for index in 0..<count {
                    let value: Float16
                    if width == 2 {
                        let pattern = unsafe raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
                        value = Float16(bitPattern: UInt16(littleEndian: pattern))
                    } else {
                        let pattern = unsafe raw.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
                        value = Float16(Float(bitPattern: UInt32(littleEndian: pattern)))
                    }
                    unsafe buffer.initializeElement(at: index, to: value)
                }
            }
            initialized = count
        }
    }
}
