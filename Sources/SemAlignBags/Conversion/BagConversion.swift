// SPDX-License-Identifier: Apache-2.0

/// Bags into another one: chosen topics under other names, cut, merged by log time, compressed anew.
///
/// Messages keep their bytes, numbers and times; channels that agree in everything become one. Attachments and
/// metadata are taken over.
public struct BagConversion: Hashable, Sendable {
    /// Which topics are taken; names are those of the inputs.
    public var topics = TopicFilter.all
    /// Topics that get another name.
    public var remap: [String: String] = [:]
    /// Time at the beginning that is left out, from the earliest message of all inputs on [ns].
    public var start: UInt64 = 0
    /// Time from which on everything is left out, counted like `start` [ns]; `nil` = nothing.
    public var end: UInt64?
    /// How the new bag is laid out; where all inputs have one profile it has it too.
    public var writer = WriterConfiguration()

    /// Takes everything as it is.
    public init() {}

    /// What a conversion did.
    public struct Report: Hashable, Sendable {
        /// What the new bag holds.
        public let statistics: BagStatistics
        /// What could not be read, input by input.
        public let damage: [[BagError]]
        /// Where each input's readable part ends.
        public let endings: [BagEnding]

        /// Whether everything could be read.
        public var isComplete: Bool {
            damage.allSatisfy(\.isEmpty) && endings.allSatisfy { $0 == .complete }
        }
    }

    /// Writes the messages of `inputs`, at least one, to `sink`; `progress` gets the share 0…1 that is done.
    public func run(
        _ inputs: [BagReader], to sink: any ByteSink, progress: (Double) -> Void = { _ in }
    ) throws(BagError) -> Report {
        var infos: [BagInfo] = []
        for input in inputs { infos.append(try input.info(withTiming: false)) }
        let range = selectedTimes(of: infos)
        var cursors: [BagCursor] = []
        for (index, input) in inputs.enumerated() {
            let selection = MessageSelection(filter: topics, start: range.start, end: range.end)
            cursors.append(try BagCursor(try input.messages(selection), index: index))
        }
        var configuration = writer
        let profiles = Set(inputs.map(\.header.profile))
        if let profile = profiles.first, profiles.count == 1 { configuration.profile = profile }
        var output = MergedBag(try BagWriter(sink, configuration: configuration), remap: remap)
        for (input, info) in zip(inputs, infos) { try output.writeExtras(of: input, info) }
        let duration = Double(max(1, range.last - min(range.start, range.last)))
        var count = 0
        while let cursor = Self.earliest(cursors), let message = cursor.next {
            try output.write(message, of: cursor.index)
            count += 1
            if count % 64 == 0 { progress(Double(message.logTime - range.start) / duration) }
            try cursor.advance()
        }
        return Report(
            statistics: try output.close(), damage: cursors.map(\.damage), endings: cursors.map(\.ending))
    }

    /// Log times that are wanted, and the latest that there is.
    private func selectedTimes(of infos: [BagInfo]) -> (start: UInt64, end: UInt64?, last: UInt64) {
        let filled = infos.map(\.statistics).filter { $0.messageCount > 0 }
        let first = filled.map(\.messageStartTime).min() ?? 0
        let last = filled.map(\.messageEndTime).max() ?? 0
        let (from, overflows) = first.addingReportingOverflow(start)
        let until = end.map { end -> UInt64 in
            let (sum, overflows) = first.addingReportingOverflow(end)
            return overflows ? .max : sum
        }
        return (overflows ? .max : from, until, min(last, until ?? .max))
    }

    private static func earliest(_ cursors: [BagCursor]) -> BagCursor? {
        var best: BagCursor?
        for cursor in cursors {
            guard let time = cursor.next?.logTime else { continue }
            if let known = best?.next?.logTime, known <= time { continue }
            best = cursor
        }
        return best
    }
}

/// A bag that takes messages of several others.
struct MergedBag: ~Copyable {
    /// What makes two channels the same.
    private struct ChannelKey: Hashable {
        let topic: String
        let schema: SchemaKey?
        let encoding: String
        let metadata: [String: String]
    }

    private struct SchemaKey: Hashable {
        let name: String
        let encoding: String
        let data: [UInt8]
    }

    private var writer: BagWriter
    private let remap: [String: String]
    private var channels: [ChannelKey: UInt16] = [:]
    private var schemas: [SchemaKey: UInt16] = [:]
    /// The new number of an input's channel, under input × 65536 + old number.
    private var numbers: [Int: UInt16] = [:]

    init(_ writer: consuming BagWriter, remap: [String: String]) {
        self.writer = writer
        self.remap = remap
    }

    /// Appends a message of an input.
    mutating func write(_ message: BagMessage, of input: Int) throws(BagError) {
        let place = input << 16 | Int(message.channel.id)
        let number: UInt16
        if let known = numbers[place] {
            number = known
        } else {
            number = try declare(message.channel)
            numbers[place] = number
        }
        let header = MessageHeader(
            channelID: number, sequence: message.sequence, logTime: message.logTime,
            publishTime: message.publishTime)
        try unsafe writer.write(header, payload: message.payload.span.bytes)
    }

    /// Appends the attachments and metadata of an input; one that cannot be read is left out.
    mutating func writeExtras(of input: BagReader, _ info: BagInfo) throws(BagError) {
        for index in info.metadata {
            if let metadata = try? input.metadata(index) { try writer.write(metadata) }
        }
        for index in info.attachments {
            if let attachment = try? input.attachment(index) { try writer.write(attachment) }
        }
    }

    consuming func close() throws(BagError) -> BagStatistics { try writer.close() }

    private mutating func declare(_ channel: BagChannel) throws(BagError) -> UInt16 {
        let schema = channel.schema.map { SchemaKey(name: $0.name, encoding: $0.encoding, data: $0.data) }
        let key = ChannelKey(
            topic: remap[channel.topic] ?? channel.topic, schema: schema,
            encoding: channel.channel.messageEncoding, metadata: channel.channel.metadata)
        if let known = channels[key] { return known }
        var number: UInt16 = 0
        if let schema {
            if let known = schemas[schema] {
                number = known
            } else {
                number = try writer.addSchema(
                    name: schema.name, encoding: schema.encoding, data: schema.data)
                schemas[schema] = number
            }
        }
        let id = try writer.addChannel(
            topic: key.topic, schema: number, encoding: key.encoding, metadata: key.metadata)
        channels[key] = id
        return id
    }
}
