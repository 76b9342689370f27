// SPDX-License-Identifier: Apache-2.0

/// The selected messages of a bag in order of their log time.
///
/// Chunks are opened when their time has come. Where many overlap, only the times and places of their
/// messages are kept; the bytes are kept up to the cache's limit and read again when needed.
public struct OrderedMessages: ~Copyable, Sendable {
    /// Where the readable part of the bag ends; a truncated bag is read up to its last whole record.
    public let ending: BagEnding
    private let blocks: [MessageBlock]
    private let table: ChannelTable
    private let selection: MessageSelection
    private let channels: Set<UInt16>
    private var loader: BlockLoader
    private var cache: BlockCache
    private var pending = MessageQueue()
    private var nextBlock = 0

    init(
        _ reader: BagReader, _ blocks: [MessageBlock], _ table: ChannelTable, _ selection: MessageSelection,
        ending: BagEnding
    ) {
        self.ending = ending
        self.blocks = blocks.sorted {
            ($0.startTime, $0.range.lowerBound) < ($1.startTime, $1.range.lowerBound)
        }
        self.table = table
        self.selection = selection
        channels = selection.channels(in: table)
        loader = BlockLoader(reader.source, reader.configuration)
        cache = BlockCache(limit: reader.configuration.limits.cacheSize)
    }

    /// The next message, `nil` after the last.
    ///
    /// Throws where a chunk is damaged; the next call goes on without that chunk.
    public mutating func next() throws(BagError) -> BagMessage? {
        guard let (entry, records) = try advance() else { return nil }
        let (channel, header, payload) = try decode(entry, records)
        return BagMessage(channel: channel, header: header, payload: [UInt8](records[payload]))
    }

    /// As ``next()``, but lends the payload instead of copying it.
    public mutating func withNext<Result>(
        _ body: (BagChannel, MessageHeader, RawSpan) -> Result
    ) throws(BagError) -> Result? {
        guard let (entry, records) = try advance() else { return nil }
        let (channel, header, payload) = try decode(entry, records)
        return unsafe body(channel, header, records.span.bytes.extracting(payload))
    }

    private func decode(
        _ entry: QueuedMessage, _ records: [UInt8]
    ) throws(BagError) -> (BagChannel, MessageHeader, Range<Int>) {
        let offset = blocks[entry.block].range.lowerBound
        var walker = ChunkWalker(chunkOffset: offset, position: entry.offset)
        guard let record = try walker.next(records), record.kind == .message else {
            throw .wrongIndex(offset: offset, detail: "the file changed while it was read")
        }
        var fields = walker.fields(of: record)
        let header = try MessageHeader(records, &fields)
        return (try table.channel(of: header, at: offset), header, fields.offset..<record.content.upperBound)
    }

    private mutating func advance() throws(BagError) -> (QueuedMessage, [UInt8])? {
        while nextBlock < blocks.count {
            if let first = pending.first, first.time < blocks[nextBlock].startTime { break }
            nextBlock += 1
            try open(nextBlock - 1)
        }
        guard let entry = pending.first else { return nil }
        let records = try records(of: entry.block)
        pending.popFirst()
        if !pending.holds(entry.block) { cache.remove(entry.block) }
        return (entry, records)
    }

    /// Notes times and places of the selected messages of a block.
    private mutating func open(_ block: Int) throws(BagError) {
        let records = try loader.load(blocks[block])
        var walker = ChunkWalker(chunkOffset: blocks[block].range.lowerBound)
        var entries: [QueuedMessage] = []
        while let record = try walker.next(records) {
            guard record.kind == .message else { continue }
            var fields = walker.fields(of: record)
            let header = try MessageHeader(records, &fields)
            _ = try table.channel(of: header, at: walker.chunkOffset)
            guard channels.contains(header.channelID), selection.contains(header.logTime) else { continue }
            entries.append(
                QueuedMessage(
                    time: header.logTime, place: walker.chunkOffset, block: block, offset: record.offset))
        }
        guard !entries.isEmpty else { return }
        pending.add(entries, of: block)
        cache.insert(records, for: block)
    }

    private mutating func records(of block: Int) throws(BagError) -> [UInt8] {
        if let records = cache.records(of: block) { return records }
        do {
            let records = try loader.load(blocks[block])
            cache.insert(records, for: block)
            return records
        } catch {
            pending.removeAll(of: block)
            throw error
        }
    }
}
