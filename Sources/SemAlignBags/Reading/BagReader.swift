// SPDX-License-Identifier: Apache-2.0

/// An open bag: its header, its summary where it has one, and ways to its messages.
///
/// A value; copies share the open file, and each cursor that it makes can live in a thread of its own.
public struct BagReader: Sendable {
    /// The bytes of the bag.
    public let source: any ByteSource
    /// What is checked and what is bounded.
    public let configuration: ReaderConfiguration
    /// First record of the bag.
    public let header: BagHeader
    /// The summary; `nil` if the bag has none or it cannot be used, see ``summaryProblem``.
    public let summary: BagSummary?
    /// Why the end of the file or the summary cannot be used; `nil` if all is well.
    ///
    /// Such a bag can still be read: it was not closed, or its end is damaged.
    public let summaryProblem: BagError?

    /// Opens a bag file.
    public static func open(
        _ path: String, configuration: ReaderConfiguration = ReaderConfiguration()
    ) throws(BagError) -> BagReader {
        try BagReader(try FileSource(path: path), configuration: configuration)
    }

    /// Opens a bag; throws if it does not begin as one.
    public init(
        _ source: any ByteSource, configuration: ReaderConfiguration = ReaderConfiguration()
    ) throws(BagError) {
        self.source = source
        self.configuration = configuration
        try Magic.check(source)
        var scanner = RecordScanner(source, configuration, from: Magic.size)
        guard let first = try scanner.next(), first.kind == .header else {
            throw .malformed(record: "Header", offset: Magic.size, detail: "is missing at the file's start")
        }
        var fields = try scanner.fields(of: first)
        header = try BagHeader(scanner.bytes, &fields)
        do {
            summary = try BagSummary.read(source, configuration)
            summaryProblem = nil
        } catch {
            summary = nil
            summaryProblem = error
        }
    }

    /// All messages in the order in which they were written; works on every bag, also without its end.
    public func stream() -> StreamedMessages {
        StreamedMessages(source, configuration, expected: summary?.statistics?.messageCount)
    }

    /// The selected messages in order of their log time, equal times in the order written.
    ///
    /// Uses the chunk index; a bag without one is scanned first.
    public func messages(_ selection: MessageSelection = .all) throws(BagError) -> OrderedMessages {
        if let summary, let table = summary.usableTable {
            let blocks = summary.chunkIndexes.compactMap { MessageBlock($0, selection, table) }
            return OrderedMessages(self, blocks, table, selection, ending: .complete)
        }
        let scan = try BagScan(self)
        let blocks = scan.blocks.filter { selection.overlaps($0) }
        return OrderedMessages(self, blocks, scan.table, selection, ending: scan.ending)
    }

    /// Earliest log time [ns], from the summary where it has it, else by reading all of the bag; 0 where it is empty.
    public func startTime() throws(BagError) -> UInt64 {
        if let statistics = summary?.statistics { return statistics.messageStartTime }
        return try info(withTiming: false).statistics.messageStartTime
    }

    /// Latest log time [ns], from the summary where it has it, else by reading all of the bag; 0 where it is empty.
    public func endTime() throws(BagError) -> UInt64 {
        if let statistics = summary?.statistics { return statistics.messageEndTime }
        return try info(withTiming: false).statistics.messageEndTime
    }

    /// Reads the attachment at an entry of the summary, and checks it.
    public func attachment(_ index: AttachmentIndex) throws(BagError) -> Attachment {
        var (bytes, fields) = try record(.attachment, at: index.offset, length: index.length)
        return try Attachment.checked(bytes, &fields, configuration.checksChecksums)
    }

    /// Reads the metadata record at an entry of the summary.
    public func metadata(_ index: MetadataIndex) throws(BagError) -> Metadata {
        var (bytes, fields) = try record(.metadata, at: index.offset, length: index.length)
        return try Metadata(bytes, &fields)
    }

    private func record(
        _ kind: Opcode, at offset: UInt64, length: UInt64
    ) throws(BagError) -> ([UInt8], FieldReader) {
        var scanner = RecordScanner(source, configuration, from: offset)
        guard let frame = try scanner.next(), frame.kind == kind, frame.end - frame.offset == length else {
            throw .wrongIndex(offset: offset, detail: "no \(kind.name) of \(length) bytes stands there")
        }
        let fields = try scanner.fields(of: frame)
        return (scanner.bytes, fields)
    }
}

/// Which messages are wanted.
public struct MessageSelection: Hashable, Sendable {
    /// Names of the wanted topics; `nil` wants all.
    public var topics: Set<String>?
    /// What is wanted of them, by patterns.
    public var filter: TopicFilter
    /// Earliest wanted log time [ns].
    public var start: UInt64
    /// First log time that is not wanted any more [ns]; `nil` wants all.
    public var end: UInt64?

    /// Makes a selection; the end does not belong to it.
    public init(
        topics: Set<String>? = nil, filter: TopicFilter = .all, start: UInt64 = 0, end: UInt64? = nil
    ) {
        self.topics = topics
        self.filter = filter
        self.start = start
        self.end = end
    }

    /// Every message.
    public static let all = MessageSelection()

    /// Whether a message of that time is wanted.
    func contains(_ time: UInt64) -> Bool {
        guard time >= start else { return false }
        guard let end else { return true }
        return time < end
    }

    /// Whether some time of the block may be wanted.
    func overlaps(_ block: MessageBlock) -> Bool {
        guard block.endTime >= start else { return false }
        guard let end else { return true }
        return block.startTime < end
    }

    /// Numbers of the wanted channels.
    func channels(in table: ChannelTable) -> Set<UInt16> {
        Set(
            table.channels.values.filter {
                (topics?.contains($0.topic) ?? true) && filter.contains($0.topic)
            }.map(\.id))
    }
}

extension BagSummary {
    /// Schemas and channels, if the summary has all of them; else `nil`.
    var table: ChannelTable? {
        if let statistics, Int(statistics.channelCount) != channels.count { return nil }
        var table = ChannelTable()
        do throws(BagError) {
            for schema in schemas.values { try table.declare(schema, at: 0) }
            for channel in channels.values { try table.declare(channel, at: 0) }
        } catch {
            return nil
        }
        return table
    }

    /// Schemas and channels, if the summary alone leads to every message; else `nil`.
    var usableTable: ChannelTable? {
        guard !chunkIndexes.isEmpty, !channels.isEmpty else { return nil }
        if let statistics, Int(statistics.chunkCount) != chunkIndexes.count { return nil }
        return table
    }
}
