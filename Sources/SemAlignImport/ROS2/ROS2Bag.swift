// SPDX-License-Identifier: Apache-2.0

internal import Foundation
public import SemAlignBags
internal import Yams

/// A bag of ROS 2: an MCAP file of the profile `ros2`, a `.db3` file, either compressed as a whole (`.zstd`), or a folder.
public struct ROS2Bag: Hashable, Sendable {
    /// What rosbag2 puts behind the names of files that it compresses.
    static let compressedSuffix = ".zstd"
    /// Largest description of a bag [bytes].
    private static let descriptionLimit = 1 << 24

    /// The bag's files in the order of its description, else of their names, numbers by their value.
    public let files: [String]
    /// Files that the description names and the folder lacks.
    public let missing: [String]

    /// Finds the files of the bag at `path`.
    public init(path: String) throws(ImportError) {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .unreadable(path: path, reason: "no such file or folder")
        }
        guard isFolder.boolValue else {
            (files, missing) = ([path], [])
            return
        }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
        let described = Self.describedFiles(path)
        // bag_9 stands before bag_10.
        let found =
            described.isEmpty
            ? names.filter(Self.isStorage).sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
            : described.filter(names.contains)
        guard !found.isEmpty else {
            throw .unusable(path: path, reason: "no .db3 or .mcap file in it, compressed or not")
        }
        files = found.map { "\(path)/\($0)" }
        missing = described.filter { !names.contains($0) }.map { "\(path)/\($0)" }
    }

    private static func isStorage(_ name: String) -> Bool {
        let plain = name.hasSuffix(compressedSuffix) ? String(name.dropLast(compressedSuffix.count)) : name
        return plain.hasSuffix(".db3") || plain.hasSuffix(".mcap")
    }

    /// The files that `metadata.yaml` names, in the order of recording; none where it cannot be used.
    ///
    /// Old ones name them with the folder, which may have been renamed since: the last part counts.
    private static func describedFiles(_ folder: String) -> [String] {
        let url = URL(filePath: folder + "/metadata.yaml")
        guard let handle = try? FileHandle(forReadingFrom: url),
            let data = try? handle.read(upToCount: descriptionLimit),
            let text = String(validating: data, as: UTF8.self),
            let files = try? Yams.compose(yaml: text)?["rosbag2_bagfile_information"]?["relative_file_paths"]
        else { return [] }
        let names = (files.sequence.map(Array.init) ?? []).compactMap(\.string)
        return names.map { ($0 as NSString).lastPathComponent }.filter(isStorage)
    }

    /// True where `path` looks like a bag of ROS 2.
    public static func isOne(_ path: String) -> Bool {
        if isStorage(path), !path.hasSuffix(".mcap") { return true }
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
        try Self.read([self], topics, body)
    }

    /// Hands the messages of several bags, merged by log time, to `body`; of equal times the earlier bag comes first.
    ///
    /// See ``read(_:_:)``.
    public static func read(
        _ bags: [ROS2Bag], _ topics: TopicFilter = .all, _ body: (ImportedMessage) throws -> Void
    ) throws -> ImportReport {
        var report = ImportReport()
        report.notes = bags.flatMap(\.missing).map { "'\($0)' is not there, though metadata.yaml names it" }
        var cursors = try bags.map { try Cursor(ROS2Messages($0, topics), &report) }
        while let first = cursors.indices.min(by: { cursors[$0].logTime < cursors[$1].logTime }),
            let message = cursors[first].message
        {
            try body(message)
            try cursors[first].advance(&report)
            if cursors[first].message == nil { cursors.remove(at: first) }
        }
        return report
    }

    /// A bag with its next message; a class since what reads files cannot be copied into an array.
    private final class Cursor {
        private(set) var message: ImportedMessage?
        private var messages: ROS2Messages
        var logTime: UInt64 { message?.logTime ?? .max }

        init(_ messages: consuming ROS2Messages, _ report: inout ImportReport) throws(ImportError) {
            self.messages = messages
            try advance(&report)
        }

        func advance(_ report: inout ImportReport) throws(ImportError) {
            message = try messages.next(&report)
        }
    }
}
