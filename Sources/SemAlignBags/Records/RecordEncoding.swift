// SPDX-License-Identifier: Apache-2.0

/// Appends records to a buffer, byte for byte as the specification lays them out.
struct RecordEncoder {
    /// What was encoded so far.
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Appends a record whose content is what `body` appends.
    mutating func record(_ opcode: Opcode, _ body: (inout RecordEncoder) -> Void) {
        integer(opcode.rawValue)
        let place = bytes.count
        integer(UInt64(0))
        body(&self)
        patch(UInt64(bytes.count - place - 8), at: place)
    }

    mutating func integer<T: FixedWidthInteger>(_ value: T) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func string(_ text: String) {
        integer(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func raw(_ span: RawSpan) {
        unsafe span.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func append(contentsOf bytes: [UInt8]) {
        self.bytes.append(contentsOf: bytes)
    }

    /// Puts a number in the place of the last bytes.
    mutating func replaceLast(_ count: Int, with value: UInt32) {
        patch(value, at: bytes.count - count)
    }

    /// Appends a map sorted by key, so that equal maps give equal bytes.
    mutating func strings(_ map: [String: String]) {
        list { encoder in
            for (key, value) in map.sorted(by: { $0.key < $1.key }) {
                encoder.string(key)
                encoder.string(value)
            }
        }
    }

    mutating func numbers(_ map: [UInt16: UInt64]) {
        list { encoder in
            for (key, value) in map.sorted(by: { $0.key < $1.key }) {
                encoder.integer(key)
                encoder.integer(value)
            }
        }
    }

    private mutating func list(_ body: (inout RecordEncoder) -> Void) {
        let place = bytes.count
        integer(UInt32(0))
        body(&self)
        patch(UInt32(bytes.count - place - 4), at: place)
    }

    private mutating func patch<T: FixedWidthInteger>(_ value: T, at place: Int) {
        for byte in 0..<T.bitWidth / 8 {
            bytes[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
        }
    }
}

extension RecordEncoder {
    mutating func append(_ header: BagHeader) {
        record(.header) { record in
            record.string(header.profile)
            record.string(header.library)
        }
    }

    mutating func append(_ schema: Schema) {
        record(.schema) { record in
            record.integer(schema.id)
            record.string(schema.name)
            record.string(schema.encoding)
            record.integer(UInt32(schema.data.count))
            record.append(contentsOf: schema.data)
        }
    }

    mutating func append(_ channel: Channel) {
        record(.channel) { record in
            record.integer(channel.id)
            record.integer(channel.schemaID)
            record.string(channel.topic)
            record.string(channel.messageEncoding)
            record.strings(channel.metadata)
        }
    }

    mutating func append(_ message: MessageHeader, payload: RawSpan) {
        integer(Opcode.message.rawValue)
        integer(UInt64(MessageHeader.size + payload.byteCount))
        integer(message.channelID)
        integer(message.sequence)
        integer(message.logTime)
        integer(message.publishTime)
        raw(payload)
    }

    /// Appends a chunk without its records, which must follow.
    mutating func append(_ chunk: ChunkHeader) {
        integer(Opcode.chunk.rawValue)
        integer(40 + UInt64(chunk.compression.utf8.count) + chunk.compressedSize)
        integer(chunk.messageStartTime)
        integer(chunk.messageEndTime)
        integer(chunk.uncompressedSize)
        integer(chunk.uncompressedCRC)
        string(chunk.compression)
        integer(chunk.compressedSize)
    }

    mutating func append(_ index: MessageIndex) {
        record(.messageIndex) { record in
            record.integer(index.channelID)
            record.list { list in
                for entry in index.entries {
                    list.integer(entry.logTime)
                    list.integer(entry.offset)
                }
            }
        }
    }

    mutating func append(_ metadata: Metadata) {
        record(.metadata) { record in
            record.string(metadata.name)
            record.strings(metadata.values)
        }
    }

    mutating func append(_ end: DataEnd) {
        record(.dataEnd) { $0.integer(end.dataSectionCRC) }
    }
}

extension RecordEncoder {
    mutating func append(_ index: ChunkIndex) {
        record(.chunkIndex) { record in
            record.integer(index.messageStartTime)
            record.integer(index.messageEndTime)
            record.integer(index.chunkStartOffset)
            record.integer(index.chunkLength)
            record.numbers(index.messageIndexOffsets)
            record.integer(index.messageIndexLength)
            record.string(index.compression)
            record.integer(index.compressedSize)
            record.integer(index.uncompressedSize)
        }
    }

    mutating func append(_ index: AttachmentIndex) {
        record(.attachmentIndex) { record in
            record.integer(index.offset)
            record.integer(index.length)
            record.integer(index.logTime)
            record.integer(index.createTime)
            record.integer(index.dataSize)
            record.string(index.name)
            record.string(index.mediaType)
        }
    }

    mutating func append(_ index: MetadataIndex) {
        record(.metadataIndex) { record in
            record.integer(index.offset)
            record.integer(index.length)
            record.string(index.name)
        }
    }

    mutating func append(_ statistics: BagStatistics) {
        record(.statistics) { record in
            record.integer(statistics.messageCount)
            record.integer(statistics.schemaCount)
            record.integer(statistics.channelCount)
            record.integer(statistics.attachmentCount)
            record.integer(statistics.metadataCount)
            record.integer(statistics.chunkCount)
            record.integer(statistics.messageStartTime)
            record.integer(statistics.messageEndTime)
            record.numbers(statistics.channelMessageCounts)
        }
    }

    mutating func append(_ offset: SummaryOffset) {
        record(.summaryOffset) { record in
            record.integer(offset.groupOpcode)
            record.integer(offset.groupStart)
            record.integer(offset.groupLength)
        }
    }
}
