// SPDX-License-Identifier: Apache-2.0

import SwiftProtobuf

/// A message that can stand on a topic.
public protocol TopicMessage: Sendable {
    /// Full name of its schema, such as `semalign.KeypointArray`.
    static var schemaName: String { get }

    /// The payload, the same bytes for the same value.
    func encoded() throws(MessageError) -> [UInt8]
}

/// A message that can also be read: bytes on one side, checked values on the other.
public protocol DecodableMessage: TopicMessage {
    /// Reads and checks a payload; whatever the bytes are, the result is a sound value or an error.
    init(decoding payload: [UInt8]) throws(MessageError)
}

extension SwiftProtobuf.Message {
    /// Parses a payload.
    init(payload: [UInt8]) throws(MessageError) {
        do {
            try self.init(serializedBytes: payload)
        } catch {
            throw .malformed(schema: Self.protoMessageName, reason: "\(error)")
        }
    }

    /// Serialized with map entries in the order of their keys.
    func payload() throws(MessageError) -> [UInt8] {
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        do {
            return try serializedBytes(options: options)
        } catch {
            throw .malformed(schema: Self.protoMessageName, reason: "\(error)")
        }
    }
}
