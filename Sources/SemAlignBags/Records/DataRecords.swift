// SPDX-License-Identifier: Apache-2.0

/// First record of a bag.
public struct BagHeader: Hashable, Sendable {
    /// Convention that the bag follows, such as `ros2`; usually empty.
    public let profile: String
    /// Free text that names the writing program.
    public let library: String

    /// Makes a header.
    public init(profile: String = "", library: String = "") {
        self.profile = profile
        self.library = library
    }
}

/// Definition of a message type.
public struct Schema: Hashable, Sendable {
    /// Number within the file, at least 1.
    public let id: UInt16
    /// Name of the type, such as `foxglove.RawImage`.
    public let name: String
    /// How `data` is to be read, such as `protobuf`; empty if there is no definition.
    public let encoding: String
    /// The definition; for `protobuf` a serialised FileDescriptorSet.
    public let data: [UInt8]

    /// Makes a schema.
    public init(id: UInt16, name: String, encoding: String, data: [UInt8]) {
        self.id = id
        self.name = name
        self.encoding = encoding
        self.data = data
    }
}

/// A stream of messages of one type on one topic.
public struct Channel: Hashable, Sendable {
    /// Number within the file.
    public let id: UInt16
    /// Number of the schema; 0 if there is none.
    public let schemaID: UInt16
    /// Name of the topic.
    public let topic: String
    /// How the messages are encoded, such as `protobuf`.
    public let messageEncoding: String
    /// Free pairs of strings.
    public let metadata: [String: String]

    /// Makes a channel.
    public init(
        id: UInt16, schemaID: UInt16, topic: String, messageEncoding: String, metadata: [String: String] = [:]
    ) {
        self.id = id
        self.schemaID = schemaID
        self.topic = topic
        self.messageEncoding = messageEncoding
        self.metadata = metadata
    }
}

/// All of a message but its payload.
public struct MessageHeader: Hashable, Sendable {
    /// Number of the channel.
    public let channelID: UInt16
    /// Number of the message in its channel, as the sender counts; 0 if unknown.
    public let sequence: UInt32
    /// When the message was recorded [ns since the Unix epoch].
    public let logTime: UInt64
    /// When the message was sent [ns since the Unix epoch]; the log time if unknown.
    public let publishTime: UInt64

    /// Makes a message header.
    public init(channelID: UInt16, sequence: UInt32, logTime: UInt64, publishTime: UInt64) {
        self.channelID = channelID
        self.sequence = sequence
        self.logTime = logTime
        self.publishTime = publishTime
    }
}

/// A named file inside a bag.
public struct Attachment: Hashable, Sendable {
    /// When it was recorded [ns since the Unix epoch].
    public let logTime: UInt64
    /// When it was made [ns since the Unix epoch]; 0 if unknown.
    public let createTime: UInt64
    /// File name.
    public let name: String
    /// MIME type.
    public let mediaType: String
    /// Content.
    public let data: [UInt8]

    /// Makes an attachment.
    public init(logTime: UInt64, createTime: UInt64, name: String, mediaType: String, data: [UInt8]) {
        self.logTime = logTime
        self.createTime = createTime
        self.name = name
        self.mediaType = mediaType
        self.data = data
    }
}

/// Named pairs of strings about the recording.
public struct Metadata: Hashable, Sendable {
    /// Name of the record.
    public let name: String
    /// The pairs.
    public let values: [String: String]

    /// Makes a metadata record.
    public init(name: String, values: [String: String]) {
        self.name = name
        self.values = values
    }
}

/// End of the data section.
public struct DataEnd: Hashable, Sendable {
    /// CRC-32 of everything before this record; 0 if there is none.
    public let dataSectionCRC: UInt32
}

/// Last record of a bag.
public struct Footer: Hashable, Sendable {
    /// Place of the summary; 0 if there is none.
    public let summaryStart: UInt64
    /// Place of the first summary offset; 0 if there is none.
    public let summaryOffsetStart: UInt64
    /// CRC-32 from the summary's start (or the footer's) through the field before this; 0 if there is none.
    public let summaryCRC: UInt32
}

/// A chunk without its bytes.
public struct ChunkHeader: Hashable, Sendable {
    /// Earliest log time in the chunk [ns]; 0 if it has no message.
    public let messageStartTime: UInt64
    /// Latest log time in the chunk [ns]; 0 if it has no message.
    public let messageEndTime: UInt64
    /// Length of the records when decompressed [bytes].
    public let uncompressedSize: UInt64
    /// CRC-32 of the decompressed records; 0 if there is none.
    public let uncompressedCRC: UInt32
    /// Name of the compression: empty, `lz4` or `zstd`.
    public let compression: String
    /// Length of the records as stored [bytes].
    public let compressedSize: UInt64
    /// Place of the stored records in the file.
    public let recordsOffset: UInt64
}
