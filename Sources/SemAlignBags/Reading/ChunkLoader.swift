// SPDX-License-Identifier: Apache-2.0

internal import CRC

/// Reads, decompresses and checks chunks, keeping its working memory from one to the next.
struct ChunkLoader: ~Copyable, Sendable {
    private let source: any ByteSource
    private let configuration: ReaderConfiguration
    private var codecs = Codecs()
    private var stored: [UInt8] = []

    init(_ source: any ByteSource, _ configuration: ReaderConfiguration) {
        self.source = source
        self.configuration = configuration
    }

    /// Sets `records` to the decompressed records of the chunk that begins at `offset`.
    mutating func load(
        _ chunk: ChunkHeader, at offset: UInt64, into records: inout [UInt8]
    ) throws(BagError) {
        let count = try expand(chunk, at: offset, stored: chunk.compressedSize, into: &records)
        guard count == chunk.uncompressedSize else {
            let detail = "\(count) bytes came out, \(chunk.uncompressedSize) were declared"
            throw .decompression(codec: chunk.compression, offset: offset, detail: detail)
        }
        guard configuration.checksChecksums, chunk.uncompressedCRC != 0 else { return }
        let computed = CRC32.checksum(records)
        guard computed == chunk.uncompressedCRC else {
            throw .checksum(of: "chunk", offset: offset, stored: chunk.uncompressedCRC, computed: computed)
        }
    }

    /// Sets `records` to what the first `available` stored bytes of a chunk give, unchecked.
    mutating func salvage(
        _ chunk: ChunkHeader, at offset: UInt64, available: UInt64, into records: inout [UInt8]
    ) throws(BagError) {
        let stored = min(available, chunk.compressedSize)
        let count = try expand(chunk, at: offset, stored: stored, into: &records)
        records.resize(to: Int(count))
    }

    private mutating func expand(
        _ chunk: ChunkHeader, at offset: UInt64, stored count: UInt64, into records: inout [UInt8]
    ) throws(BagError) -> UInt64 {
        guard let compression = Compression(rawValue: chunk.compression) else {
            throw .unknownCompression(name: chunk.compression, offset: offset)
        }
        try checkSize(of: chunk, at: offset, compression)
        if compression == .none {
            try source.read(count, at: chunk.recordsOffset, into: &records)
            return count
        }
        try source.read(count, at: chunk.recordsOffset, into: &stored)
        records.resize(to: Int(chunk.uncompressedSize))
        do throws(CodecFailure) {
            return UInt64(try codecs.decompress(stored, with: compression, into: &records))
        } catch {
            throw .decompression(codec: chunk.compression, offset: offset, detail: error.detail)
        }
    }

    private func checkSize(
        of chunk: ChunkHeader, at offset: UInt64, _ compression: Compression
    ) throws(BagError) {
        let size = chunk.uncompressedSize
        guard size <= configuration.limits.chunkSize else {
            let limit = configuration.limits.chunkSize
            throw .overLimit(what: "decompressed chunk", offset: offset, found: size, limit: limit)
        }
        guard chunk.compressedSize <= source.size,
            compression.isPlausible(stored: chunk.compressedSize, decompressed: size)
        else {
            let detail = "\(chunk.compressedSize) stored bytes cannot stand for \(size)"
            throw .malformed(record: "Chunk", offset: offset, detail: detail)
        }
    }
}
