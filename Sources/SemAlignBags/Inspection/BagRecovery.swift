// SPDX-License-Identifier: Apache-2.0

/// Rewrites a damaged or truncated bag into a sound one.
///
/// What carries a checksum is taken only if it fits; damaged chunks and records are left out, and the next
/// whole record is found by the summary where it survived, else by its form. Channels and schemas keep
/// their order, not their numbers.
public struct BagRecovery: ~Copyable {
    /// What was recovered and what was lost.
    public struct Report: Hashable, Sendable {
        /// Messages in the new bag.
        public fileprivate(set) var messages: UInt64 = 0
        /// Of these, messages from a chunk that is cut off, whose checksum cannot be compared.
        public fileprivate(set) var unverifiedMessages: UInt64 = 0
        /// Messages that are known to be lost; the true number is not known if the old summary is gone.
        public fileprivate(set) var lostMessages: UInt64 = 0
        /// Whether `lostMessages` is the true number, from the old bag's statistics.
        public fileprivate(set) var isLossExact = false
        /// Chunks that were read as a whole.
        public fileprivate(set) var chunks = 0
        /// Chunks of which all or a part is lost.
        public fileprivate(set) var lostChunks = 0
        /// Attachments in the new bag.
        public fileprivate(set) var attachments = 0
        /// Metadata records in the new bag.
        public fileprivate(set) var metadata = 0
        /// Bytes of the old bag that were passed over in search of the next whole record.
        public fileprivate(set) var skippedBytes: UInt64 = 0
        /// What was damaged, in the order of the file; at most ``BagCheck/largestCount`` entries.
        public fileprivate(set) var damage: [BagError] = []

        /// Whether nothing was wrong with the old bag's data.
        public var isComplete: Bool { damage.isEmpty && lostMessages == 0 && lostChunks == 0 }
    }

    private let source: any ByteSource
    private let search: RecordSearch
    private let oldStatistics: BagStatistics?
    private var scanner: RecordScanner
    private var loader: ChunkLoader
    private var records: [UInt8] = []
    private var table = ChannelTable()
    private var channelNumbers: [UInt16: UInt16] = [:]
    private var schemaNumbers: [UInt16: UInt16] = [:]
    private var writer: BagWriter
    private var report: Report
    private var isAfterLostChunk = false

    /// Writes what can be read of `source` to `sink`; throws only if the system refuses to read or write.
    public static func recover(
        _ source: any ByteSource, to sink: any ByteSink,
        configuration: WriterConfiguration = WriterConfiguration(), limits: BagLimits = BagLimits()
    ) throws(BagError) -> Report {
        let reading = ReaderConfiguration(checksChecksums: true, limits: limits)
        var configuration = configuration
        var summary: BagSummary?
        var report = Report()
        do throws(BagError) {
            summary = try BagSummary.read(source, reading)
            configuration.profile = try BagReader(source, configuration: reading).header.profile
        } catch {
            report.note(error)
        }
        let writer = try BagWriter(sink, configuration: configuration)
        var recovery = BagRecovery(source, reading, summary, writer, report)
        if let summary { try recovery.declareAll(summary) }
        try recovery.run()
        return try recovery.finish()
    }

    private init(
        _ source: any ByteSource, _ reading: ReaderConfiguration, _ summary: BagSummary?,
        _ writer: consuming BagWriter, _ report: Report
    ) {
        self.source = source
        self.writer = writer
        self.report = report
        search = RecordSearch(source, reading, summary)
        oldStatistics = summary?.statistics
        scanner = RecordScanner(source, reading, from: min(Magic.size, source.size))
        loader = ChunkLoader(source, reading)
    }

    private mutating func declareAll(_ summary: BagSummary) throws(BagError) {
        for schema in summary.schemas.values.sorted(by: { $0.id < $1.id }) { try declare(schema, at: 0) }
        for channel in summary.channels.values.sorted(by: { $0.id < $1.id }) {
            do throws(BagError) {
                try declare(channel, at: 0)
            } catch .unknownSchema {
                continue  // The data may declare it.
            }
        }
    }

    private consuming func finish() throws(BagError) -> Report {
        report.messages = writer.statistics.messageCount
        if let oldStatistics {
            let old = oldStatistics.messageCount
            report.lostMessages = old > report.messages ? old - report.messages : 0
            report.isLossExact = true
        }
        let report = self.report
        _ = try writer.close()
        return report
    }
}

extension BagRecovery.Report {
    fileprivate mutating func note(_ error: BagError) {
        if damage.count < BagCheck.largestCount { damage.append(error) }
    }
}

extension BagRecovery {
    private mutating func run() throws(BagError) {
        while let frame = try nextFrame() {
            if frame.kind == .dataEnd || frame.kind == .footer {
                guard let place = search.indexedPlace(from: frame.end) else { return }
                skip(to: place, from: frame.offset)
                continue
            }
            do throws(BagError) {
                try copy(frame)
            } catch {
                try note(error)
                if frame.kind == .chunk {
                    (report.lostChunks, isAfterLostChunk) = (report.lostChunks + 1, true)
                }
                if try !search.isRecord(at: frame.end) { try resume(after: frame.offset) }
            }
        }
    }

