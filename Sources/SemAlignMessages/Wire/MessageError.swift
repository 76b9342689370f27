// SPDX-License-Identifier: Apache-2.0

/// Why a message or a representation file cannot be read or written.
public enum MessageError: Error, Hashable, Sendable {
    /// The bytes are no protobuf message of this schema.
    case malformed(schema: String, reason: String)
    /// A field that must be there is absent.
    case missing(field: String)
    /// A time that does not fit into nanoseconds since the Unix epoch as 64 bits without sign.
    case timestampOutOfRange(seconds: Int64, nanoseconds: Int32)
    /// A name or number that stands for none of the known choices.
    case unknown(field: String, found: String, supported: String)
    /// Two counts that must be equal are not.
    case count(field: String, expected: Int, found: Int)
    /// A number outside of what the field may hold; NaN and infinities are written so.
    case value(field: String, found: String, expected: String)
    /// A file that does not start as a representation file does.
    case notARepresentation
    /// The file was written by a format version that this build does not read.
    case unsupportedVersion(found: Int, supported: ClosedRange<Int>)
    /// The file is shorter or longer than its header says [bytes].
    case fileLength(expected: UInt64, found: UInt64)
    /// The file's content does not match its checksum.
    case checksum(expected: UInt32, found: UInt32)
    /// A file cannot be read.
    case cannotRead(path: String, reason: String)
    /// A file cannot be written.
    case cannotWrite(path: String, reason: String)
}

extension MessageError: CustomStringConvertible {
    /// One line that says what was found and what would be accepted.
    public var description: String {
        switch self {
        case .malformed(let schema, let reason):
            "not a \(schema) message (\(reason)): the sender uses another schema or the bytes are damaged"
        case .missing(let field):
            "\(field) is absent; the sender must set it"
        case .timestampOutOfRange(let seconds, let nanoseconds):
            "timestamp of \(seconds) s and \(nanoseconds) ns is outside 1970 to 2554; check the sender's clock"
        case .unknown(let field, let found, let supported):
            "\(field) is '\(found)'; supported: \(supported)"
        case .count(let field, let expected, let found):
            "\(field): expected \(expected), found \(found)"
        case .value(let field, let found, let expected):
            "\(field) is \(found); expected \(expected)"
        case .notARepresentation:
            "not a class representation; make one with 'semalign build'"
        case .unsupportedVersion(let found, let supported):
            "representation format \(found) is not readable; this build reads "
                + (supported.count == 1 ? "\(supported.lowerBound)" : "\(supported)")
                + ": rebuild the representation or use another version of semalign"
        case .fileLength(let expected, let found):
            "file has \(found) bytes where its header says \(expected): it is damaged, copy or build it again"
        case .checksum(let expected, let found):
            "checksum is \(hexadecimal(found)) where the header says \(hexadecimal(expected)):"
                + " the file is damaged, copy or build it again"
        case .cannotRead(let path, let reason):
            "cannot read '\(path)': \(reason)"
        case .cannotWrite(let path, let reason):
            "cannot write '\(path)': \(reason)"
        }
    }

    private func hexadecimal(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
