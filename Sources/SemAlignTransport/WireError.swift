// SPDX-License-Identifier: Apache-2.0

/// Why a received message is dropped.
public enum WireError: Error, Hashable, Sendable {
    /// Fewer than three or more than four frames.
    case frameCount(found: Int)
    /// A topic or schema that is empty or too long [bytes].
    case nameLength(frame: String, found: Int)
    /// A topic or schema that is not UTF-8.
    case notUTF8(frame: String)
    /// A payload over the limit [bytes].
    case oversize(topic: String, found: Int, limit: Int)
    /// A fourth frame that is not 16 bytes long.
    case stampLength(topic: String, found: Int)
}

extension WireError: CustomStringConvertible {
    /// One line: what was found and what would be taken.
    public var description: String {
        switch self {
        case .frameCount(let found):
            "message of \(found) frames, expected topic, schema, payload and, if wanted, a stamp"
        case .nameLength(let frame, let found):
            "\(frame) of \(found) bytes, expected 1 to \(WireMessage.nameLimit)"
        case .notUTF8(let frame):
            "\(frame) is not UTF-8"
        case .oversize(let topic, let found, let limit):
            "payload of \(found) bytes on \(topic), at most \(limit) are taken"
        case .stampLength(let topic, let found):
            "stamp of \(found) bytes on \(topic), expected \(WireStamp.byteCount)"
        }
    }
}
