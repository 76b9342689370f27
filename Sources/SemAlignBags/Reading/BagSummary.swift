// SPDX-License-Identifier: Apache-2.0

internal import CRC

/// The summary section of a bag.
public struct BagSummary: Hashable, Sendable {
    /// Schemas by number.
    public internal(set) var schemas: [UInt16: Schema] = [:]
    /// Channels by number.
    public internal(set) var channels: [UInt16: Channel] = [:]
    /// Counts and time range.
    public internal(set) var statistics: BagStatistics?
    /// One entry per chunk, in the order of the file.
    public internal(set) var chunkIndexes: [ChunkIndex] = []
    /// One entry per attachment.
    public internal(set) var attachmentIndexes: [AttachmentIndex] = []
    /// One entry per metadata record.
    public internal(set) var metadataIndexes: [MetadataIndex] = []
    /// One entry per group of the summary.
    public internal(set) var summaryOffsets: [SummaryOffset] = []

    /// Decodes one record of the summary section; `false` if its kind does not belong there.
    mutating func add(
        _ kind: Opcode?, _ bytes: [UInt8], _ fields: inout FieldReader
    ) throws(BagError) -> Bool {
        switch kind {
        case .schema:
            let schema = try Schema(bytes, &fields)
            schemas[schema.id] = schema
        case .channel:
            let channel = try Channel(bytes, &fields)
            channels[channel.id] = channel
        case .statistics: statistics = try BagStatistics(bytes, &fields)
        case .chunkIndex: chunkIndexes.append(try ChunkIndex(bytes, &fields))
        case .attachmentIndex: attachmentIndexes.append(try AttachmentIndex(bytes, &fields))
        case .metadataIndex: metadataIndexes.append(try MetadataIndex(bytes, &fields))
        case .summaryOffset: summaryOffsets.append(try SummaryOffset(bytes, &fields))
        default: return false
        }
        return true
    }
}

extension BagSummary {
    /// Reads a source's footer; throws if the file does not end with one.
    static func footer(of source: any ByteSource) throws(BagError) -> (Footer, offset: UInt64) {
        let tail = Footer.size + Magic.size
        guard source.size >= Magic.size + tail else {
            throw .truncated(offset: source.size, needed: Magic.size + tail, available: source.size)
        }
        let offset = source.size - tail
        var bytes: [UInt8] = []
        try source.read(tail, at: offset, into: &bytes)
        let length: UInt64 = bytes.integer(at: 1)
        guard Array(bytes.suffix(Int(Magic.size))) == Magic.bytes else {
            throw .malformed(
                record: "end of the file", offset: source.size - Magic.size,
                detail: "the closing magic bytes are not there")
        }
        guard bytes[0] == Opcode.footer.rawValue, length == Footer.size - recordHeaderSize else {
            throw .malformed(record: "Footer", offset: offset, detail: "is not where it belongs")
        }
        let content = Int(recordHeaderSize)..<Int(Footer.size)
        var fields = FieldReader(.footer, at: offset, content: content)
        return (try Footer(bytes, &fields), offset)
    }

    /// Reads the summary that the footer points to; `nil` if it points to none.
    static func read(
        _ source: any ByteSource, _ configuration: ReaderConfiguration
    ) throws(BagError) -> BagSummary? {
        let (footer, footerOffset) = try footer(of: source)
        guard footer.summaryStart != 0 else { return nil }
        guard footer.summaryStart >= Magic.size, footer.summaryStart <= footerOffset else {
            let detail = "summary start \(footer.summaryStart) is outside of the file"
            throw .malformed(record: "Footer", offset: footerOffset, detail: detail)
        }
        if configuration.checksChecksums { try check(footer, at: footerOffset, source) }
        var summary = BagSummary()
        var scanner = RecordScanner(source, configuration, from: footer.summaryStart, to: footerOffset)
        while let frame = try scanner.next() {
            var fields = try scanner.fields(of: frame)
            _ = try summary.add(frame.kind, scanner.bytes, &fields)
        }
        summary.chunkIndexes.sort { $0.chunkStartOffset < $1.chunkStartOffset }
        return summary
    }

    /// Compares the summary's checksum, which includes the footer up to the checksum itself.
    static func check(_ footer: Footer, at offset: UInt64, _ source: any ByteSource) throws(BagError) {
        guard footer.summaryCRC != 0 else { return }
        let start = footer.summaryStart == 0 ? offset : footer.summaryStart
        let computed = try source.checksum(of: start..<offset + Footer.size - 4)
        guard computed == footer.summaryCRC else {
            throw .checksum(of: "summary", offset: start, stored: footer.summaryCRC, computed: computed)
        }
    }
}

extension ByteSource {
    /// CRC-32 of a part of the source, read in pieces.
    func checksum(of range: Range<UInt64>) throws(BagError) -> UInt32 {
        var crc = CRC32()
        var piece: [UInt8] = []
        var position = range.lowerBound
        while position < range.upperBound {
            let count = min(range.upperBound - position, 256 * 1024)
            try read(count, at: position, into: &piece)
            unsafe crc.update(piece.span.bytes)
            position += count
        }
        return crc.value
    }
}
