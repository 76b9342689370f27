// SPDX-License-Identifier: Apache-2.0

/// What a reader does with damaged and hostile files.
public struct ReaderConfiguration: Hashable, Sendable {
    /// Whether checksums of chunks, attachments and summary are compared; off saves a few per cent of time.
    public var checksChecksums: Bool
    /// Bounds of the memory that a file may make the reader use.
    public var limits: BagLimits

    /// Makes a configuration.
    public init(checksChecksums: Bool = true, limits: BagLimits = BagLimits()) {
        self.checksChecksums = checksChecksums
        self.limits = limits
    }
}

/// Bounds of the memory that a file may make a reader use.
///
/// Sizes are also held against the file and against what a codec can expand to before memory is taken.
public struct BagLimits: Hashable, Sendable {
    /// Largest decompressed chunk [bytes].
    public var chunkSize: UInt64
    /// Largest record outside of chunks, such as an attachment [bytes].
    public var recordSize: UInt64
    /// Decompressed chunks kept while messages are read in order of time [bytes]; one is always kept.
    public var cacheSize: UInt64

    /// Makes limits.
    public init(
        chunkSize: UInt64 = 256 << 20, recordSize: UInt64 = 1 << 30, cacheSize: UInt64 = 64 << 20
    ) {
        self.chunkSize = chunkSize
        self.recordSize = recordSize
        self.cacheSize = cacheSize
    }
}
