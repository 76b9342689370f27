// SPDX-License-Identifier: Apache-2.0

internal import CRC

/// Writes a bag to a sink; equal calls give equal bytes.
///
/// A bag that is dropped without ``close()`` lacks its end: it stays readable up to the last chunk
/// that was flushed. After an error the writer refuses everything more.
public struct BagWriter: ~Copyable, Sendable {
    private let sink: any ByteSink
    private let configuration: WriterConfiguration
    private var codecs = Codecs()
    private var chunk = ChunkBuilder()
    private var scratch = RecordEncoder()
    private var summary = SummaryBuilder()
    private var writtenSchemas: Set<UInt16> = []
    private var writtenChannels: Set<UInt16> = []
    private var crc = CRC32()
    private var hasFailed = false
    /// Bytes handed to the sink so far.
    public private(set) var position: UInt64 = 0
    /// Messages that the sink has, those of the open chunk not among them.
    public private(set) var flushedMessages: UInt64 = 0

    /// Creates a file; refuses an existing one unless `replacing`.
    public static func create(
        _ path: String, configuration: WriterConfiguration = WriterConfiguration(), replacing: Bool = false
    ) throws(BagError) -> BagWriter {
        try BagWriter(try FileSink(path: path, replacing: replacing), configuration: configuration)
    }

    /// Begins a bag in `sink`.
    public init(
        _ sink: any ByteSink, configuration: WriterConfiguration = WriterConfiguration()
    ) throws(BagError) {
        self.sink = sink
        self.configuration = configuration
        try emit(Magic.bytes)
        scratch.append(BagHeader(profile: configuration.profile, library: configuration.library))
        try emitScratch()
    }

    /// Messages written so far, those of the open chunk included.
    public var statistics: BagStatistics { summary.statistics }

    /// Size of the open chunk, before compression [bytes].
    public var openSize: UInt64 { UInt64(chunk.encoder.bytes.count) }

    /// What closing the bag will add, rather too much: the open chunk and its index, and the summary [bytes].
    public var closingSize: UInt64 {
        openSize + 16 * (summary.statistics.messageCount - flushedMessages) + summary.sizeEstimate
    }

    /// Declares a message type and returns its number.
    public mutating func addSchema(
        name: String, encoding: String, data: [UInt8]
    ) throws(BagError) -> UInt16 {
        try summary.addSchema { id in Schema(id: id, name: name, encoding: encoding, data: data) }
    }

    /// Declares a topic and returns its channel number; `schema` is 0 for messages without one.
    public mutating func addChannel(
        topic: String, schema: UInt16, encoding: String, metadata: [String: String] = [:]
    ) throws(BagError) -> UInt16 {
        guard schema == 0 || summary.schema(schema) != nil else {
            throw .unknownSchema(id: schema, offset: position)
        }
        return try summary.addChannel { id in
            Channel(id: id, schemaID: schema, topic: topic, messageEncoding: encoding, metadata: metadata)
        }
    }

    /// Appends a message; times in nanoseconds since the Unix epoch.
    public mutating func write(
        channel: UInt16, sequence: UInt32 = 0, logTime: UInt64, publishTime: UInt64? = nil, payload: [UInt8]
    ) throws(BagError) {
        let message = MessageHeader(
            channelID: channel, sequence: sequence, logTime: logTime, publishTime: publishTime ?? logTime)
        try unsafe write(message, payload: payload.span.bytes)
    }

    /// Appends a message whose payload is only lent.
    public mutating func write(_ message: MessageHeader, payload: RawSpan) throws(BagError) {
        guard !hasFailed else { throw .writerStopped }
        guard let channel = summary.channel(message.channelID) else {
            throw .unknownChannel(id: message.channelID, offset: position)
        }
        try declare(channel)
        summary.statistics.count(message)
        if let chunkSize = configuration.chunkSize {
            chunk.append(message, payload: payload)
            if chunk.encoder.bytes.count >= chunkSize { try flush() }
        } else {
            scratch.append(message, payload: payload)
            try emitScratch()
            flushedMessages += 1
        }
    }

    /// Appends an attachment, before the chunk that is being filled.
    public mutating func write(_ attachment: Attachment) throws(BagError) {
        let start = position
        scratch.append(attachment, withChecksum: configuration.checksAttachments)
        try emitScratch()
        summary.add(attachment, at: start, length: position - start)
    }

    /// Appends a metadata record, before the chunk that is being filled.
    public mutating func write(_ metadata: Metadata) throws(BagError) {
        let start = position
        scratch.append(metadata)
        try emitScratch()
        summary.add(metadata, at: start, length: position - start)
    }

