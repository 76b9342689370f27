// SPDX-License-Identifier: Apache-2.0
public import SemAlignBags

/// What the node itself records.
public struct RecordSettings: Hashable, Sendable {
    /// The bag; the time of the start is put before its suffix.
    ///
    /// Empty = nothing is recorded.
    public var path = ""
    /// Whether the messages that the node receives are recorded.
    public var hasInputs = true
    /// Whether the messages that the node publishes are recorded.
    public var hasOutputs = true
    /// Topics to record, in which `*` stands for any text; empty = all.
    public var topics: [String] = []
    /// Topics to leave out, in which `*` stands for any text.
    public var exclude: [String] = []
    /// Compression of the chunks.
    public var compression = BagCompression.zstd
    /// Size of a file before the next one is begun [MiB]; 0 = one file.
    public var splitMebibytes = 0
    /// Time of a file before the next one is begun [s]; 0 = one file.
    public var splitSeconds = 0.0
    /// Files that are kept; 0 = all.
    public var keptFiles = 0
    /// Time that is held in memory until SIGUSR1 asks for it [s]; 0 = everything is written.
    public var snapshotSeconds = 0.0
    /// Memory for messages that wait for the disk, and again for a snapshot [MiB].
    public var memoryMebibytes = 256
    /// Free space that a recording leaves on its file system [MiB]; 0 = none.
    public var freeMebibytes = 1024

    /// Makes the defaults: nothing is recorded.
    public init() {}

    /// The folder that bags go to.
    public var folder: String { RecordingFiles.folder(of: path) }

    /// How to record from `time` [ns since the Unix epoch] on; `nil` where nothing is recorded.
    func recorder(at time: UInt64) -> RecorderConfiguration? {
        guard !path.isEmpty else { return nil }
        // Colons are no part of a file's name on every disk.
        let stamp = rfc3339(time).prefix(19).replacing(":", with: "-")
        var configuration = RecorderConfiguration(path: RecordingFiles.name(path, suffix: "_" + stamp))
        configuration.topics = TopicFilter(included: topics, excluded: exclude)
        configuration.compression = compression.compression
        if splitMebibytes > 0 { configuration.splitSize = UInt64(splitMebibytes) << 20 }
        if splitSeconds > 0 { configuration.splitTime = UInt64(splitSeconds * 1e9) }
        if keptFiles > 0 { configuration.keptFiles = keptFiles }
        if snapshotSeconds > 0 { configuration.snapshotTime = UInt64(snapshotSeconds * 1e9) }
        configuration.memoryLimit = memoryMebibytes << 20
        configuration.freeSpace = UInt64(freeMebibytes) << 20
        return configuration
    }
}

/// Compression as people write it.
public enum BagCompression: String, Hashable, Sendable, CaseIterable {
    /// As it is.
    case none
    /// Fast.
    case lz4
    /// Small.
    case zstd

    /// The compression of the chunks.
    public var compression: Compression {
        switch self {
        case .none: .none
        case .lz4: .lz4
        case .zstd: .zstd
        }
    }
}
