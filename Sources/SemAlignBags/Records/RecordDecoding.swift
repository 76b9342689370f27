// SPDX-License-Identifier: Apache-2.0

internal import CRC

// Decoding of each record kind; bytes after the known fields are ignored, as the specification asks.

extension BagHeader {
    init(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        profile = try fields.string(bytes)
        library = try fields.string(bytes)
    }
}

extension Schema {
    init(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        id = try fields.integer(bytes)
        name = try fields.string(bytes)
        encoding = try fields.string(bytes)
        let length: UInt32 = try fields.integer(bytes)
        data = try fields.bytes(bytes, count: UInt64(length))
        guard id != 0 else { throw fields.malformed("number 0 stands for 'no schema'") }
    }
}

extension Channel {
    init(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        id = try fields.integer(bytes)
        schemaID = try fields.integer(bytes)
        topic = try fields.string(bytes)
        messageEncoding = try fields.string(bytes)
        metadata = try fields.strings(bytes)
    }
}

extension MessageHeader {
    /// Bytes of a message's content before its payload.
    static let size = 22

    /// Reads the header; the payload is what remains in `fields`.
    init(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        channelID = try fields.integer(bytes)
        sequence = try fields.integer(bytes)
        logTime = try fields.integer(bytes)
        publishTime = try fields.integer(bytes)
    }
}

extension ChunkHeader {
    /// Longest content of a chunk before its records that this build reads [bytes].
    static let largestSize: UInt64 = 296

    /// Reads the fields before the records; `contentOffset` is the place of the content in the file.
    init(_ bytes: [UInt8], _ fields: inout FieldReader, contentOffset: UInt64) throws(BagError) {
        let start = fields.offset
        messageStartTime = try fields.integer(bytes)
        messageEndTime = try fields.integer(bytes)
        uncompressedSize = try fields.integer(bytes)
        uncompressedCRC = try fields.integer(bytes)
        compression = try fields.string(bytes)
        compressedSize = try fields.integer(bytes)
        recordsOffset = contentOffset + UInt64(fields.offset - start)
    }
}

extension MessageIndex {
    init(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        channelID = try fields.integer(bytes)
        var entries: [Entry] = []
        try fields.list(bytes) { (fields, bytes) throws(BagError) in
            let logTime: UInt64 = try fields.integer(bytes)
            entries.append(Entry(logTime: logTime, offset: try fields.integer(bytes)))
        }
        self.entries = entries
    }
}

extension ChunkIndex {
    init(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        messageStartTime = try fields.integer(bytes)
        messageEndTime = try fields.integer(bytes)
        chunkStartOffset = try fields.integer(bytes)
        chunkLength = try fields.integer(bytes)
        messageIndexOffsets = try fields.numbers(bytes)
        messageIndexLength = try fields.integer(bytes)
        compression = try fields.string(bytes)
        compressedSize = try fields.integer(bytes)
        uncompressedSize = try fields.integer(bytes)
    }
}

extension Attachment {
    init(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        logTime = try fields.integer(bytes)
        createTime = try fields.integer(bytes)
        name = try fields.string(bytes)
        mediaType = try fields.string(bytes)
        let length: UInt64 = try fields.integer(bytes)
        data = try fields.bytes(bytes, count: length)
    }
}

extension Attachment {
    /// Decodes an attachment and checks its checksum, which stands behind the data.
    static func checked(
        _ bytes: [UInt8], _ fields: inout FieldReader, _ checks: Bool = true
    ) throws(BagError) -> Attachment {
        let start = fields.offset
        let attachment = try Attachment(bytes, &fields)
        let end = fields.offset
        let stored: UInt32 = try fields.integer(bytes)
        guard checks, stored != 0 else { return attachment }
        let computed = unsafe CRC32.checksum(bytes.span.bytes.extracting(start..<end))
        guard stored == computed else {
            throw .checksum(
                of: "attachment", offset: fields.recordOffset, stored: stored, computed: computed)
        }
        return attachment
    }
}

extension AttachmentIndex {
    /// Reads the fields of an attachment before its data.
    init(header bytes: [UInt8], _ fields: inout FieldReader, of frame: RecordFrame) throws(BagError) {
        offset = frame.offset
        length = frame.end - frame.offset
        logTime = try fields.integer(bytes)
        createTime = try fields.integer(bytes)
        name = try fields.string(bytes)
        mediaType = try fields.string(bytes)
        dataSize = try fields.integer(bytes)
    }

    init(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        offset = try fields.integer(bytes)
        length = try fields.integer(bytes)
        logTime = try fields.integer(bytes)
        createTime = try fields.integer(bytes)
        dataSize = try fields.integer(bytes)
        name = try fields.string(bytes)
        mediaType = try fields.string(bytes)
    }
}

extension Metadata {
    init(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        name = try fields.string(bytes)
        values = try fields.strings(bytes)
    }
}

extension MetadataIndex {
    init(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        offset = try fields.integer(bytes)
        length = try fields.integer(bytes)
        name = try fields.string(bytes)
    }
}

extension BagStatistics {
    init(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        messageCount = try fields.integer(bytes)
        schemaCount = try fields.integer(bytes)
        channelCount = try fields.integer(bytes)
        attachmentCount = try fields.integer(bytes)
        metadataCount = try fields.integer(bytes)
        chunkCount = try fields.integer(bytes)
        messageStartTime = try fields.integer(bytes)
        messageEndTime = try fields.integer(bytes)
        channelMessageCounts = try fields.numbers(bytes)
    }
}

extension SummaryOffset {
    init(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        groupOpcode = try fields.integer(bytes)
        groupStart = try fields.integer(bytes)
        groupLength = try fields.integer(bytes)
    }
}

extension DataEnd {
    /// Reads a data end, which is never extended.
    init(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        dataSectionCRC = try fields.integer(bytes)
        guard fields.remaining == 0 else { throw fields.malformed("is \(fields.remaining) bytes too long") }
    }
}

extension Footer {
    /// Length of the record with its opcode and length field [bytes].
    static let size: UInt64 = 29

    /// Reads a footer, which is never extended.
    init(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        summaryStart = try fields.integer(bytes)
        summaryOffsetStart = try fields.integer(bytes)
        summaryCRC = try fields.integer(bytes)
        guard fields.remaining == 0 else { throw fields.malformed("is \(fields.remaining) bytes too long") }
    }
}
