// SPDX-License-Identifier: Apache-2.0
internal import SemAlignBags
internal import SemAlignMessages

/// Writes answers to a bag; the same answers give the same bytes.
struct AnswerWriter: ~Copyable {
    private let path: String
    private var writer: BagWriter
    private var channels: [String: (id: UInt16, count: UInt32)] = [:]

    /// Makes the file at `path`, which must not exist.
    init(path: String) throws(NodeError) {
        self.path = path
        do { writer = try BagWriter.create(path) } catch { throw NodeError(error, path: path) }
    }

    /// Appends the answers to the frame of `stamp` [ns].
    mutating func write(_ messages: [OutgoingMessage], stamp: UInt64) throws(NodeError) {
        do {
            for message in messages {
                let channel = try channel(for: message)
                try writer.write(
                    channel: channel.id, sequence: channel.count, logTime: stamp, payload: message.payload)
                channels[message.topic]?.count = channel.count &+ 1
            }
        } catch {
            throw NodeError(error, path: path)
        }
    }

    /// Completes the file.
    consuming func close() throws(NodeError) {
        let path = path
        do { _ = try writer.close() } catch { throw NodeError(error, path: path) }
    }

    private mutating func channel(
        for message: OutgoingMessage
    ) throws(BagError) -> (id: UInt16, count: UInt32) {
        if let known = channels[message.topic] { return known }
        var schema: UInt16 = 0
        if let descriptor = SchemaDescriptor.named(message.schema) {
            schema = try writer.addSchema(
                name: descriptor.name, encoding: descriptor.encoding, data: descriptor.data)
        }
        let id = try writer.addChannel(topic: message.topic, schema: schema, encoding: "protobuf")
        channels[message.topic] = (id, 0)
        return (id, 0)
    }
}
