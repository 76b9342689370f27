// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// The segments of a JPEG file: enough to know its size and that none of it is missing.
enum JPEGStructure {
    static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]

    private static let startOfScan: UInt8 = 0xDA
    private static let endOfImage: UInt8 = 0xD9
    /// Frame headers of every coding process; C4, C8 and CC in their midst are tables.
    private static let frameHeaders: Set<UInt8> = [
        0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF,
    ]

    static func header(of bytes: Span<UInt8>) throws(ImageError) -> ImageHeader {
        var header: ImageHeader?
        var offset = 2
        while let (marker, start) = nextMarker(in: bytes, from: offset) {
            if marker == startOfScan {
                guard let header else { break }
                try checkEnd(of: bytes, after: start)
                return header
            }
            if marker == endOfImage { break }
            guard let length = length(in: bytes, at: start) else { break }
            if frameHeaders.contains(marker) {
                header = try frame(in: bytes, at: start, length: length)
            }
            offset = start + length
        }
        throw .damaged(format: .jpeg, reason: "no picture follows within its \(bytes.count) bytes")
    }

    /// The next marker that carries a segment or ends the file, and the offset after it.
    private static func nextMarker(in bytes: Span<UInt8>, from first: Int) -> (marker: UInt8, after: Int)? {
        var offset = first
        while offset + 1 < bytes.count {
            guard bytes[offset] == 0xFF else { return nil }
            // A marker may be preceded by any number of fill bytes FF.
            if bytes[offset + 1] != 0xFF { return (bytes[offset + 1], offset + 2) }
            offset += 1
        }
        return nil
    }

    private static func length(in bytes: Span<UInt8>, at start: Int) -> Int? {
        guard bytes.count - start >= 2 else { return nil }
        let length = Int(bytes[start]) << 8 | Int(bytes[start + 1])
        return length >= 2 && length <= bytes.count - start ? length : nil
    }

    private static func frame(
        in bytes: Span<UInt8>, at start: Int, length: Int
    ) throws(ImageError) -> ImageHeader {
        guard length >= 8 else { throw .damaged(format: .jpeg, reason: "its frame header is cut off") }
        return try ImageHeader(
            format: .jpeg,
            width: Int(bytes[start + 5]) << 8 | Int(bytes[start + 6]),
            height: Int(bytes[start + 3]) << 8 | Int(bytes[start + 4]),
            bitDepth: Int(bytes[start + 2]), channels: Int(bytes[start + 7]), isIndexed: false)
    }

    /// Looks backwards for the end mark, which compressed data cannot contain; libjpeg would otherwise fill
    /// the missing part with grey and only warn.
    private static func checkEnd(of bytes: Span<UInt8>, after scan: Int) throws(ImageError) {
        var offset = bytes.count - 2
        while offset >= scan {
            if bytes[offset] == 0xFF, bytes[offset + 1] == endOfImage { return }
            offset -= 1
        }
        throw .damaged(format: .jpeg, reason: "it ends after \(bytes.count) bytes, within the picture")
    }
}
