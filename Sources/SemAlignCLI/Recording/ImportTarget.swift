// SPDX-License-Identifier: Apache-2.0

import SemAlignBags
import SemAlignImport
import SemAlignNode

/// The bag that an import writes; a class since what reads the recording calls it back.
final class ImportTarget {
    private var bag: TopicBagWriter?
    private let path: String
    private let remap: [String: String]
    private let start: UInt64
    private let end: UInt64?
    private var first: UInt64?

    /// Creates the file; `start` and `end` are seconds from the first message on.
    init(
        _ path: String, _ configuration: WriterConfiguration, _ remap: [String: String], start: Double,
        end: Double?
    ) throws(CommandFailure) {
        self.path = path
        self.remap = remap
        self.start = UInt64(start * 1e9)
        self.end = end.map { UInt64($0 * 1e9) }
        do { bag = TopicBagWriter(try BagWriter.create(path, configuration: configuration)) } catch {
            throw CommandFailure(error, path: path)
        }
    }

    /// Appends a message unless it is cut away.
    func write(_ message: ImportedMessage) throws {
        let origin = first ?? message.logTime
        first = origin
        let time = message.logTime > origin ? message.logTime - origin : 0
        guard time >= start, end.map({ time < $0 }) ?? true else { return }
        do {
            try bag?.write(
                RecordedMessage(
                    topic: remap[message.topic] ?? message.topic, schema: message.schema,
                    payload: message.payload, logTime: message.logTime, publishTime: message.publishTime))
        } catch {
            throw CommandFailure(error, path: path)
        }
    }

    /// Completes the file and returns the number of messages.
    func close() throws(CommandFailure) -> UInt64 {
        do {
            return try bag.take()?.close().messageCount ?? 0
        } catch {
            throw CommandFailure(error, path: path)
        }
    }
}
