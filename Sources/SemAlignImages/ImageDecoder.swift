// SPDX-License-Identifier: Apache-2.0

import CImageCodecs
public import SemAlignCore

/// Decodes PNG and JPEG files that lie in memory.
///
/// The header is read first: files that are cut off, empty or over `ImageHeader.pixelLimit` are refused before
/// any memory is spent on them. Orientation tags are ignored: a pixel stays where it is stored.
public enum ImageDecoder {
    /// Decodes a colour or grey PNG or JPEG; 16-bit values lose their lower half, opacity is dropped.
    public static func color(_ bytes: Span<UInt8>) throws(ImageError) -> ColorImage {
        let header = try ImageHeader(bytes)
        let count = header.size.width * header.size.height * 3
        let pixels: [UInt8] = try decode(bytes, header, as: .color, count: count)
        return ColorImage(size: header.size, pixels: pixels)
    }

    /// Decodes a 16-bit grey PNG: its raw numbers, H×W, row-major, 0 = no measurement.
    public static func depthUnits(
        _ bytes: Span<UInt8>
    ) throws(ImageError) -> (size: ImageSize, values: [UInt16]) {
        let header = try ImageHeader(bytes)
        try require(header, bitDepth: 16, expected: "16-bit grey PNG (depth)")
        let count = header.size.width * header.size.height
        let values: [UInt16] = try decode(bytes, header, as: .grey16, count: count)
        return (header.size, values)
    }

    /// Decodes a 16-bit grey PNG as depth.
    ///
    /// `metresPerUnit` (finite, > 0; 0.001 for millimetres) gives metres; `nil` says that the numbers are
    /// relative depth in an unknown unit.
    public static func depth(
        _ bytes: Span<UInt8>, metresPerUnit: Double?
    ) throws(ImageError) -> DepthImage {
        let (size, units) = try depthUnits(bytes)
        let scale = metresPerUnit ?? 1
        return DepthImage(
            size: size, values: units.map { Float(Double($0) * scale) }, isMetric: metresPerUnit != nil)
    }

    /// Decodes an 8-bit grey PNG as object mask: 0 = background, otherwise the instance number.
    ///
    /// Colours and tables are refused: a camera's stream has to say which object is which. `coloredMask` takes
    /// those of data sets.
    public static func mask(_ bytes: Span<UInt8>) throws(ImageError) -> ObjectMask {
        let header = try ImageHeader(bytes)
        try require(header, bitDepth: 8, expected: "8-bit grey PNG (mask)")
        let count = header.size.width * header.size.height
        let labels: [UInt8] = try decode(bytes, header, as: .grey8, count: count)
        return ObjectMask(size: header.size, labels: labels)
    }

    private static func require(
        _ header: ImageHeader, bitDepth: Int, expected: String
    ) throws(ImageError) {
        guard header.format == .png, header.bitDepth == bitDepth, header.channels == 1 else {
            throw .pixelType(
                found: "\(header.pixelDescription) \(header.format.rawValue)", expected: expected)
        }
    }

    private static func decode<Element: FixedWidthInteger>(
        _ bytes: Span<UInt8>, _ header: ImageHeader, as type: CodecPixel, count: Int
    ) throws(ImageError) -> [Element] {
        let (width, height) = (Int32(header.size.width), Int32(header.size.height))
        var status = Int32(SEMALIGN_CODEC_UNREADABLE)
        var reason = [CChar](repeating: 0, count: Int(SEMALIGN_CODEC_REASON))
        let pixels = unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe buffer.initialize(repeating: 0)
            initialized = count
            let output = UnsafeMutableRawPointer(buffer.baseAddress)
            status = unsafe bytes.withUnsafeBufferPointer { input in
                switch header.format {
                case .png:
                    unsafe semalign_png_decode(
                        input.baseAddress, input.count, type.rawValue, width, height, output, &reason)
                case .jpeg:
                    unsafe semalign_jpeg_decode(
                        input.baseAddress, input.count, width, height, output, &reason)
                }
            }
        }
        switch Int(status) {
        case Int(SEMALIGN_CODEC_OK): return pixels
        case Int(SEMALIGN_CODEC_OTHER_TYPE):
            throw .damaged(format: header.format, reason: "its pixels are not what its header says")
        default: throw .damaged(format: header.format, reason: CodecPixel.text(reason))
        }
    }
}
