// SPDX-License-Identifier: Apache-2.0

/// Where a record stands: in the file, or in the decompressed chunk that it belongs to.
struct RecordFrame: Hashable, Sendable {
    /// Kind of the record, known or not.
    let opcode: UInt8
    /// Place of the opcode.
    let offset: UInt64
    /// Length of the content [bytes].
    let length: UInt64

    var kind: Opcode? { Opcode(rawValue: opcode) }
    /// Place of the content.
    var content: Range<UInt64> { offset + recordHeaderSize..<end }
    /// Place of the next record; `RecordScanner` and `ChunkWalker` make no frame whose end overflows.
    var end: UInt64 { offset + recordHeaderSize + length }
}

/// Steps over the records of a file from one place to another, without looking into chunks.
struct RecordScanner {
    private var window: SourceWindow
    private let configuration: ReaderConfiguration
    /// Place of the next record.
    var position: UInt64
    private let end: UInt64

    /// Scans from `start` up to `end`, which is at most the end of the source.
    init(
        _ source: any ByteSource, _ configuration: ReaderConfiguration, from start: UInt64,
        to end: UInt64? = nil, readAhead: UInt64 = 64 * 1024
    ) {
        window = SourceWindow(source, readAhead: readAhead)
        self.configuration = configuration
        position = start
        self.end = min(end ?? source.size, source.size)
    }

    /// Bytes of the records that were loaded last.
    var bytes: [UInt8] { window.bytes }

    /// The next record, `nil` at the end; throws `truncated` if the record is not there as a whole.
    mutating func next() throws(BagError) -> RecordFrame? {
        guard position < end else { return nil }
        let available = end - position
        guard available >= recordHeaderSize else {
            throw .truncated(offset: position, needed: recordHeaderSize, available: available)
        }
        let header = try window.load(at: position, count: recordHeaderSize)
        let opcode = window.bytes[header.lowerBound]
        let length: UInt64 = window.bytes.integer(at: header.lowerBound + 1)
        guard length <= available - recordHeaderSize else {
            throw .truncated(offset: position, needed: length, available: available - recordHeaderSize)
        }
        let frame = RecordFrame(opcode: opcode, offset: position, length: length)
        position = frame.end
        return frame
    }

    /// Loads a record's content and returns a reader of its fields over `bytes`.
    mutating func fields(of frame: RecordFrame) throws(BagError) -> FieldReader {
        guard frame.length <= configuration.limits.recordSize else {
            let limit = configuration.limits.recordSize
            let what = frame.kind?.name ?? "record"
            throw .overLimit(what: what, offset: frame.offset, found: frame.length, limit: limit)
        }
        let content = try window.load(at: frame.content.lowerBound, count: frame.length)
        return FieldReader(frame.kind, at: frame.offset, content: content)
    }

    /// Decodes a chunk's fields, leaving its records in the file, which must lie inside the chunk.
    mutating func chunkHeader(of frame: RecordFrame) throws(BagError) -> ChunkHeader {
        let chunk = try uncheckedChunkHeader(of: frame)
        let available = frame.end - chunk.recordsOffset
        guard chunk.compressedSize <= available else {
            let detail = "declares \(chunk.compressedSize) bytes of records, has \(available)"
            throw .malformed(record: "Chunk", offset: frame.offset, detail: detail)
        }
        return chunk
    }

    /// Decodes an attachment's fields, leaving its data in the file.
    mutating func attachmentIndex(of frame: RecordFrame) throws(BagError) -> AttachmentIndex {
        let count = min(frame.length, Self.longestAttachmentHeader)
        let content = try window.load(at: frame.content.lowerBound, count: count)
        var fields = FieldReader(.attachment, at: frame.offset, content: content)
        let index = try AttachmentIndex(header: window.bytes, &fields, of: frame)
        let (needed, overflows) = index.dataSize.addingReportingOverflow(
            UInt64(fields.offset - content.lowerBound) + 4)
        guard !overflows, needed <= frame.length else {
            throw fields.malformed("declares \(index.dataSize) bytes of data and has not as many")
        }
        return index
    }

    /// Longest content of an attachment before its data that this build reads [bytes].
    private static let longestAttachmentHeader: UInt64 = 64 * 1024

    /// Decodes the fields of a chunk whose records may be cut off.
    mutating func uncheckedChunkHeader(of frame: RecordFrame) throws(BagError) -> ChunkHeader {
        let count = min(frame.length, ChunkHeader.largestSize, window.source.size - frame.content.lowerBound)
        let content = try window.load(at: frame.content.lowerBound, count: count)
        var fields = FieldReader(.chunk, at: frame.offset, content: content)
        return try ChunkHeader(window.bytes, &fields, contentOffset: frame.content.lowerBound)
    }
}
