// SPDX-License-Identifier: Apache-2.0

/// The messages of a bag in the order in which they were written.
///
/// Needs neither index nor summary and holds one chunk in memory. A bag without its end is read up to
/// the last whole record; ``ending`` then says so. Where the bag has statistics, the last call throws if
/// other than the stated number of messages was read without any error before.
public struct StreamedMessages: ~Copyable, Sendable {
    private var stream: RecordStream
    private var table = ChannelTable()
    /// Where the data ended; `nil` before the last message was read.
    public private(set) var ending: BagEnding?
    private let size: UInt64
    private var missing: UInt64?

    /// How much of the file was read [bytes], for progress.
    public var position: UInt64 { stream.position }

    /// Makes the messages of a source; `expected` is how many there should be, if that is known.
    init(_ source: any ByteSource, _ configuration: ReaderConfiguration, expected: UInt64?) {
        stream = RecordStream(
            source, configuration, from: Magic.size, wanted: [.schema, .channel, .message, .dataEnd])
        size = source.size
        missing = expected
    }

    /// The next message, `nil` at the end of the readable part.
    ///
    /// Throws where a record is damaged; the next call goes on behind the record or its chunk.
    public mutating func next() throws(BagError) -> BagMessage? {
        guard var record = try advance() else { return nil }
        let bytes = stream.bytes(of: record)
        let header = try MessageHeader(bytes, &record.fields)
        let channel = try table.channel(of: header, at: record.offset)
        return BagMessage(channel: channel, header: header, payload: try record.fields.rest(bytes))
    }

    /// As ``next()``, but lends the payload instead of copying it.
    public mutating func withNext<Result>(
        _ body: (BagChannel, MessageHeader, RawSpan) -> Result
    ) throws(BagError) -> Result? {
        guard var record = try advance() else { return nil }
        let bytes = stream.bytes(of: record)
        let header = try MessageHeader(bytes, &record.fields)
        let channel = try table.channel(of: header, at: record.offset)
        let payload = try record.fields.skip(UInt64(record.fields.remaining))
        return unsafe body(channel, header, bytes.span.bytes.extracting(payload))
    }

    /// Goes to the next message record, noting schemas and channels on the way.
    private mutating func advance() throws(BagError) -> StreamedRecord? {
        let awaited = missing
        missing = nil  // Stays so if this call throws: then the number means nothing any more.
        while ending == nil {
            guard var record = try nextOrTruncation() else { break }
            switch record.kind {
            case .message:
                missing = awaited.map { $0 &- 1 }
                return record
            case .dataEnd:
                ending = .complete
                if let awaited, awaited != 0 {
                    let detail = "the Statistics' number of messages and that of the data differ"
                    throw .wrongIndex(offset: record.offset, detail: detail)
                }
            case .schema, .channel:
                try table.declare(record.kind, stream.bytes(of: record), &record.fields)
            // Zeros are what a crash leaves in a file whose length was set before its bytes.
            case nil where record.opcode == 0: ending = .truncated(at: record.offset)
            default: continue
            }
        }
        return nil
    }

    private mutating func nextOrTruncation() throws(BagError) -> StreamedRecord? {
        do {
            if let record = try stream.next() { return record }
            ending = .truncated(at: size)
        } catch .truncated(let offset, _, _) {
            ending = .truncated(at: offset)
        }
        return nil
    }
}
