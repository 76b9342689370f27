// SPDX-License-Identifier: Apache-2.0

/// The record kinds of the MCAP specification, by their byte in the file.
public enum Opcode: UInt8, Hashable, Sendable, CaseIterable {
    /// First record of a file.
    case header = 0x01
    /// Last record of a file.
    case footer = 0x02
    /// Definition of a message type.
    case schema = 0x03
    /// A topic, with its encoding and schema.
    case channel = 0x04
    /// One message.
    case message = 0x05
    /// A group of schemas, channels and messages, perhaps compressed.
    case chunk = 0x06
    /// Times and places of one channel's messages in the chunk before.
    case messageIndex = 0x07
    /// Time range and place of a chunk.
    case chunkIndex = 0x08
    /// A named file inside the bag.
    case attachment = 0x09
    /// Place of an attachment.
    case attachmentIndex = 0x0A
    /// Counts and time range of the whole file.
    case statistics = 0x0B
    /// Named pairs of strings.
    case metadata = 0x0C
    /// Place of a metadata record.
    case metadataIndex = 0x0D
    /// Place of one group of the summary.
    case summaryOffset = 0x0E
    /// End of the data section.
    case dataEnd = 0x0F

    /// The specification's name of the record.
    public var name: String {
        switch self {
        case .header: "Header"
        case .footer: "Footer"
        case .schema: "Schema"
        case .channel: "Channel"
        case .message: "Message"
        case .chunk: "Chunk"
        case .messageIndex: "MessageIndex"
        case .chunkIndex: "ChunkIndex"
        case .attachment: "Attachment"
        case .attachmentIndex: "AttachmentIndex"
        case .statistics: "Statistics"
        case .metadata: "Metadata"
        case .metadataIndex: "MetadataIndex"
        case .summaryOffset: "SummaryOffset"
        case .dataEnd: "DataEnd"
        }
    }
}

/// The eight bytes at both ends of every MCAP file; the sixth is the format's version, `0`.
enum Magic {
    static let bytes: [UInt8] = [0x89, 0x4D, 0x43, 0x41, 0x50, 0x30, 0x0D, 0x0A]
    static let size: UInt64 = 8

    /// Checks that a source begins as a bag does.
    static func check(_ source: any ByteSource) throws(BagError) {
        var found: [UInt8] = []
        try source.read(min(size, source.size), at: 0, into: &found)
        guard found == bytes else { throw .notABag(found: found) }
    }
}

/// Bytes before a record's content: the opcode and the length of the content.
let recordHeaderSize: UInt64 = 9
