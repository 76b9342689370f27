// SPDX-License-Identifier: Apache-2.0

/// Why a recording of another program cannot be taken over.
public enum ImportError: Error, Hashable, Sendable {
    /// A file or folder is missing or cannot be read.
    case unreadable(path: String, reason: String)
    /// A file or folder is there, and its content is not what it should be.
    case unusable(path: String, reason: String)
    /// A message ends before something that it declares.
    case truncated(what: String, needed: Int, available: Int)
    /// A message is not encoded as ROS 2 does it.
    case encapsulation(found: [UInt8])
    /// A field holds what it must not.
    case value(field: String, found: String, expected: String)
    /// A message of a type that is not taken over.
    case unknownType(String)
    /// The values cannot stand in a message of ours.
    case message(String)
}

extension ImportError: CustomStringConvertible {
    /// One line: what was found, what was expected.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read '\(path)': \(reason)"
        case .unusable(let path, let reason): "cannot use '\(path)': \(reason)"
        case .truncated(let what, let needed, let available):
            "\(what): \(needed) bytes needed, \(available) there"
        case .encapsulation(let found):
            "the message begins with \(found), expected [0, 0] or [0, 1] for plain CDR"
        case .value(let field, let found, let expected): "\(field) is \(found), expected \(expected)"
        case .unknownType(let type): "messages of type \(type) are not taken over"
        case .message(let reason): reason
        }
    }
}

/// A message of ours that stands for one of another program.
public struct ImportedMessage: Hashable, Sendable {
    /// Topic as recorded.
    public let topic: String
    /// Full name of our schema.
    public let schema: String
    /// The protobuf message.
    public let payload: [UInt8]
    /// When it was recorded [ns since the Unix epoch].
    public let logTime: UInt64
    /// When it was sent [ns since the Unix epoch].
    public let publishTime: UInt64
}

/// What an import left out.
public struct ImportReport: Hashable, Sendable {
    /// Messages taken over.
    public internal(set) var messages = 0
    /// Messages left out, by topic and reason.
    public internal(set) var leftOut: [String: Int] = [:]
    /// What was assumed where the recording is silent.
    public internal(set) var notes: [String] = []

    /// Starts with nothing.
    public init() {}

    mutating func leaveOut(_ topic: String, _ error: ImportError) {
        // A hostile bag may invent any number of topics and reasons.
        let reason = "\(topic): \(error)"
        if leftOut.count < 1000 || leftOut[reason] != nil { leftOut[reason, default: 0] += 1 }
    }
}
