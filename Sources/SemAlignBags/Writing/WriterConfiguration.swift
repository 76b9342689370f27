// SPDX-License-Identifier: Apache-2.0

/// How a bag is laid out; the default is a compressed, indexed and fully checked file.
public struct WriterConfiguration: Hashable, Sendable {
    /// Convention that the bag follows, such as `ros2`; usually empty.
    public var profile = ""
    /// Free text that names the writing program.
    public var library = "semalign"
    /// Compression of the chunks; a chunk that would not become smaller is stored as it is.
    public var compression = Compression.zstd
    /// Time spent on compression.
    public var level = CompressionLevel.fast
    /// Decompressed size from which a chunk is closed [bytes]; `nil` writes no chunks.
    public var chunkSize: Int? = 1 << 20
    /// Whether chunks carry a checksum.
    public var checksChunks = true
    /// Whether attachments carry a checksum.
    public var checksAttachments = true
    /// Whether the data section carries a checksum.
    public var checksData = true
    /// Whether the summary carries a checksum.
    public var checksSummary = true
    /// Whether each chunk is followed by the times and places of its messages.
    public var indexesMessages = true
    /// Whether every chunk repeats the schemas and channels that it uses, so that it can be read alone.
    public var repeatsDefinitions = true
    /// What the summary holds.
    public var summary = SummaryContents.all

    /// Makes the default configuration.
    public init() {}
}

/// The parts of a bag's summary.
public struct SummaryContents: OptionSet, Hashable, Sendable {
    /// Bits of the set.
    public let rawValue: UInt8

    /// Makes a set from its bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// All schemas, repeated.
    public static let schemas = SummaryContents(rawValue: 1)
    /// All channels, repeated.
    public static let channels = SummaryContents(rawValue: 2)
    /// Counts and time range.
    public static let statistics = SummaryContents(rawValue: 4)
    /// Places of the metadata records.
    public static let metadataIndex = SummaryContents(rawValue: 8)
    /// Places of the attachments.
    public static let attachmentIndex = SummaryContents(rawValue: 16)
    /// Places and time ranges of the chunks.
    public static let chunkIndex = SummaryContents(rawValue: 32)
    /// Places of the groups of the summary.
    public static let offsets = SummaryContents(rawValue: 64)
    /// Everything.
    public static let all: SummaryContents = [
        .schemas, .channels, .statistics, .metadataIndex, .attachmentIndex, .chunkIndex, .offsets,
    ]
}