    /// Closes the chunk that is being filled, so that its messages survive a crash of this process.
    public mutating func flush() throws(BagError) {
        guard !chunk.isEmpty else { return }
        guard !hasFailed else { throw .writerStopped }
        let start = position
        var stored = Compression.none
        var compressed: [UInt8] = []
        if configuration.compression != .none {
            compressed = try codecs.compress(
                chunk.encoder.bytes, with: configuration.compression, level: configuration.level)
            if compressed.count < chunk.encoder.bytes.count { stored = configuration.compression }
        }
        if stored == .none { compressed = chunk.encoder.bytes }
        let crc = configuration.checksChunks ? CRC32.checksum(chunk.encoder.bytes) : 0
        let header = ChunkHeader(
            messageStartTime: chunk.startTime, messageEndTime: chunk.endTime,
            uncompressedSize: UInt64(chunk.encoder.bytes.count), uncompressedCRC: crc,
            compression: stored.rawValue, compressedSize: UInt64(compressed.count), recordsOffset: 0)
        scratch.append(header)
        try emitScratch()
        try emit(compressed, checksum: stored == .none && configuration.checksChunks ? crc : nil)
        let end = position
        let offsets = try emitMessageIndexes()
        summary.add(header, at: start, end: end, indexOffsets: offsets, indexLength: position - end)
        chunk.reset()
        flushedMessages = summary.statistics.messageCount
    }

    /// Writes what is left, the summary and the footer, and returns the counts.
    public consuming func close() throws(BagError) -> BagStatistics {
        for channel in summary.channels { try declare(channel, unlessWritten: true) }
        for schema in summary.schemas where !writtenSchemas.contains(schema.id) { try declare(schema) }
        try flush()
        scratch.append(DataEnd(dataSectionCRC: configuration.checksData ? crc.value : 0))
        try emitScratch()
        try emit(
            summary.encode(
                configuration.summary, at: position, withChecksum: configuration.checksSummary))
        try emit(Magic.bytes)
        try sink.finish()
        return summary.statistics
    }
}

extension BagWriter {
    /// Writes a channel and its schema unless the file, or with repetition the open chunk, has them.
    private mutating func declare(_ channel: Channel, unlessWritten: Bool = false) throws(BagError) {
        let isKnown = writtenChannels.contains(channel.id)
        if isKnown && (unlessWritten || !repeats || chunk.channels.contains(channel.id)) { return }
        if let schema = summary.schema(channel.schemaID),
            !writtenSchemas.contains(schema.id) || repeats && !chunk.schemas.contains(schema.id)
        {
            try declare(schema)
        }
        try append { $0.append(channel) }
        writtenChannels.insert(channel.id)
        chunk.channels.insert(channel.id)
    }

    private mutating func declare(_ schema: Schema) throws(BagError) {
        try append { $0.append(schema) }
        writtenSchemas.insert(schema.id)
        chunk.schemas.insert(schema.id)
    }

    private var repeats: Bool { configuration.chunkSize != nil && configuration.repeatsDefinitions }

    /// Appends a record to the open chunk, or to the file where there are no chunks.
    private mutating func append(_ body: (inout RecordEncoder) -> Void) throws(BagError) {
        if configuration.chunkSize != nil {
            body(&chunk.encoder)
        } else {
            body(&scratch)
            try emitScratch()
        }
    }

    private mutating func emitMessageIndexes() throws(BagError) -> [UInt16: UInt64] {
        var offsets: [UInt16: UInt64] = [:]
        guard configuration.indexesMessages else { return offsets }
        for (channel, entries) in chunk.entries.sorted(by: { $0.key < $1.key }) {
            offsets[channel] = position
            scratch.append(MessageIndex(channelID: channel, entries: entries))
            try emitScratch()
        }
        return offsets
    }

    private mutating func emitScratch() throws(BagError) {
        try emit(scratch.bytes)
        scratch.removeAll()
    }

    /// Hands bytes to the sink; their checksum is computed unless it is given.
    private mutating func emit(_ bytes: [UInt8], checksum: UInt32? = nil) throws(BagError) {
        guard !hasFailed else { throw .writerStopped }
        do {
            try unsafe sink.write(bytes.span.bytes)
        } catch {
            hasFailed = true
            throw error
        }
        position += UInt64(bytes.count)
        guard configuration.checksData else { return }
        if let checksum {
            crc.append(checksum, count: UInt64(bytes.count))
        } else {
            unsafe crc.update(bytes.span.bytes)
        }
    }
}
