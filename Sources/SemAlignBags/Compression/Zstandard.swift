// SPDX-License-Identifier: Apache-2.0

import CZstd

/// A compression context of libzstd, freed with its owner.
///
/// It may move to another thread with its owner: nobody else holds the pointer.
@safe struct ZstandardCompressor: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    init() throws(CodecFailure) {
        guard let context = unsafe ZSTD_createCCtx() else { throw CodecFailure(detail: "out of memory") }
        unsafe self.context = context
    }

    deinit {
        unsafe ZSTD_freeCCtx(context)
    }

    /// One frame that carries its content size.
    func compress(_ input: [UInt8], level: CompressionLevel) throws(CodecFailure) -> [UInt8] {
        let bound = ZSTD_compressBound(input.count)
        var status = 0
        let output = unsafe input.withUnsafeBytes { source in
            unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
                status = unsafe ZSTD_compressCCtx(
                    context, target.baseAddress, bound, source.baseAddress, source.count, level.zstd)
                count = ZSTD_isError(status) == 0 ? status : 0
            }
        }
        guard ZSTD_isError(status) == 0 else { throw failure(status) }
        return output
    }
}

/// A decompression context of libzstd, freed with its owner.
///
/// It may move to another thread with its owner: nobody else holds the pointer.
@safe struct ZstandardDecompressor: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    init() throws(CodecFailure) {
        guard let context = unsafe ZSTD_createDCtx() else { throw CodecFailure(detail: "out of memory") }
        unsafe self.context = context
    }

    deinit {
        unsafe ZSTD_freeDCtx(context)
    }

    /// Decompresses as many frames as there are; see ``Codecs/decompress(_:with:into:)``.
    func decompress(_ input: [UInt8], into output: inout [UInt8]) throws(CodecFailure) -> Int {
        unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        let size = output.count
        var produced = 0
        var status = 0
        unsafe input.withUnsafeBytes { source in
            unsafe output.withUnsafeMutableBytes { target in
                var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                var into = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: size, pos: 0)
                while unsafe from.pos < from.size {
                    let before = unsafe (from.pos, into.pos)
                    status = unsafe ZSTD_decompressStream(context, &into, &from)
                    let isStuck = unsafe before == (from.pos, into.pos)
                    if ZSTD_isError(status) != 0 || isStuck { break }
                }
                produced = unsafe into.pos
            }
        }
        guard ZSTD_isError(status) == 0 else { throw failure(status) }
        return produced
    }
}

private func failure(_ status: Int) -> CodecFailure {
    CodecFailure(detail: unsafe String(cString: ZSTD_getErrorName(status)))
}
