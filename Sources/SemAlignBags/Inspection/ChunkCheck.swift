// SPDX-License-Identifier: Apache-2.0

/// Checks chunks and the message indexes behind them.
struct ChunkCheck: ~Copyable {
    /// Chunks without a checksum.
    private(set) var withoutChecksum = 0
    private var loader: ChunkLoader
    private var records: [UInt8] = []
    private var current: OpenChunk?

    /// A chunk whose message indexes are awaited.
    private struct OpenChunk {
        let header: ChunkHeader
        let frame: RecordFrame
        /// Whether the chunk's records could be read; its indexes cannot be checked otherwise.
        var isReadable = false
        var entries: [UInt16: [MessageIndex.Entry]] = [:]
        var indexOffsets: [UInt16: UInt64] = [:]
        var indexLength: UInt64 = 0
        var startTime = UInt64.max
        var endTime: UInt64 = 0
    }

    init(_ source: any ByteSource, _ configuration: ReaderConfiguration) {
        loader = ChunkLoader(source, configuration)
    }

    /// Checks a chunk and everything in it, adding what it holds to `content`.
    mutating func check(
        _ header: ChunkHeader, _ frame: RecordFrame, _ content: inout CheckedContent,
        _ order: inout TimeOrder, _ findings: inout FindingList
    ) throws(BagError) {
        var chunk = OpenChunk(header: header, frame: frame)
        content.statistics.chunkCount += 1
        if header.uncompressedCRC == 0, header.uncompressedSize > 0 { withoutChecksum += 1 }
        if header.recordsOffset + header.compressedSize != frame.end {
            findings.add(.note, at: frame.offset, "Chunk has bytes behind its records")
        }
        do throws(BagError) {
            try loader.load(header, at: frame.offset, into: &records)
            try walk(&chunk, &content, &order, &findings)
            chunk.isReadable = true
            checkTimes(chunk, &findings)
        } catch {
            try findings.add(error, at: frame.offset)
        }
        current = chunk
    }

    private func walk(
        _ chunk: inout OpenChunk, _ content: inout CheckedContent, _ order: inout TimeOrder,
        _ findings: inout FindingList
    ) throws(BagError) {
        let place = chunk.frame.offset
        var walker = ChunkWalker(chunkOffset: place)
        while let record = try walker.next(records) {
            var fields = walker.fields(of: record)
            switch record.kind {
            case .message:
                let header = try MessageHeader(records, &fields)
                _ = try content.table.channel(of: header, at: place)
                content.statistics.count(header)
                order.add(header.logTime, at: place)
                chunk.entries[header.channelID, default: []].append(
                    MessageIndex.Entry(logTime: header.logTime, offset: UInt64(record.offset)))
                chunk.startTime = min(chunk.startTime, header.logTime)
                chunk.endTime = max(chunk.endTime, header.logTime)
            case .schema, .channel:
                try content.table.declare(record.kind, records, &fields)
                if let kind = record.kind { findings.addTrailing(fields, kind) }
            case .some(let kind): findings.error(at: place, "\(kind.name) does not belong into a chunk")
            case nil: findings.addUnknown(record.opcode, at: place)
            }
        }
    }

    private func checkTimes(_ chunk: OpenChunk, _ findings: inout FindingList) {
        let times = chunk.entries.isEmpty ? (0, 0) : (chunk.startTime, chunk.endTime)
        let declared = (chunk.header.messageStartTime, chunk.header.messageEndTime)
        guard times != declared else { return }
        let text =
            "chunk declares times \(declared.0) to \(declared.1), its messages have \(times.0) to \(times.1)"
        findings.error(at: chunk.frame.offset, text)
    }

    /// Holds a message index against the chunk before it.
    mutating func check(_ index: MessageIndex, _ frame: RecordFrame, _ findings: inout FindingList) {
        guard current != nil else {
            findings.error(at: frame.offset, "MessageIndex does not follow a chunk")
            return
        }
        let isRepeated = current?.indexOffsets.updateValue(frame.offset, forKey: index.channelID) != nil
        if isRepeated {
            findings.error(at: frame.offset, "channel \(index.channelID) has a second MessageIndex here")
        }
        current?.indexLength += frame.end - frame.offset
        guard current?.isReadable == true, current?.entries[index.channelID] ?? [] != index.entries else {
            return
        }
        let text = "MessageIndex of channel \(index.channelID) does not fit the chunk's messages"
        findings.error(at: frame.offset, text)
    }

    /// Ends the chunk whose indexes were awaited, and adds what its index should say to `content`.
    mutating func finish(_ content: inout CheckedContent, _ findings: inout FindingList) {
        guard let chunk = current else { return }
        current = nil
        let missing = chunk.entries.keys.filter { chunk.indexOffsets[$0] == nil }.sorted()
        if chunk.isReadable, !chunk.indexOffsets.isEmpty, !missing.isEmpty {
            findings.error(
                at: chunk.frame.offset, "channels \(missing) have no MessageIndex behind the chunk")
        }
        content.chunks.append(
            ChunkIndex(
                messageStartTime: chunk.header.messageStartTime, messageEndTime: chunk.header.messageEndTime,
                chunkStartOffset: chunk.frame.offset, chunkLength: chunk.frame.end - chunk.frame.offset,
                messageIndexOffsets: chunk.indexOffsets, messageIndexLength: chunk.indexLength,
                compression: chunk.header.compression, compressedSize: chunk.header.compressedSize,
                uncompressedSize: chunk.header.uncompressedSize))
    }
}
