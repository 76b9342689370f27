// SPDX-License-Identifier: Apache-2.0

/// A stretch of the file whose messages are read together: a chunk, or messages outside of chunks.
struct MessageBlock: Hashable, Sendable {
    /// Earliest log time in the block [ns].
    var startTime: UInt64
    /// Latest log time in the block [ns].
    var endTime: UInt64
    /// Place in the file; whole records.
    var range: Range<UInt64>
    /// Whether it is a chunk.
    let isChunk: Bool

    init(startTime: UInt64, endTime: UInt64, range: Range<UInt64>, isChunk: Bool) {
        self.startTime = startTime
        self.endTime = endTime
        self.range = range
        self.isChunk = isChunk
    }

    /// The chunk of an index entry, if it may hold selected messages.
    init?(_ index: ChunkIndex, _ selection: MessageSelection, _ table: ChannelTable) {
        let (end, overflows) = index.chunkStartOffset.addingReportingOverflow(index.chunkLength)
        let range = index.chunkStartOffset..<(overflows ? .max : max(end, index.chunkStartOffset))
        self.init(
            startTime: index.messageStartTime, endTime: index.messageEndTime, range: range, isChunk: true)
        let channels = index.messageIndexOffsets.keys
        guard selection.overlaps(self) else { return nil }
        if !channels.isEmpty, selection.channels(in: table).isDisjoint(with: channels) { return nil }
    }
}

/// Loads the records of blocks.
struct BlockLoader: ~Copyable, Sendable {
    private let source: any ByteSource
    private let configuration: ReaderConfiguration
    private var chunks: ChunkLoader

    init(_ source: any ByteSource, _ configuration: ReaderConfiguration) {
        self.source = source
        self.configuration = configuration
        chunks = ChunkLoader(source, configuration)
    }

    /// The records of the block, decompressed and checked.
    mutating func load(_ block: MessageBlock) throws(BagError) -> [UInt8] {
        var records: [UInt8] = []
        let offset = block.range.lowerBound
        guard block.isChunk else {
            try source.read(block.range.upperBound - offset, at: offset, into: &records)
            return records
        }
        var scanner = RecordScanner(source, configuration, from: offset)
        guard let frame = try scanner.next(), frame.kind == .chunk, frame.end == block.range.upperBound else {
            let size = block.range.upperBound - offset
            throw .wrongIndex(offset: offset, detail: "no chunk of \(size) bytes stands there")
        }
        try chunks.load(try scanner.chunkHeader(of: frame), at: offset, into: &records)
        return records
    }
}
