// SPDX-License-Identifier: Apache-2.0

/// Finds whole records in a damaged file.
struct RecordSearch: Sendable {
    private let source: any ByteSource
    private let configuration: ReaderConfiguration
    /// Places of chunks, attachments and metadata that a summary with a good checksum vouches for.
    private let indexed: [UInt64]

    /// Records that must follow each other before a place without a summary's word is believed.
    private static let neededRecords = 3
    /// How much is searched at a time [bytes].
    private static let pieceSize: UInt64 = 64 * 1024
    /// Longest record other than a chunk that is decoded on trial [bytes].
    private static let longestTrial: UInt64 = 1 << 20

    init(_ source: any ByteSource, _ configuration: ReaderConfiguration, _ summary: BagSummary?) {
        self.source = source
        self.configuration = configuration
        let places =
            (summary?.chunkIndexes.map(\.chunkStartOffset) ?? [])
            + (summary?.attachmentIndexes.map(\.offset) ?? [])
            + (summary?.metadataIndexes.map(\.offset) ?? [])
        indexed = places.filter { $0 < source.size }.sorted()
    }

    /// The first indexed record at or behind `place`.
    func indexedPlace(from place: UInt64) -> UInt64? {
        var (low, high) = (0, indexed.count)
        while low < high {
            let middle = (low + high) / 2
            if indexed[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low < indexed.count ? indexed[low] : nil
    }

    /// The first place behind `place` where whole records seem to stand; `nil` if there is none.
    func place(after place: UInt64) throws(BagError) -> UInt64? {
        if !indexed.isEmpty { return indexedPlace(from: place + 1) }
        var window = SourceWindow(source, readAhead: 0)
        var trial = RecordScanner(source, configuration, from: place)
        var position = place + 1
        while source.size - min(position, source.size) >= recordHeaderSize {
            let count = min(Self.pieceSize, source.size - position)
            let range = try window.load(at: position, count: count)
            let bytes = window.bytes
            for index in range.dropLast(Int(recordHeaderSize) - 1) where (1...0x0F).contains(bytes[index]) {
                let candidate = position + UInt64(index - range.lowerBound)
                let length: UInt64 = bytes.integer(at: index + 1)
                let available = source.size - candidate - recordHeaderSize
                if length <= available, try isChain(at: candidate, &trial) { return candidate }
            }
            position += count - (recordHeaderSize - 1)
        }
        return nil
    }

    /// Whether a record of known kind, or the end of the file, stands at `place`.
    func isRecord(at place: UInt64) throws(BagError) -> Bool {
        if place == source.size { return true }
        var trial = RecordScanner(source, configuration, from: place)
        do throws(BagError) {
            return try trial.next()?.kind != nil
        } catch {
            if case .readFailed = error { throw error }
            return false
        }
    }

    /// Whether a record of an unknown kind is likely to be one, not the middle of another.
    func accepts(unknownRecord frame: RecordFrame) -> Bool {
        (try? isRecord(at: frame.end)) ?? false
    }

    /// The chunk at `place` if it is one in all but that the file ends inside of it.
    func cutChunk(at place: UInt64) throws(BagError) -> (RecordFrame, ChunkHeader)? {
        guard source.size - min(place, source.size) > recordHeaderSize else { return nil }
        var bytes: [UInt8] = []
        try source.read(recordHeaderSize, at: place, into: &bytes)
        let length: UInt64 = bytes.integer(at: 1)
        let (end, overflows) = (place + recordHeaderSize).addingReportingOverflow(length)
        guard bytes[0] == Opcode.chunk.rawValue, !overflows, end > source.size else { return nil }
        let frame = RecordFrame(opcode: bytes[0], offset: place, length: length)
        var scanner = RecordScanner(source, configuration, from: place)
        guard let header = try? scanner.uncheckedChunkHeader(of: frame),
            header.recordsOffset <= end, end - header.recordsOffset == header.compressedSize,
            header.recordsOffset <= source.size
        else { return nil }
        return (frame, header)
    }

    /// Whether whole records follow each other from `place`, up to the number needed or the file's end.
    private func isChain(at place: UInt64, _ trial: inout RecordScanner) throws(BagError) -> Bool {
        trial.position = place
        do throws(BagError) {
            for _ in 0..<Self.neededRecords {
                guard let frame = try trial.next() else { return false }
                guard let isLast = try isWhole(frame, &trial) else { return false }
                if isLast { return true }
            }
            return true
        } catch {
            if case .readFailed = error { throw error }
            return false
        }
    }

    /// Whether a record decodes and fills its length: `nil` if not, `true` if no other must follow.
    private func isWhole(
        _ frame: RecordFrame, _ trial: inout RecordScanner
    ) throws(BagError) -> Bool? {
        guard frame.kind != nil else { return nil }
        if frame.kind == .chunk {
            let header = try trial.chunkHeader(of: frame)
            let isWhole =
                Compression(rawValue: header.compression) != nil
                && header.recordsOffset + header.compressedSize == frame.end
                && header.messageStartTime <= header.messageEndTime
            return isWhole ? true : nil
        }
        guard frame.length <= Self.longestTrial else { return nil }
        var fields = try trial.fields(of: frame)
        let record = try BagRecord(frame.opcode, trial.bytes, &fields)
        if case .attachment = record {
            let _: UInt32 = try fields.integer(trial.bytes)
        }
        guard fields.remaining == 0 else { return nil }
        if case .footer = record { return true }
        return false
    }
}
