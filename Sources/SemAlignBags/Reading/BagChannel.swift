// SPDX-License-Identifier: Apache-2.0

/// A channel together with its schema.
public struct BagChannel: Hashable, Sendable {
    /// The channel as declared.
    public let channel: Channel
    /// The schema that it names; `nil` if it names none.
    public let schema: Schema?

    /// Number of the channel.
    public var id: UInt16 { channel.id }
    /// Name of the topic.
    public var topic: String { channel.topic }
    /// Name of the schema; empty if there is none.
    public var schemaName: String { schema?.name ?? "" }
}

/// One message with its payload.
public struct BagMessage: Hashable, Sendable {
    /// The channel that it belongs to.
    public let channel: BagChannel
    /// Number and times.
    public let header: MessageHeader
    /// The payload, as it was written.
    public let payload: [UInt8]

    /// Name of the topic.
    public var topic: String { channel.topic }
    /// Name of the schema; empty if there is none.
    public var schemaName: String { channel.schemaName }
    /// Number of the message in its channel.
    public var sequence: UInt32 { header.sequence }
    /// When the message was recorded [ns since the Unix epoch].
    public var logTime: UInt64 { header.logTime }
    /// When the message was sent [ns since the Unix epoch].
    public var publishTime: UInt64 { header.publishTime }
}

/// Where the readable part of a bag ends.
public enum BagEnding: Hashable, Sendable {
    /// At the end of the data section, as it should.
    case complete
    /// Before it: the file holds nothing readable from this place on.
    case truncated(at: UInt64)
}

/// The schemas and channels that were declared so far.
struct ChannelTable: Sendable {
    private(set) var schemas: [UInt16: Schema] = [:]
    private(set) var channels: [UInt16: BagChannel] = [:]

    /// Adds a schema; repeating it is allowed, changing it is not.
    mutating func declare(_ schema: Schema, at offset: UInt64) throws(BagError) {
        if let known = schemas[schema.id] {
            guard known == schema else {
                throw .conflictingDefinition(record: "schema", id: schema.id, offset: offset)
            }
        } else {
            schemas[schema.id] = schema
        }
    }

    /// Adds a channel; repeating it is allowed, changing it is not.
    mutating func declare(_ channel: Channel, at offset: UInt64) throws(BagError) {
        if let known = channels[channel.id] {
            guard known.channel == channel else {
                throw .conflictingDefinition(record: "channel", id: channel.id, offset: offset)
            }
            return
        }
        let schema = schemas[channel.schemaID]
        guard schema != nil || channel.schemaID == 0 else {
            throw .unknownSchema(id: channel.schemaID, offset: offset)
        }
        channels[channel.id] = BagChannel(channel: channel, schema: schema)
    }

    /// Adds what a Schema or Channel record declares; leaves other records alone.
    mutating func declare(
        _ kind: Opcode?, _ bytes: [UInt8], _ fields: inout FieldReader
    ) throws(BagError) {
        if kind == .schema {
            try declare(Schema(bytes, &fields), at: fields.recordOffset)
        } else if kind == .channel {
            try declare(Channel(bytes, &fields), at: fields.recordOffset)
        }
    }

    /// The channel of a message.
    func channel(of message: MessageHeader, at offset: UInt64) throws(BagError) -> BagChannel {
        guard let channel = channels[message.channelID] else {
            throw .unknownChannel(id: message.channelID, offset: offset)
        }
        return channel
    }
}
