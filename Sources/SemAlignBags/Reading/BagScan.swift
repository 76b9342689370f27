// SPDX-License-Identifier: Apache-2.0

/// What one pass over the data section of a bag finds: the substitute for a missing summary.
struct BagScan: Sendable {
    private(set) var table = ChannelTable()
    private(set) var blocks: [MessageBlock] = []
    private(set) var statistics = BagStatistics()
    private(set) var timings: [UInt16: TopicTiming] = [:]
    private(set) var chunkIndexes: [ChunkIndex] = []
    private(set) var attachmentIndexes: [AttachmentIndex] = []
    private(set) var metadataIndexes: [MetadataIndex] = []
    private(set) var ending = BagEnding.complete
    /// What is damaged, at most ``largestDamage`` entries; the scan went on behind it.
    private(set) var damage: [BagError] = []
    private static let largestDamage = 100
    /// Messages outside of chunks are grouped up to this size [bytes].
    private static let looseBlockSize: UInt64 = 1 << 20

    /// Scans up to the end of the data section, or up to the last whole record.
    init(_ reader: BagReader) throws(BagError) {
        let source = reader.source
        var scanner = RecordScanner(source, reader.configuration, from: Magic.size)
        var loader = ChunkLoader(source, reader.configuration)
        var records: [UInt8] = []
        ending = .truncated(at: source.size)
        do throws(BagError) {
            while let frame = try scanner.next() {
                if frame.opcode == 0 {
                    ending = .truncated(at: frame.offset)
                    break
                }
                if frame.kind == .dataEnd {
                    ending = .complete
                    break
                }
                try note(frame, &scanner, &loader, &records)
            }
        } catch .truncated(let offset, _, _) {
            ending = .truncated(at: offset)
        }
        statistics.schemaCount = UInt16(clamping: table.schemas.count)
        statistics.channelCount = UInt32(clamping: table.channels.count)
    }

    /// Adds a record, or notes that it is damaged.
    private mutating func note(
        _ frame: RecordFrame, _ scanner: inout RecordScanner, _ loader: inout ChunkLoader,
        _ records: inout [UInt8]
    ) throws(BagError) {
        do throws(BagError) {
            if frame.kind == .chunk {
                try add(scanner.chunkHeader(of: frame), frame, &loader, &records)
            } else {
                try add(frame, &scanner)
            }
        } catch .readFailed(let offset, let reason) {
            throw .readFailed(offset: offset, reason: reason)
        } catch {
            if damage.count < Self.largestDamage { damage.append(error) }
        }
    }

    private mutating func add(
        _ chunk: ChunkHeader, _ frame: RecordFrame, _ loader: inout ChunkLoader, _ records: inout [UInt8]
    ) throws(BagError) {
        statistics.chunkCount += 1
        blocks.append(
            MessageBlock(
                startTime: chunk.messageStartTime, endTime: chunk.messageEndTime,
                range: frame.offset..<frame.end, isChunk: true))
        chunkIndexes.append(
            ChunkIndex(
                messageStartTime: chunk.messageStartTime, messageEndTime: chunk.messageEndTime,
                chunkStartOffset: frame.offset, chunkLength: frame.end - frame.offset,
                messageIndexOffsets: [:], messageIndexLength: 0, compression: chunk.compression,
                compressedSize: chunk.compressedSize, uncompressedSize: chunk.uncompressedSize))
        try loader.load(chunk, at: frame.offset, into: &records)
        var walker = ChunkWalker(chunkOffset: frame.offset)
        while let record = try walker.next(records) {
            var fields = walker.fields(of: record)
            if record.kind == .message {
                try count(MessageHeader(records, &fields), at: frame.offset)
            } else {
                try table.declare(record.kind, records, &fields)
            }
        }
    }

    private mutating func add(_ frame: RecordFrame, _ scanner: inout RecordScanner) throws(BagError) {
        let length = frame.end - frame.offset
        switch frame.kind {
        case .schema, .channel:
            var fields = try scanner.fields(of: frame)
            try table.declare(frame.kind, scanner.bytes, &fields)
        case .message:
            var fields = try scanner.fields(of: frame)
            let header = try MessageHeader(scanner.bytes, &fields)
            try count(header, at: frame.offset)
            addLoose(header, frame)
        case .attachment:
            attachmentIndexes.append(try scanner.attachmentIndex(of: frame))
            statistics.attachmentCount += 1
        case .metadata:
            var fields = try scanner.fields(of: frame)
            let name = try Metadata(scanner.bytes, &fields).name
            statistics.metadataCount += 1
            metadataIndexes.append(MetadataIndex(offset: frame.offset, length: length, name: name))
        default: break
        }
    }

    private mutating func count(_ header: MessageHeader, at offset: UInt64) throws(BagError) {
        _ = try table.channel(of: header, at: offset)
        statistics.count(header)
        timings[header.channelID, default: TopicTiming()].count(header.logTime)
    }

    /// Adds a message outside of chunks to the block before, if it is its neighbour and has room.
    private mutating func addLoose(_ header: MessageHeader, _ frame: RecordFrame) {
        let time = header.logTime
        if let last = blocks.last, !last.isChunk, last.range.upperBound == frame.offset,
            frame.end - last.range.lowerBound <= Self.looseBlockSize
        {
            blocks[blocks.count - 1] = MessageBlock(
                startTime: min(last.startTime, time), endTime: max(last.endTime, time),
                range: last.range.lowerBound..<frame.end, isChunk: false)
        } else {
            blocks.append(
                MessageBlock(
                    startTime: time, endTime: time, range: frame.offset..<frame.end, isChunk: false))
        }
    }
}
