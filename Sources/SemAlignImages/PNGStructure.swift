// SPDX-License-Identifier: Apache-2.0

import CRC
import SemAlignCore

/// The chunks of a PNG file: enough to know its size, and that all of it is there and undamaged.
enum PNGStructure {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func header(of bytes: Span<UInt8>) throws(ImageError) -> ImageHeader {
        // Signature, then length, name, 13 bytes and checksum of the first chunk.
        guard bytes.count >= 33, name(in: bytes, at: 12) == "IHDR", word(in: bytes, at: 8) == 13 else {
            throw .damaged(format: .png, reason: "it does not start with a whole IHDR chunk")
        }
        let colorType = bytes[25]
        let channels: [UInt8: Int] = [0: 1, 2: 3, 3: 3, 4: 2, 6: 4]
        guard let channelCount = channels[colorType] else {
            throw .damaged(format: .png, reason: "colour type \(colorType) does not exist")
        }
        let header = try ImageHeader(
            format: .png, width: word(in: bytes, at: 16), height: word(in: bytes, at: 20),
            bitDepth: Int(bytes[24]), channels: channelCount, isIndexed: colorType == 3)
        try checkChunks(of: bytes)
        return header
    }

    /// Walks to the IEND chunk and compares checksums: libpng would hand out half an image, and write about every
    /// damaged one on standard error.
    private static func checkChunks(of bytes: Span<UInt8>) throws(ImageError) {
        var offset = 8
        while bytes.count - offset >= 12 {
            let length = word(in: bytes, at: offset)
            guard length <= bytes.count - offset - 12 else { break }
            let checksum = unsafe CRC32.checksum(bytes.bytes.extracting(offset + 4..<offset + 8 + length))
            guard Int(checksum) == word(in: bytes, at: offset + 8 + length) else {
                throw .damaged(format: .png, reason: "a checksum is wrong, of the chunk at byte \(offset)")
            }
            if name(in: bytes, at: offset + 4) == "IEND" { return }
            offset += 12 + length
        }
        throw .damaged(format: .png, reason: "it ends after \(bytes.count) bytes, before its last chunk")
    }

    private static func word(in bytes: Span<UInt8>, at offset: Int) -> Int {
        (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }

    private static func name(in bytes: Span<UInt8>, at offset: Int) -> String {
        String(decoding: (0..<4).map { bytes[offset + $0] }, as: UTF8.self)
    }
}
