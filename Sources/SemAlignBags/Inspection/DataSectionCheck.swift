// SPDX-License-Identifier: Apache-2.0

/// Checks a bag from its first byte to the end of the data section.
struct DataSectionCheck: ~Copyable {
    private(set) var findings = FindingList()
    private(set) var content = CheckedContent()
    /// Place behind the data section; `nil` if its end was not found.
    private(set) var end: UInt64?
    private let source: any ByteSource
    private var scanner: RecordScanner
    private var chunks: ChunkCheck
    private var order = TimeOrder()
    private var attachmentsWithoutChecksum = 0

    init(_ source: any ByteSource, _ configuration: ReaderConfiguration) {
        self.source = source
        scanner = RecordScanner(source, configuration, from: Magic.size)
        chunks = ChunkCheck(source, configuration)
    }

    mutating func run() throws(BagError) {
        do {
            try Magic.check(source)
        } catch {
            try findings.add(error, at: 0)
            return
        }
        var isFirst = true
        while end == nil, let frame = try nextFrame() {
            if isFirst != (frame.kind == .header) {
                findings.error(at: frame.offset, "the Header must be the first record, and only the first")
            }
            isFirst = false
            if frame.kind == .footer { break }
            try check(frame)
        }
        chunks.finish(&content, &findings)
        if end == nil {
            findings.error(at: scanner.position, "the data section has no end: the bag was not closed")
        }
        addSummaryNotes()
    }

    /// The next record; a record that does not fit into the file ends the check.
    private mutating func nextFrame() throws(BagError) -> RecordFrame? {
        do {
            return try scanner.next()
        } catch {
            try findings.add(error, at: scanner.position)
            return nil
        }
    }

    private mutating func check(_ frame: RecordFrame) throws(BagError) {
        do throws(BagError) {
            if frame.kind == .messageIndex {
                var fields = try scanner.fields(of: frame)
                let index = try MessageIndex(scanner.bytes, &fields)
                findings.addTrailing(fields, .messageIndex)
                chunks.check(index, frame, &findings)
                return
            }
            chunks.finish(&content, &findings)
            if frame.kind == .chunk {
                let header = try scanner.chunkHeader(of: frame)
                try chunks.check(header, frame, &content, &order, &findings)
            } else {
                try checkOther(frame)
            }
        } catch {
            try findings.add(error, at: frame.offset)
        }
    }

    private mutating func checkOther(_ frame: RecordFrame) throws(BagError) {
        guard let kind = frame.kind else {
            findings.addUnknown(frame.opcode, at: frame.offset)
            return
        }
        if kind == .attachment {
            try checkAttachment(frame)
            return
        }
        var fields = try scanner.fields(of: frame)
        let bytes = scanner.bytes
        let length = frame.end - frame.offset
        switch kind {
        case .header: _ = try BagHeader(bytes, &fields)
        case .schema, .channel: try content.table.declare(kind, bytes, &fields)
        case .message:
            let header = try MessageHeader(bytes, &fields)
            _ = try content.table.channel(of: header, at: frame.offset)
            content.statistics.count(header)
            order.add(header.logTime, at: frame.offset)
            content.firstLooseMessage = content.firstLooseMessage ?? frame.offset
            return
        case .metadata:
            let metadata = try Metadata(bytes, &fields)
            content.statistics.metadataCount += 1
            content.metadata.append(
                MetadataIndex(offset: frame.offset, length: length, name: metadata.name))
        case .dataEnd:
            try check(DataEnd(bytes, &fields), frame)
        default:
            findings.error(at: frame.offset, "\(kind.name) does not belong into the data section")
            return
        }
        findings.addTrailing(fields, kind)
    }

    /// Compares an attachment's checksum without holding its data in memory.
    private mutating func checkAttachment(_ frame: RecordFrame) throws(BagError) {
        content.statistics.attachmentCount += 1
        let index = try scanner.attachmentIndex(of: frame)
        content.attachments.append(index)
        let names = UInt64(index.name.utf8.count + index.mediaType.utf8.count)
        let covered = frame.content.lowerBound..<frame.content.lowerBound + 32 + names + index.dataSize
        var bytes: [UInt8] = []
        try source.read(4, at: covered.upperBound, into: &bytes)
        let stored: UInt32 = bytes.integer(at: 0)
        if stored == 0 {
            attachmentsWithoutChecksum += 1
        } else {
            let computed = try source.checksum(of: covered)
            guard computed == stored else {
                throw .checksum(of: "attachment", offset: frame.offset, stored: stored, computed: computed)
            }
        }
        let trailing = frame.end - covered.upperBound - 4
        guard trailing > 0 else { return }
        findings.add(.note, at: frame.offset, "Attachment has \(trailing) bytes behind its known fields")
    }

    private mutating func check(_ dataEnd: DataEnd, _ frame: RecordFrame) throws(BagError) {
        end = frame.end
        let stored = dataEnd.dataSectionCRC
        guard stored != 0 else {
            findings.add(.note, at: frame.offset, "the data section carries no checksum")
            return
        }
        let computed = try source.checksum(of: 0..<frame.offset)
        if computed == stored { return }
        throw .checksum(of: "data section", offset: frame.offset, stored: stored, computed: computed)
    }

    private mutating func addSummaryNotes() {
        content.statistics.schemaCount = UInt16(clamping: content.table.schemas.count)
        content.statistics.channelCount = UInt32(clamping: content.table.channels.count)
        if attachmentsWithoutChecksum > 0 {
            findings.add(.note, at: 0, "\(attachmentsWithoutChecksum) attachments carry no checksum")
        }
        if chunks.withoutChecksum > 0 {
            findings.add(.note, at: 0, "\(chunks.withoutChecksum) chunks carry no checksum")
        }
        if let first = order.firstStepBack {
            findings.add(.warning, at: first, "log times step back \(order.stepsBack) times, first here")
        }
    }
}

/// Whether log times grow in the order in which messages were written.
struct TimeOrder {
    private var latest: UInt64 = 0
    private(set) var stepsBack = 0
    private(set) var firstStepBack: UInt64?

    mutating func add(_ time: UInt64, at offset: UInt64) {
        if time < latest {
            stepsBack += 1
            firstStepBack = firstStepBack ?? offset
        }
        latest = max(latest, time)
    }
}
