// SPDX-License-Identifier: Apache-2.0

import CLZ4

/// One LZ4 frame that carries its content size.
func compressLZ4(_ input: [UInt8], level: CompressionLevel) throws(CodecFailure) -> [UInt8] {
    var preferences = LZ4F_preferences_t()
    preferences.frameInfo.contentSize = UInt64(input.count)
    preferences.frameInfo.blockSizeID = LZ4F_max4MB
    preferences.compressionLevel = level.lz4
    let bound = unsafe LZ4F_compressFrameBound(input.count, &preferences)
    var status = 0
    let output = unsafe input.withUnsafeBytes { source in
        unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            status = unsafe LZ4F_compressFrame(
                target.baseAddress, bound, source.baseAddress, source.count, &preferences)
            count = LZ4F_isError(status) == 0 ? status : 0
        }
    }
    guard LZ4F_isError(status) == 0 else { throw failure(status) }
    return output
}

/// A decompression context of liblz4, freed with its owner.
///
/// It may move to another thread with its owner: nobody else holds the pointer.
@safe struct LZ4Decompressor: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    init() throws(CodecFailure) {
        var context: OpaquePointer?
        let status = unsafe LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
        guard LZ4F_isError(status) == 0, let context = unsafe context else { throw failure(status) }
        unsafe self.context = context
    }

    deinit {
        unsafe LZ4F_freeDecompressionContext(context)
    }

    /// Decompresses as many frames as there are; see ``Codecs/decompress(_:with:into:)``.
    func decompress(_ input: [UInt8], into output: inout [UInt8]) throws(CodecFailure) -> Int {
        unsafe LZ4F_resetDecompressionContext(context)
        let size = output.count
        var produced = 0
        var status = 0
        unsafe input.withUnsafeBytes { source in
            unsafe output.withUnsafeMutableBytes { target in
                var consumed = 0
                while consumed < source.count {
                    var taken = source.count - consumed
                    var given = size - produced
                    status = unsafe LZ4F_decompress(
                        context, target.baseAddress.map { unsafe $0 + produced }, &given,
                        source.baseAddress.map { unsafe $0 + consumed }, &taken, nil)
                    if LZ4F_isError(status) != 0 { break }
                    consumed += taken
                    produced += given
                    if taken == 0 && given == 0 { break }
                }
            }
        }
        guard LZ4F_isError(status) == 0 else { throw failure(status) }
        return produced
    }
}

private func failure(_ status: Int) -> CodecFailure {
    CodecFailure(detail: unsafe String(cString: LZ4F_getErrorName(status)))
}
