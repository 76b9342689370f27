// SPDX-License-Identifier: Apache-2.0

internal import CRC

/// What a writer must remember of a bag for its summary.
struct SummaryBuilder {
    private(set) var schemas: [Schema] = []
    private(set) var channels: [Channel] = []
    var statistics = BagStatistics()
    private var chunkIndexes: [ChunkIndex] = []
    private var attachmentIndexes: [AttachmentIndex] = []
    private var metadataIndexes: [MetadataIndex] = []

    /// The schema with a number, which is its place counted from 1.
    func schema(_ id: UInt16) -> Schema? {
        id > 0 && Int(id) <= schemas.count ? schemas[Int(id) - 1] : nil
    }

    /// The channel with a number, which is its place counted from 1.
    func channel(_ id: UInt16) -> Channel? {
        id > 0 && Int(id) <= channels.count ? channels[Int(id) - 1] : nil
    }

    mutating func addSchema(_ make: (UInt16) -> Schema) throws(BagError) -> UInt16 {
        guard let id = UInt16(exactly: schemas.count + 1) else {
            throw .tooMany(what: "schemas", limit: schemas.count)
        }
        schemas.append(make(id))
        statistics.schemaCount = id
        return id
    }

    mutating func addChannel(_ make: (UInt16) -> Channel) throws(BagError) -> UInt16 {
        guard let id = UInt16(exactly: channels.count + 1) else {
            throw .tooMany(what: "channels", limit: channels.count)
        }
        channels.append(make(id))
        statistics.channelCount = UInt32(id)
        return id
    }

    mutating func add(
        _ chunk: ChunkHeader, at start: UInt64, end: UInt64, indexOffsets: [UInt16: UInt64],
        indexLength: UInt64
    ) {
        statistics.chunkCount += 1
        chunkIndexes.append(
            ChunkIndex(
                messageStartTime: chunk.messageStartTime, messageEndTime: chunk.messageEndTime,
                chunkStartOffset: start, chunkLength: end - start, messageIndexOffsets: indexOffsets,
                messageIndexLength: indexLength, compression: chunk.compression,
                compressedSize: chunk.compressedSize, uncompressedSize: chunk.uncompressedSize))
    }

    mutating func add(_ attachment: Attachment, at offset: UInt64, length: UInt64) {
        statistics.attachmentCount += 1
        attachmentIndexes.append(AttachmentIndex(attachment, offset: offset, length: length))
    }

    mutating func add(_ metadata: Metadata, at offset: UInt64, length: UInt64) {
        statistics.metadataCount += 1
        metadataIndexes.append(MetadataIndex(offset: offset, length: length, name: metadata.name))
    }

    /// Size of the summary section once there is another chunk, without attachments and metadata, rather too much [bytes].
    var sizeEstimate: UInt64 {
        let definitions =
            schemas.reduce(0) { $0 + 64 + $1.name.utf8.count + $1.data.count }
            + channels.reduce(0) { $0 + 64 + $1.topic.utf8.count }
        return UInt64(1024 + definitions + (chunkIndexes.count + 1) * (96 + 10 * channels.count))
    }

    /// The summary section and the footer, to stand at `position`.
    func encode(_ contents: SummaryContents, at position: UInt64, withChecksum: Bool) -> [UInt8] {
        var encoder = RecordEncoder()
        var offsets: [SummaryOffset] = []
        func group(_ part: SummaryContents, _ opcode: Opcode, _ body: (inout RecordEncoder) -> Void) {
            let start = encoder.bytes.count
            if contents.contains(part) { body(&encoder) }
            guard encoder.bytes.count > start else { return }
            offsets.append(
                SummaryOffset(
                    groupOpcode: opcode.rawValue, groupStart: position + UInt64(start),
                    groupLength: UInt64(encoder.bytes.count - start)))
        }
        group(.schemas, .schema) { encoder in for schema in schemas { encoder.append(schema) } }
        group(.channels, .channel) { encoder in for channel in channels { encoder.append(channel) } }
        group(.statistics, .statistics) { $0.append(statistics) }
        group(.metadataIndex, .metadataIndex) { encoder in
            for index in metadataIndexes { encoder.append(index) }
        }
        group(.attachmentIndex, .attachmentIndex) { encoder in
            for index in attachmentIndexes { encoder.append(index) }
        }
        group(.chunkIndex, .chunkIndex) { encoder in for index in chunkIndexes { encoder.append(index) } }
        let start = encoder.bytes.isEmpty ? 0 : position
        let hasOffsets = contents.contains(.offsets) && !offsets.isEmpty
        let offsetStart = hasOffsets ? position + UInt64(encoder.bytes.count) : 0
        if hasOffsets { for offset in offsets { encoder.append(offset) } }
        encoder.appendFooter(summaryStart: start, summaryOffsetStart: offsetStart, withChecksum: withChecksum)
        return encoder.bytes
    }
}

extension RecordEncoder {
    /// Appends a footer whose checksum covers everything in the encoder.
    fileprivate mutating func appendFooter(
        summaryStart: UInt64, summaryOffsetStart: UInt64, withChecksum: Bool
    ) {
        record(.footer) { record in
            record.integer(summaryStart)
            record.integer(summaryOffsetStart)
            // The length field is patched only afterwards, but the checksum covers it.
            record.integer(UInt32(0))
        }
        guard withChecksum else { return }
        let covered = bytes.count - 4
        replaceLast(4, with: unsafe CRC32.checksum(bytes.span.bytes.extracting(first: covered)))
    }

    /// Appends an attachment whose checksum covers its content before the checksum.
    mutating func append(_ attachment: Attachment, withChecksum: Bool) {
        record(.attachment) { record in
            let start = record.bytes.count
            record.integer(attachment.logTime)
            record.integer(attachment.createTime)
            record.string(attachment.name)
            record.string(attachment.mediaType)
            record.integer(UInt64(attachment.data.count))
            record.append(contentsOf: attachment.data)
            let covered = start..<record.bytes.count
            record.integer(
                withChecksum ? unsafe CRC32.checksum(record.bytes.span.bytes.extracting(covered)) : 0)
        }
    }
}
