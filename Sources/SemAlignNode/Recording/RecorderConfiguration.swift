// SPDX-License-Identifier: Apache-2.0
public import SemAlignBags

/// How messages are recorded.
public struct RecorderConfiguration: Hashable, Sendable {
    /// The bag to write; a recording of several files puts `_0000` and so on before the suffix.
    public var path: String
    /// Which topics are recorded.
    public var topics = TopicFilter.all
    /// Compression of the chunks.
    public var compression = Compression.zstd
    /// Size from which a new file is begun [bytes]; `nil` = never.
    public var splitSize: UInt64?
    /// Time after which a new file is begun [ns of log time]; `nil` = never.
    public var splitTime: UInt64?
    /// Files that are kept, the oldest is deleted first; `nil` = all.
    public var keptFiles: Int?
    /// Time that is held in memory [ns of log time] until a snapshot is asked for; `nil` = record everything.
    public var snapshotTime: UInt64?
    /// True where nothing is recorded before `resume`.
    public var startsPaused = false
    /// Memory for messages that wait for the disk, and again for a snapshot [bytes]; what comes beyond is dropped.
    public var memoryLimit = 256 << 20
    /// Free space that stays on the file system [bytes]: before there is less, the recording is completed and ends.
    public var freeSpace = UInt64(RecordSettings().freeMebibytes) << 20
    /// How long a message may wait in memory before it is handed to the system [ns].
    public var flushPeriod: UInt64 = 1_000_000_000
    /// Messages of these schemas hold until the next of their topic: every file begins with the last ones.
    public var latchedSchemas: Set<String> = ["foxglove.CameraCalibration"]

    /// Makes a configuration that records everything into one file.
    public init(path: String) { self.path = path }

    /// True where a recording may have several files.
    var isSplit: Bool { splitSize != nil || splitTime != nil || snapshotTime != nil }

    /// Checks what cannot be recorded.
    func check() throws(NodeError) {
        guard !path.isEmpty else {
            throw .conflict(reason: "no bag to record to", remedy: "name a file")
        }
        guard splitSize.map({ $0 > 0 }) ?? true, splitTime.map({ $0 > 0 }) ?? true,
            snapshotTime.map({ $0 > 0 }) ?? true, keptFiles.map({ $0 > 0 }) ?? true, memoryLimit > 0
        else {
            throw .conflict(
                reason: "a size, a time or a number of files is not above zero",
                remedy: "leave out what is not wanted")
        }
        guard keptFiles == nil || isSplit else {
            throw .conflict(
                reason: "files are to be deleted, and there is only one",
                remedy: "split the recording by size or time")
        }
    }
}

/// What a recorder did.
public struct RecorderSummary: Hashable, Sendable {
    /// Messages that the files have.
    public internal(set) var written: UInt64 = 0
    /// Messages that were dropped because the disk was slower than they came.
    public internal(set) var dropped: UInt64 = 0
    /// Messages that are gone because the file could not be written.
    public internal(set) var lost: UInt64 = 0
    /// Files that were completed, in the order of their making; some may have been deleted since.
    public internal(set) var files: [String] = []
    /// Why recording stopped before it was asked to; `nil` if it did not.
    public internal(set) var failure: String?
}

extension RecorderSummary: CustomStringConvertible {
    /// One line for people.
    public var description: String {
        "\(written) messages recorded, \(files.count) file\(files.count == 1 ? "" : "s") completed"
            + (dropped > 0 ? ", \(dropped) dropped: the disk is too slow" : "")
            + (lost > 0 ? ", \(lost) lost" : "") + (failure.map { "; \($0)" } ?? "")
    }
}

/// What happens in a recording, for the log.
public enum RecorderEvent: Hashable, Sendable {
    /// A file was begun.
    case opened(path: String)
    /// A file was completed.
    case closed(path: String, messages: UInt64)
    /// The oldest file made room.
    case deleted(path: String)
    /// A file is no longer where it was made; another one is begun.
    case vanished(path: String)
    /// Recording has stopped.
    case failed(reason: String)
    /// A topic beyond the number that a recording takes.
    case refused(topic: String)
    /// Messages were not recorded; said once a reason and minute.
    case dropped(String)
}

extension RecorderEvent: CustomStringConvertible {
    /// One line for the log.
    public var description: String {
        switch self {
        case .opened(let path): "recording to \(path)"
        case .closed(let path, let messages): "\(path) is complete: \(messages) messages"
        case .deleted(let path): "\(path) was deleted to make room"
        case .vanished(let path): "\(path) was deleted or moved while it was recorded"
        case .failed(let reason): "recording has stopped: \(reason)"
        case .refused(let topic): "'\(topic)' is not recorded: there are too many topics"
        case .dropped(let line): line
        }
    }

    /// True where something went wrong.
    public var isWarning: Bool {
        switch self {
        case .opened, .closed, .deleted: false
        case .vanished, .failed, .refused, .dropped: true
        }
    }
}
