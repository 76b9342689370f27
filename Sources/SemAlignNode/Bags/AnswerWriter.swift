// SPDX-License-Identifier: Apache-2.0
internal import SemAlignBags

/// Writes answers to a bag; the same answers give the same bytes.
struct AnswerWriter: ~Copyable {
    private let path: String
    private var bag: TopicBagWriter

    /// Makes the file at `path`, which must not exist.
    init(path: String) throws(NodeError) {
        self.path = path
        do { bag = TopicBagWriter(try BagWriter.create(path)) } catch { throw NodeError(error, path: path) }
    }

    /// Appends the answers to the frame of `stamp` [ns].
    mutating func write(_ messages: [OutgoingMessage], stamp: UInt64) throws(NodeError) {
        do {
            for message in messages {
                try bag.write(
                    RecordedMessage(
                        topic: message.topic, schema: message.schema, payload: message.payload,
                        logTime: stamp))
            }
        } catch {
            throw NodeError(error, path: path)
        }
    }

    /// Completes the file.
    consuming func close() throws(NodeError) {
        let path = path
        do { try bag.close() } catch { throw NodeError(error, path: path) }
    }
}
