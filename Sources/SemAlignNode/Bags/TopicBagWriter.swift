// SPDX-License-Identifier: Apache-2.0
public import SemAlignBags
internal import SemAlignMessages

/// A message on its way into a bag.
public struct RecordedMessage: Hashable, Sendable {
    /// Topic, such as `/camera/color/image`.
    public let topic: String
    /// Full name of the schema.
    public let schema: String
    /// The message as it stands on the wire.
    public let payload: [UInt8]
    /// Number on its topic; `nil` = the number of its topic's messages before it in the bag.
    public let sequence: UInt32?
    /// When it was recorded [ns since the Unix epoch].
    public let logTime: UInt64
    /// When it was sent [ns since the Unix epoch]; `nil` = when it was recorded.
    public let publishTime: UInt64?

    /// Joins the parts of a message.
    public init(
        topic: String, schema: String, payload: [UInt8], sequence: UInt32? = nil, logTime: UInt64,
        publishTime: UInt64? = nil
    ) {
        self.topic = topic
        self.schema = schema
        self.payload = payload
        self.sequence = sequence
        self.logTime = logTime
        self.publishTime = publishTime
    }

    /// Memory that it takes [bytes], roughly.
    var weight: Int { payload.count + 256 }

    /// Topic and schema: what a channel of a bag stands for.
    var channelName: ChannelName { ChannelName(topic: topic, schema: schema) }

    /// The same message, recorded at another time.
    func logged(at time: UInt64) -> RecordedMessage {
        RecordedMessage(
            topic: topic, schema: schema, payload: payload, sequence: sequence, logTime: time,
            publishTime: publishTime)
    }
}

/// What tells channels of a bag apart: a topic may carry messages of several schemas.
struct ChannelName: Hashable, Sendable {
    let topic: String
    let schema: String
}

/// A bag under construction that declares topics and schemas when they first occur.
///
/// The same messages give the same bytes. Schemas that this build knows are embedded; others keep their name.
public struct TopicBagWriter: ~Copyable, Sendable {
    private var writer: BagWriter
    private var channels: [ChannelName: (id: UInt16, count: UInt32)] = [:]
    private var schemas: [String: UInt16] = ["": 0]

    /// Takes over a writer that has no channels yet.
    public init(_ writer: consuming BagWriter) { self.writer = writer }

    /// Appends a message.
    public mutating func write(_ message: RecordedMessage) throws(BagError) {
        let name = message.channelName
        let channel = try channel(for: name)
        try writer.write(
            channel: channel.id, sequence: message.sequence ?? channel.count, logTime: message.logTime,
            publishTime: message.publishTime, payload: message.payload)
        channels[name] = (channel.id, channel.count &+ 1)
    }

    /// Appends a metadata record.
    public mutating func write(_ metadata: Metadata) throws(BagError) { try writer.write(metadata) }

    /// Hands what was written to the file, so that it outlives this process.
    public mutating func flush() throws(BagError) { try writer.flush() }

    /// Completes the file and returns its counts.
    @discardableResult
    public consuming func close() throws(BagError) -> BagStatistics { try writer.close() }

    /// Messages written so far, and those of them that the file has.
    var messageCounts: (written: UInt64, flushed: UInt64) {
        (writer.statistics.messageCount, writer.flushedMessages)
    }

    /// Size of the file once the open chunk was flushed, at most [bytes].
    var size: UInt64 { writer.position + writer.openSize }

    /// Bytes that the file has.
    var position: UInt64 { writer.position }

    /// What closing the file will add, rather too much [bytes].
    var closingSize: UInt64 { writer.closingSize }

    /// Channels declared so far.
    var channelCount: Int { channels.count }

    /// True where a message like this would need a channel of its own.
    func needsChannel(for name: ChannelName) -> Bool { channels[name] == nil }

    private mutating func channel(for name: ChannelName) throws(BagError) -> (id: UInt16, count: UInt32) {
        if let known = channels[name] { return known }
        let id = try writer.addChannel(
            topic: name.topic, schema: try schema(named: name.schema), encoding: "protobuf")
        channels[name] = (id, 0)
        return (id, 0)
    }

    private mutating func schema(named name: String) throws(BagError) -> UInt16 {
        if let known = schemas[name] { return known }
        let descriptor = SchemaDescriptor.named(name)
        let id = try writer.addSchema(
            name: name, encoding: descriptor?.encoding ?? "", data: descriptor?.data ?? [])
        schemas[name] = id
        return id
    }
}
