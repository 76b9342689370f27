// SPDX-License-Identifier: Apache-2.0

/// Why a `.npy` file cannot be read.
public enum NumpyError: Error, Hashable, Sendable {
    /// The file does not start with NumPy's magic bytes.
    case notNumpy
    /// A format version that this build does not read.
    case unsupportedVersion(found: Int)
    /// The header is cut off or not what NumPy writes.
    case badHeader(reason: String)
    /// Another element type than little-endian float16 or float32.
    case unsupportedType(found: String)
    /// Values are stored column by column.
    case fortranOrder
    /// The length of the data is not what the shape needs.
    case dataLength(found: Int, expected: Int)
    /// A value is NaN, infinite or too large for float16.
    case notFinite(index: Int)
}

extension NumpyError: CustomStringConvertible {
    /// One line that names what was found, what would be accepted, and how to get it.
    public var description: String {
        switch self {
        case .notNumpy:
            "not a .npy file; write it with numpy.save"
        case .unsupportedVersion(let found):
            ".npy format version \(found) is not readable; versions 1 to 3 are"
        case .badHeader(let reason):
            "damaged .npy header: \(reason)"
        case .unsupportedType(let found):
            "element type \(found), expected '<f2' or '<f4'; convert with array.astype('float16')"
        case .fortranOrder:
            "values in Fortran order; convert with numpy.ascontiguousarray"
        case .dataLength(let found, let expected):
            "\(found) bytes of data, its shape needs \(expected)"
        case .notFinite(let index):
            "value number \(index) is NaN, infinite or beyond the range of float16"
        }
    }
}
