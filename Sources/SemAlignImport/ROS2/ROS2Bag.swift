// SPDX-License-Identifier: Apache-2.0

internal import Foundation
public import SemAlignBags

/// A bag of ROS 2: an MCAP file of the profile `ros2`, a `.db3` file, or a folder of either.
public struct ROS2Bag: Hashable, Sendable {
    /// The bag's files in the order of their names, numbers by their value.
    public let files: [String]

    /// Finds the files of the bag at `path`.
    public init(path: String) throws(ImportError) {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .unreadable(path: path, reason: "no such file or folder")
        }
        guard isFolder.boolValue else {
            files = [path]
            return
        }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
        let compressed = names.first { $0.hasSuffix(".zstd") }
        if let compressed {
            throw .unusable(
                path: "\(path)/\(compressed)", reason: "compressed as a whole; run zstd -d on it first")
        }
        let found = names.filter { $0.hasSuffix(".db3") || $0.hasSuffix(".mcap") }
        guard !found.isEmpty else { throw .unusable(path: path, reason: "no .db3 or .mcap file in it") }
        // bag_9 stands before bag_10.
        files = found.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }.map { "\(path)/\($0)" }
    }

    /// True where `path` looks like a bag of ROS 2.
    public static func isOne(_ path: String) -> Bool {
        if path.hasSuffix(".db3") { return true }
        if let reader = try? BagReader.open(path) { return reader.header.profile == "ros2" }
        return FileManager.default.fileExists(atPath: path + "/metadata.yaml")
    }

    /// Hands every message that can be taken over to `body`, in the order of each file's log times.
    ///
    /// What cannot be taken over is counted in the report, by topic and reason. Throws where a file cannot be
    /// read, or what `body` throws.
    public func read(
        _ topics: TopicFilter = .all, _ body: (ImportedMessage) throws -> Void
    ) throws -> ImportReport {
        var report = ImportReport()
        for file in files {
            if file.hasSuffix(".db3") {
                var bag = try SQLiteBag(path: file)
                while let row = try bag.next() {
                    guard topics.contains(row.topic) else { continue }
                    let message = Stored(
                        topic: row.topic, type: row.type, encoding: row.serialization, data: row.data,
                        logTime: row.timestamp, publishTime: row.timestamp)
                    if let imported = message.imported(&report) { try body(imported) }
                }
            } else {
                try read(file, topics, &report, body)
            }
        }
        return report
    }

    private func read(
        _ file: String, _ topics: TopicFilter, _ report: inout ImportReport,
        _ body: (ImportedMessage) throws -> Void
    ) throws {
        var messages: OrderedMessages
        do { messages = try BagReader.open(file).messages(MessageSelection(filter: topics)) } catch {
            throw ImportError(error, path: file)
        }
        var damages = 0
        while true {
            let message: BagMessage?
            do { message = try messages.next() } catch {
                damages += 1
                guard damages < 1000 else { throw ImportError(error, path: file) }
                report.notes.append("'\(file)': \(error)")
                continue
            }
            guard let message else { return }
            let stored = Stored(
                topic: message.topic, type: message.schemaName,
                encoding: message.channel.channel.messageEncoding, data: message.payload,
                logTime: message.logTime, publishTime: message.publishTime)
            if let imported = stored.imported(&report) { try body(imported) }
        }
    }

    /// A message as ROS 2 stores it.
    private struct Stored {
        let topic: String
        let type: String
        let encoding: String
        let data: [UInt8]
        let logTime: UInt64
        let publishTime: UInt64

        /// The message as one of ours; `nil`, and noted, where it cannot be.
        func imported(_ report: inout ImportReport) -> ImportedMessage? {
            do throws(ImportError) {
                guard encoding == "cdr" else {
                    throw .value(field: "encoding", found: "'\(encoding)'", expected: "'cdr'")
                }
                guard !data.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) else {
                    throw .value(
                        field: "data", found: "compressed message by message",
                        expected: "plain messages: run ros2 bag convert first")
                }
                let (schema, payload) = try ROSConversion.convert(type: type, data)
                report.messages += 1
                return ImportedMessage(
                    topic: topic, schema: schema, payload: payload, logTime: logTime, publishTime: publishTime
                )
            } catch {
                report.leaveOut(topic, error)
                return nil
            }
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
