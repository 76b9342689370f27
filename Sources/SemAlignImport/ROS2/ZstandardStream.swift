// SPDX-License-Identifier: Apache-2.0

internal import CZstd

/// Decompresses zstd frames piece by piece: files and single messages of a compressed rosbag2.
@safe struct ZstandardStream: ~Copyable {
    /// The first bytes of every frame.
    static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    private let context: OpaquePointer
    private var buffer = [UInt8](repeating: 0, count: 1 << 17)
    /// True between two frames, and before the first.
    private(set) var isBetweenFrames = true

    init() throws(ImportError) {
        guard let context = unsafe ZSTD_createDCtx() else { throw .message("out of memory for zstd") }
        unsafe self.context = context
    }

    deinit {
        unsafe ZSTD_freeDCtx(context)
    }

    /// Hands what `input` gives to `body`, in pieces of at most 128 KiB.
    mutating func decompress(
        _ input: [UInt8], _ body: (ArraySlice<UInt8>) throws(ImportError) -> Void
    ) throws(ImportError) {
        var consumed = 0
        var isFull = false
        while consumed < input.count || isFull {
            let (taken, produced, status) = step(input, from: consumed)
            guard ZSTD_isError(status) == 0 else {
                let reason = unsafe String(cString: ZSTD_getErrorName(status))
                throw .value(field: "zstd data", found: reason, expected: "whole frames")
            }
            consumed += taken
            isFull = produced == buffer.count
            isBetweenFrames = status == 0
            try body(buffer[..<produced])
        }
    }

    private mutating func step(
        _ input: [UInt8], from start: Int
    ) -> (taken: Int, produced: Int, status: Int) {
        unsafe input.withUnsafeBytes { source in
            unsafe buffer.withUnsafeMutableBytes { target in
                var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: start)
                var into = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                let status = unsafe ZSTD_decompressStream(context, &into, &from)
                return unsafe (from.pos - start, into.pos, status)
            }
        }
    }

    /// A message that was compressed by itself, of at most `limit` bytes.
    static func message(_ input: [UInt8], limit: Int) throws(ImportError) -> [UInt8] {
        var stream = try ZstandardStream()
        var output: [UInt8] = []
        try stream.decompress(input) { piece throws(ImportError) in
            guard output.count + piece.count <= limit else {
                throw .value(field: "decompressed message", found: "more", expected: "at most \(limit) bytes")
            }
            output += piece
        }
        guard stream.isBetweenFrames else {
            throw .truncated(what: "zstd data", needed: input.count + 1, available: input.count)
        }
        return output
    }
}
