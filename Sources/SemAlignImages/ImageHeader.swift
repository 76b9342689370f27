// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// File formats that can be decoded.
public enum ImageFormat: String, Hashable, Sendable {
    /// Portable Network Graphics: lossless, 8 or 16 bits.
    case png = "PNG"
    /// JPEG: lossy colour.
    case jpeg = "JPEG"
}

/// What a PNG or JPEG says about itself, read without decoding it.
public struct ImageHeader: Hashable, Sendable {
    /// No image with more pixels than this is decoded: 64 Mpixel.
    public static let pixelLimit = 64 << 20

    /// File format.
    public let format: ImageFormat
    /// Width and height as stored [px]: both greater than zero, at most `pixelLimit` pixels together.
    public let size: ImageSize
    /// Bits per channel.
    public let bitDepth: Int
    /// Number of channels: 1 grey, 2 grey and opacity, 3 colour, 4 colour and opacity.
    public let channels: Int
    /// True where values are numbers of colours in a table (PNG only).
    public let isIndexed: Bool

    /// Reads the header and checks that the file is whole: every PNG chunk up to the last with its checksum, or
    /// the end mark of a JPEG, is there.
    ///
    /// It does not touch compressed pixels.
    public init(_ bytes: Span<UInt8>) throws(ImageError) {
        if Self.starts(bytes, with: PNGStructure.signature) {
            self = try PNGStructure.header(of: bytes)
        } else if Self.starts(bytes, with: JPEGStructure.signature) {
            self = try JPEGStructure.header(of: bytes)
        } else {
            throw .unknownFormat(firstBytes: Self.hexadecimal(bytes, count: 8))
        }
    }

    init(
        format: ImageFormat, width: Int, height: Int, bitDepth: Int, channels: Int, isIndexed: Bool
    ) throws(ImageError) {
        guard width > 0, height > 0 else { throw .zeroSize(width: width, height: height) }
        // PNG stores up to 31 bits a side: their product fits into 64.
        guard width * height <= Self.pixelLimit else {
            throw .tooLarge(width: width, height: height, limit: Self.pixelLimit)
        }
        self.format = format
        size = ImageSize(width: width, height: height)
        self.bitDepth = bitDepth
        self.channels = channels
        self.isIndexed = isIndexed
    }

    /// What the pixels are, for people: `16-bit grey`.
    public var pixelDescription: String {
        let kind =
            switch (isIndexed, channels) {
            case (true, _): "indexed colour"
            case (_, 1): "grey"
            case (_, 2): "grey with opacity"
            case (_, 3): "colour"
            default: "four-channel"
            }
        return "\(bitDepth)-bit \(kind)"
    }

    private static func starts(_ bytes: Span<UInt8>, with signature: [UInt8]) -> Bool {
        bytes.count >= signature.count && signature.indices.allSatisfy { bytes[$0] == signature[$0] }
    }

    private static func hexadecimal(_ bytes: Span<UInt8>, count: Int) -> String {
        (0..<min(count, bytes.count))
            .map { (bytes[$0] < 16 ? "0" : "") + String(bytes[$0], radix: 16) }
            .joined(separator: " ")
    }
}
