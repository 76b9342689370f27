// SPDX-License-Identifier: Apache-2.0

/// Times and places of one channel's messages in the chunk before.
public struct MessageIndex: Hashable, Sendable {
    /// One message's time and place.
    public struct Entry: Hashable, Sendable {
        /// Log time of the message [ns].
        public let logTime: UInt64
        /// Place of the message record in the decompressed chunk.
        public let offset: UInt64
    }

    /// Number of the channel.
    public let channelID: UInt16
    /// One entry per message, in the order in which they were written.
    public let entries: [Entry]
}

/// Time range and place of a chunk.
public struct ChunkIndex: Hashable, Sendable {
    /// Earliest log time in the chunk [ns]; 0 if it has no message.
    public let messageStartTime: UInt64
    /// Latest log time in the chunk [ns]; 0 if it has no message.
    public let messageEndTime: UInt64
    /// Place of the chunk record.
    public let chunkStartOffset: UInt64
    /// Length of the chunk record with its opcode and length field [bytes].
    public let chunkLength: UInt64
    /// Place of the message index of each channel in the chunk; empty if there is none.
    public let messageIndexOffsets: [UInt16: UInt64]
    /// Length of all message indexes after the chunk [bytes].
    public let messageIndexLength: UInt64
    /// Name of the compression: empty, `lz4` or `zstd`.
    public let compression: String
    /// Length of the records as stored [bytes].
    public let compressedSize: UInt64
    /// Length of the records when decompressed [bytes].
    public let uncompressedSize: UInt64
}

/// Place of an attachment.
public struct AttachmentIndex: Hashable, Sendable {
    /// Place of the attachment record.
    public let offset: UInt64
    /// Length of the record with its opcode and length field [bytes].
    public let length: UInt64
    /// When it was recorded [ns].
    public let logTime: UInt64
    /// When it was made [ns]; 0 if unknown.
    public let createTime: UInt64
    /// Length of the content [bytes].
    public let dataSize: UInt64
    /// File name.
    public let name: String
    /// MIME type.
    public let mediaType: String
}

extension AttachmentIndex {
    /// The entry of an attachment.
    init(_ attachment: Attachment, offset: UInt64, length: UInt64) {
        self.init(
            offset: offset, length: length, logTime: attachment.logTime, createTime: attachment.createTime,
            dataSize: UInt64(attachment.data.count), name: attachment.name, mediaType: attachment.mediaType)
    }
}

/// Place of a metadata record.
public struct MetadataIndex: Hashable, Sendable {
    /// Place of the record.
    public let offset: UInt64
    /// Length of the record with its opcode and length field [bytes].
    public let length: UInt64
    /// Name of the record.
    public let name: String
}

/// Counts and time range of a whole bag.
public struct BagStatistics: Hashable, Sendable {
    /// Messages.
    public var messageCount: UInt64 = 0
    /// Different schemas.
    public var schemaCount: UInt16 = 0
    /// Different channels.
    public var channelCount: UInt32 = 0
    /// Attachments.
    public var attachmentCount: UInt32 = 0
    /// Metadata records.
    public var metadataCount: UInt32 = 0
    /// Chunks.
    public var chunkCount: UInt32 = 0
    /// Earliest log time [ns]; 0 if there is no message.
    public var messageStartTime: UInt64 = 0
    /// Latest log time [ns]; 0 if there is no message.
    public var messageEndTime: UInt64 = 0
    /// Messages by channel number; channels without any may be missing.
    public var channelMessageCounts: [UInt16: UInt64] = [:]

    /// Makes empty statistics.
    public init() {}

    /// Counts one message.
    mutating func count(_ message: MessageHeader) {
        messageStartTime = messageCount == 0 ? message.logTime : min(messageStartTime, message.logTime)
        messageEndTime = messageCount == 0 ? message.logTime : max(messageEndTime, message.logTime)
        messageCount += 1
        channelMessageCounts[message.channelID, default: 0] += 1
    }
}

/// Place of one group of equal records in the summary.
public struct SummaryOffset: Hashable, Sendable {
    /// Opcode of the group's records.
    public let groupOpcode: UInt8
    /// Place of the group's first record.
    public let groupStart: UInt64
    /// Length of the group [bytes].
    public let groupLength: UInt64
}
