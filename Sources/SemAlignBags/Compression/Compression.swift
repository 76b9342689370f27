// SPDX-License-Identifier: Apache-2.0

/// How the chunks of a bag are compressed.
public enum Compression: String, Hashable, Sendable, CaseIterable {
    /// Stored as they are.
    case none = ""
    /// LZ4 frames: fast, little gain.
    case lz4 = "lz4"
    /// Zstandard frames that carry their content size.
    case zstd = "zstd"

    /// The fewest stored bytes that may stand for `count` bytes; what claims less is damaged or hostile.
    ///
    /// LZ4 grows at most 255 times. Zstandard's densest block makes 128 KiB of four bytes.
    func isPlausible(stored: UInt64, decompressed: UInt64) -> Bool {
        switch self {
        case .none: stored == decompressed
        case .lz4: decompressed / 255 <= stored
        case .zstd: decompressed / (128 * 1024) <= stored / 3
        }
    }
}

/// Compressed bytes, or the reason why there are none.
typealias CodecResult = Result<[UInt8], CodecFailure>

/// What a codec's library said.
struct CodecFailure: Error {
    let detail: String
}

/// Both codecs with their working memory, which is made at the first use and kept.
struct Codecs: ~Copyable {
    private var compressor: ZstandardCompressor?
    private var decompressor: ZstandardDecompressor?
    private var lz4: LZ4Decompressor?

    /// Compresses `input`.
    mutating func compress(
        _ input: [UInt8], with compression: Compression, level: CompressionLevel
    ) throws(BagError) -> [UInt8] {
        do throws(CodecFailure) {
            switch compression {
            case .none: return input
            case .lz4: return try compressLZ4(input, level: level)
            case .zstd:
                if compressor == nil { compressor = try ZstandardCompressor() }
                return try compressor?.compress(input, level: level) ?? []
            }
        } catch {
            throw .compression(codec: compression.rawValue, detail: error.detail)
        }
    }

    /// Decompresses `input` into the front of `output` and returns how many bytes it gave.
    ///
    /// Stops without an error where `input` ends in the middle of a frame or `output` is full.
    mutating func decompress(
        _ input: [UInt8], with compression: Compression, into output: inout [UInt8]
    ) throws(CodecFailure) -> Int {
        switch compression {
        case .none:
            let count = min(input.count, output.count)
            output.replaceSubrange(..<count, with: input[..<count])
            return count
        case .lz4:
            if lz4 == nil { lz4 = try LZ4Decompressor() }
            return try lz4?.decompress(input, into: &output) ?? 0
        case .zstd:
            if decompressor == nil { decompressor = try ZstandardDecompressor() }
            return try decompressor?.decompress(input, into: &output) ?? 0
        }
    }
}

/// Time spent on compression against size gained.
public enum CompressionLevel: String, Hashable, Sendable, CaseIterable {
    /// Least time: zstd level −5, lz4 level −1.
    case fastest
    /// zstd level 1, lz4 level 0: the default, made for recording live.
    case fast
    /// zstd level 3, lz4 level 3.
    case balanced
    /// zstd level 9, lz4 level 9.
    case small
    /// Least size: zstd level 19, lz4 level 12.
    case smallest

    var zstd: CInt {
        switch self {
        case .fastest: -5
        case .fast: 1
        case .balanced: 3
        case .small: 9
        case .smallest: 19
        }
    }

    var lz4: CInt {
        switch self {
        case .fastest: -1
        case .fast: 0
        case .balanced: 3
        case .small: 9
        case .smallest: 12
        }
    }
}