    /// The next record that lies in the file as a whole; what does not is passed over or salvaged.
    private mutating func nextFrame() throws(BagError) -> RecordFrame? {
        while true {
            let place = scanner.position
            do throws(BagError) {
                guard let frame = try scanner.next() else { return nil }
                if frame.opcode != 0, frame.kind != nil || search.accepts(unknownRecord: frame) {
                    return frame
                }
                report.note(
                    .malformed(record: "Record", offset: place, detail: "opcode \(frame.opcode) is unknown"))
            } catch {
                try note(error)
                if try salvage(at: place) { return nil }
            }
            try resume(after: place)
        }
    }

    /// Goes to the next whole record behind `place`, or to the end of the file.
    private mutating func resume(after place: UInt64) throws(BagError) {
        skip(to: try search.place(after: place) ?? source.size, from: place)
    }

    private mutating func skip(to target: UInt64, from place: UInt64) {
        report.skippedBytes += target - place
        scanner.position = target
    }

    /// Notes what is wrong with the old bag; an error of the new one, or of the system, ends the recovery.
    private mutating func note(_ error: BagError) throws(BagError) {
        switch error {
        case .readFailed, .writeFailed, .writerStopped, .compression, .tooMany: throw error
        default: report.note(error)
        }
    }

    private mutating func copy(_ frame: RecordFrame) throws(BagError) {
        if frame.kind == .chunk {
            let header = try scanner.chunkHeader(of: frame)
            try loader.load(header, at: frame.offset, into: &records)
            isAfterLostChunk = false
            try copyRecords(at: frame.offset)
            report.chunks += 1
            return
        }
        var fields = try scanner.fields(of: frame)
        let bytes = scanner.bytes
        switch frame.kind {
        case .schema: try declare(Schema(bytes, &fields), at: frame.offset)
        case .channel: try declare(Channel(bytes, &fields), at: frame.offset)
        case .message: try copyMessage(bytes, &fields)
        case .messageIndex where isAfterLostChunk:
            report.lostMessages += UInt64(try MessageIndex(bytes, &fields).entries.count)
        case .attachment:
            try writer.write(Attachment.checked(bytes, &fields))
            report.attachments += 1
        case .metadata:
            try writer.write(Metadata(bytes, &fields))
            report.metadata += 1
        default: break
        }
    }

    /// Copies the records of the chunk that was loaded last; a message without a channel is left out.
    private mutating func copyRecords(at offset: UInt64) throws(BagError) {
        var walker = ChunkWalker(chunkOffset: offset)
        while let record = try walker.next(records) {
            var fields = walker.fields(of: record)
            do throws(BagError) {
                switch record.kind {
                case .schema: try declare(Schema(records, &fields), at: offset)
                case .channel: try declare(Channel(records, &fields), at: offset)
                case .message: try copyMessage(records, &fields)
                default: break
                }
            } catch {
                if record.kind == .message { report.lostMessages += 1 }
                try note(error)
            }
        }
    }

    private mutating func copyMessage(_ bytes: [UInt8], _ fields: inout FieldReader) throws(BagError) {
        let old = try MessageHeader(bytes, &fields)
        guard let channel = channelNumbers[old.channelID] else {
            throw .unknownChannel(id: old.channelID, offset: fields.recordOffset)
        }
        let message = MessageHeader(
            channelID: channel, sequence: old.sequence, logTime: old.logTime, publishTime: old.publishTime)
        let payload = try fields.skip(UInt64(fields.remaining))
        try unsafe writer.write(message, payload: bytes.span.bytes.extracting(payload))
    }

    /// Declares a schema in the new bag unless it has it.
    private mutating func declare(_ schema: Schema, at offset: UInt64) throws(BagError) {
        try table.declare(schema, at: offset)
        guard schemaNumbers[schema.id] == nil else { return }
        schemaNumbers[schema.id] = try writer.addSchema(
            name: schema.name, encoding: schema.encoding, data: schema.data)
    }

    /// Declares a channel in the new bag unless it has it.
    private mutating func declare(_ channel: Channel, at offset: UInt64) throws(BagError) {
        try table.declare(channel, at: offset)
        guard channelNumbers[channel.id] == nil else { return }
        channelNumbers[channel.id] = try writer.addChannel(
            topic: channel.topic, schema: schemaNumbers[channel.schemaID] ?? 0,
            encoding: channel.messageEncoding, metadata: channel.metadata)
    }

    /// Takes the whole messages of a chunk that the end of the file cuts off; `false` if it is none.
    private mutating func salvage(at place: UInt64) throws(BagError) -> Bool {
        guard let (frame, header) = try search.cutChunk(at: place) else { return false }
        report.lostChunks += 1
        let before = writer.statistics.messageCount
        do throws(BagError) {
            let available = source.size - header.recordsOffset
            try loader.salvage(header, at: frame.offset, available: available, into: &records)
            try copyRecords(at: frame.offset)
        } catch {
            try note(error)
        }
        report.unverifiedMessages += writer.statistics.messageCount - before
        return true
    }
}
