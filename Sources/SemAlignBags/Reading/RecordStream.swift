// SPDX-License-Identifier: Apache-2.0

/// A record of a stream with the reader of its fields.
struct StreamedRecord {
    /// Kind of the record, known or not.
    let opcode: UInt8
    /// Place of the record in the file; inside a chunk the place of the chunk.
    let offset: UInt64
    /// Whether it stands in a chunk.
    let isInChunk: Bool
    /// Fields of the record, over ``RecordStream/bytes(of:)``.
    var fields: FieldReader

    var kind: Opcode? { Opcode(rawValue: opcode) }
}

/// All records of a file in the order in which they were written, chunks opened in place.
///
/// Chunk records themselves do not appear. After an error inside a chunk the stream goes on behind it.
struct RecordStream: ~Copyable, Sendable {
    private var scanner: RecordScanner
    private var loader: ChunkLoader
    private var records: [UInt8] = []
    private var walker: ChunkWalker?
    private let wanted: Set<Opcode>?

    /// Streams from `start`; records of kinds that are not `wanted` come without their fields.
    init(
        _ source: any ByteSource, _ configuration: ReaderConfiguration, from start: UInt64,
        wanted: Set<Opcode>? = nil
    ) {
        self.wanted = wanted
        scanner = RecordScanner(source, configuration, from: start)
        loader = ChunkLoader(source, configuration)
    }

    /// Place behind the record, or the chunk, that was read last.
    var position: UInt64 { scanner.position }

    /// The bytes that the fields of the last record stand in.
    func bytes(of record: StreamedRecord) -> [UInt8] {
        record.isInChunk ? records : scanner.bytes
    }

    /// The next record, `nil` at the end of the file.
    mutating func next() throws(BagError) -> StreamedRecord? {
        while true {
            if walker != nil {
                if let record = try nextInChunk() { return record }
                walker = nil
            }
            guard let frame = try scanner.next() else { return nil }
            if frame.kind == .chunk {
                let chunk = try scanner.chunkHeader(of: frame)
                try loader.load(chunk, at: frame.offset, into: &records)
                walker = ChunkWalker(chunkOffset: frame.offset)
            } else {
                let isWanted = wanted.map { wanted in frame.kind.map(wanted.contains) ?? false } ?? true
                let fields =
                    isWanted
                    ? try scanner.fields(of: frame)
                    : FieldReader(frame.kind, at: frame.offset, content: 0..<0)
                return StreamedRecord(
                    opcode: frame.opcode, offset: frame.offset, isInChunk: false, fields: fields)
            }
        }
    }

    private mutating func nextInChunk() throws(BagError) -> StreamedRecord? {
        guard var inner = walker.take() else { return nil }
        // An error leaves the walker gone, and with it the rest of the chunk.
        guard let record = try inner.next(records) else { return nil }
        walker = inner
        return StreamedRecord(
            opcode: record.opcode, offset: inner.chunkOffset, isInChunk: true,
            fields: inner.fields(of: record))
    }
}
