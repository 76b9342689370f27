// SPDX-License-Identifier: Apache-2.0

import SemAlignBags
import SemAlignMessages

/// A bag under construction that declares topics and schemas when they first occur.
struct TopicBag: ~Copyable {
    private var writer: BagWriter
    private var channels: [String: (id: UInt16, count: UInt32)] = [:]

    init(_ writer: consuming BagWriter) { self.writer = writer }

    /// Appends a message with `time` [ns] as its log and publish time.
    mutating func write(_ message: FrameMessages.Entry, at time: UInt64) throws(BagError) {
        let channel = try channel(of: message)
        try writer.write(
            channel: channel.id, sequence: channel.count, logTime: time, payload: message.payload)
        channels[message.topic] = (channel.id, channel.count &+ 1)
    }

    /// Completes the file and returns the number of messages.
    consuming func close() throws(BagError) -> UInt64 { try writer.close().messageCount }

    private mutating func channel(
        of message: FrameMessages.Entry
    ) throws(BagError) -> (id: UInt16, count: UInt32) {
        if let known = channels[message.topic] { return known }
        var schema: UInt16 = 0
        if let descriptor = SchemaDescriptor.named(message.schema) {
            schema = try writer.addSchema(
                name: descriptor.name, encoding: descriptor.encoding, data: descriptor.data)
        }
        return (try writer.addChannel(topic: message.topic, schema: schema, encoding: "protobuf"), 0)
    }
}
