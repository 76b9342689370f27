// SPDX-License-Identifier: Apache-2.0

/// A record of a bag, decoded.
public enum BagRecord: Hashable, Sendable {
    /// First record.
    case header(BagHeader)
    /// Definition of a message type.
    case schema(Schema)
    /// A topic.
    case channel(Channel)
    /// A message and its payload.
    case message(MessageHeader, payload: [UInt8])
    /// Times and places of one channel's messages in the chunk before.
    case messageIndex(MessageIndex)
    /// Time range and place of a chunk.
    case chunkIndex(ChunkIndex)
    /// A named file.
    case attachment(Attachment)
    /// Place of an attachment.
    case attachmentIndex(AttachmentIndex)
    /// Counts and time range.
    case statistics(BagStatistics)
    /// Named pairs of strings.
    case metadata(Metadata)
    /// Place of a metadata record.
    case metadataIndex(MetadataIndex)
    /// Place of a group of the summary.
    case summaryOffset(SummaryOffset)
    /// End of the data section.
    case dataEnd(DataEnd)
    /// Last record.
    case footer(Footer)
    /// A record of a kind that the specification does not know yet, or a private one.
    case unknown(opcode: UInt8, content: [UInt8])
}

/// Every record of a bag in the order of the file, those inside chunks in the place of their chunk.
public struct RecordReader: ~Copyable, Sendable {
    private var stream: RecordStream
    private let checksChecksums: Bool
    private var isDone = false

    /// Begins behind the magic bytes, which are checked.
    public init(
        _ source: any ByteSource, configuration: ReaderConfiguration = ReaderConfiguration()
    ) throws(BagError) {
        try Magic.check(source)
        stream = RecordStream(source, configuration, from: Magic.size)
        checksChecksums = configuration.checksChecksums
    }

    /// The next record, `nil` behind the footer; after an error inside a chunk goes on behind the chunk.
    public mutating func next() throws(BagError) -> BagRecord? {
        guard !isDone, var record = try stream.next() else { return nil }
        isDone = record.kind == .footer
        let bytes = stream.bytes(of: record)
        if record.kind == .attachment {
            let attachment = try Attachment.checked(bytes, &record.fields, checksChecksums)
            return .attachment(attachment)
        }
        return try BagRecord(record.opcode, bytes, &record.fields)
    }
}

extension BagRecord {
    init(_ opcode: UInt8, _ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        switch Opcode(rawValue: opcode) {
        case .header: self = .header(try BagHeader(bytes, &fields))
        case .footer: self = .footer(try Footer(bytes, &fields))
        case .schema: self = .schema(try Schema(bytes, &fields))
        case .channel: self = .channel(try Channel(bytes, &fields))
        case .message:
            let header = try MessageHeader(bytes, &fields)
            self = .message(header, payload: try fields.rest(bytes))
        case .messageIndex: self = .messageIndex(try MessageIndex(bytes, &fields))
        case .chunkIndex: self = .chunkIndex(try ChunkIndex(bytes, &fields))
        case .attachment: self = .attachment(try Attachment(bytes, &fields))
        case .attachmentIndex: self = .attachmentIndex(try AttachmentIndex(bytes, &fields))
        case .statistics: self = .statistics(try BagStatistics(bytes, &fields))
        case .metadata: self = .metadata(try Metadata(bytes, &fields))
        case .metadataIndex: self = .metadataIndex(try MetadataIndex(bytes, &fields))
        case .summaryOffset: self = .summaryOffset(try SummaryOffset(bytes, &fields))
        case .dataEnd: self = .dataEnd(try DataEnd(bytes, &fields))
        case .chunk, nil: self = .unknown(opcode: opcode, content: try fields.rest(bytes))
        }
    }
}
