// SPDX-License-Identifier: Apache-2.0

internal import SemAlignBags

/// The messages of a bag of ROS 2, file after file, as messages of ours.
struct ROS2Messages: ~Copyable {
    /// The file that is being read.
    private enum Source: ~Copyable {
        case sqlite(SQLiteBag)
        case mcap(OrderedMessages, path: String)
    }

    private let topics: TopicFilter
    private var files: ArraySlice<String>
    private var source: Source?
    /// The open file where it had to be decompressed.
    private var expanded: ExpandedFile?
    private var damages = 0

    init(_ bag: ROS2Bag, _ topics: TopicFilter) {
        self.topics = topics
        files = bag.files[...]
    }

    /// The next message that can be taken over; `nil` after the last.
    ///
    /// What cannot be is noted in the report. Throws where a file cannot be read.
    mutating func next(_ report: inout ImportReport) throws(ImportError) -> ImportedMessage? {
        while true {
            guard let stored = try nextStored(&report) else {
                guard let file = files.popFirst() else { return nil }
                try open(file)
                continue
            }
            guard topics.contains(stored.topic) else { continue }
            if let message = stored.imported(&report) { return message }
        }
    }

    private mutating func open(_ file: String) throws(ImportError) {
        expanded = nil
        var (path, kind) = (file, file)
        if file.hasSuffix(ROS2Bag.compressedSuffix) {
            let copy = try ExpandedFile(file)
            (path, kind) = (copy.path, String(file.dropLast(ROS2Bag.compressedSuffix.count)))
            expanded = copy
        }
        if kind.hasSuffix(".db3") {
            source = .sqlite(try SQLiteBag(path: path))
        } else {
            do throws(BagError) {
                source = .mcap(
                    try BagReader.open(path).messages(MessageSelection(filter: topics)), path: file)
            } catch {
                throw ImportError(error, path: file)
            }
        }
    }

    /// The next message of the open file; `nil` at its end.
    private mutating func nextStored(_ report: inout ImportReport) throws(ImportError) -> StoredMessage? {
        switch source.take() {
        case .none: return nil
        case .sqlite(var bag):
            guard let row = try bag.next() else { return nil }
            source = .sqlite(bag)
            return StoredMessage(
                topic: row.topic, type: row.type, encoding: row.serialization, data: row.data,
                logTime: row.timestamp, publishTime: row.timestamp)
        case .mcap(var messages, let path):
            guard let message = try next(of: &messages, path, &report) else { return nil }
            source = .mcap(messages, path: path)
            return StoredMessage(
                topic: message.topic, type: message.schemaName,
                encoding: message.channel.channel.messageEncoding, data: message.payload,
                logTime: message.logTime, publishTime: message.publishTime)
        }
    }

    private mutating func next(
        of messages: inout OrderedMessages, _ path: String, _ report: inout ImportReport
    ) throws(ImportError) -> BagMessage? {
        while true {
            do throws(BagError) { return try messages.next() } catch {
                damages += 1
                guard damages < 1000 else { throw ImportError(error, path: path) }
                report.notes.append("'\(path)': \(error)")
            }
        }
    }
}

/// A message as ROS 2 stores it.
private struct StoredMessage {
    let topic: String
    let type: String
    let encoding: String
    let data: [UInt8]
    let logTime: UInt64
    let publishTime: UInt64

    /// Largest message that was compressed by itself [bytes].
    private static let sizeLimit = 1 << 28

    /// The message as one of ours; `nil`, and noted, where it cannot be.
    func imported(_ report: inout ImportReport) -> ImportedMessage? {
        do throws(ImportError) {
            guard encoding == "cdr" else {
                throw .value(field: "encoding", found: "'\(encoding)'", expected: "'cdr'")
            }
            // No CDR message begins so: its first byte is zero.
            let isCompressed = data.starts(with: ZstandardStream.magic)
            let plain = isCompressed ? try ZstandardStream.message(data, limit: Self.sizeLimit) : data
            let (schema, payload) = try ROSConversion.convert(type: type, plain)
            report.messages += 1
            return ImportedMessage(
                topic: topic, schema: schema, payload: payload, logTime: logTime, publishTime: publishTime)
        } catch {
            report.leaveOut(topic, error)
            return nil
        }
    }
}

extension ImportError {
    /// Why a bag cannot be read.
    init(_ error: BagError, path: String) {
        switch error {
        case .cannotOpen(_, let reason), .readFailed(_, let reason):
            self = .unreadable(path: path, reason: reason)
        default: self = .unusable(path: path, reason: error.description)
        }
    }
}
