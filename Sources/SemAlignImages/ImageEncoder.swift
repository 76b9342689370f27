// SPDX-License-Identifier: Apache-2.0

import CImageCodecs
public import SemAlignCore

/// Encodes images as PNG or JPEG files in memory; the same pixels give the same bytes.
public enum ImageEncoder {
    /// Encodes a colour image as PNG.
    public static func png(_ image: ColorImage) throws(ImageError) -> [UInt8] {
        try png(image.pixels, as: .color, image.size)
    }

    /// Encodes a colour image as JPEG of `quality` 1…100.
    ///
    /// Precondition: the quality lies in that range.
    public static func jpeg(_ image: ColorImage, quality: Int = 92) throws(ImageError) -> [UInt8] {
        precondition((1...100).contains(quality), "JPEG quality lies between 1 and 100")
        return try unsafe encode(image.pixels, image.size) { pixels, width, height, bytes, count, reason in
            unsafe semalign_jpeg_encode(pixels, width, height, Int32(quality), bytes, count, reason)
        }
    }

    /// Encodes an object mask as 8-bit grey PNG.
    public static func png(_ mask: ObjectMask) throws(ImageError) -> [UInt8] {
        try png(mask.labels, as: .grey8, mask.size)
    }

    /// Encodes H×W numbers, row-major, as 16-bit grey PNG.
    ///
    /// Precondition: there are width × height of them.
    public static func png(_ values: [UInt16], size: ImageSize) throws(ImageError) -> [UInt8] {
        precondition(values.count == size.width * size.height, "a grey image needs width × height values")
        return try png(values, as: .grey16, size)
    }

    /// Encodes depth as 16-bit grey PNG in units of `unit` (> 0, in the unit of `depth`); 0 = no measurement.
    ///
    /// What is farther than 65535 units, or nearer than half a unit, becomes "no measurement".
    public static func png(_ depth: DepthImage, unit: Double) throws(ImageError) -> [UInt8] {
        precondition(unit > 0 && unit.isFinite, "the unit of depth is a positive number")
        let values = depth.values.map { UInt16(exactly: (Double($0) / unit).rounded()) ?? 0 }
        return try png(values, size: depth.size)
    }

    private static func png<Element>(
        _ pixels: [Element], as type: CodecPixel, _ size: ImageSize
    ) throws(ImageError) -> [UInt8] {
        try unsafe encode(pixels, size) { pixels, width, height, bytes, count, reason in
            unsafe semalign_png_encode(pixels, type.rawValue, width, height, bytes, count, reason)
        }
    }

    /// A function of the library: pixels, width, height; the bytes that it made and their number; its reason.
    private typealias Encoder = (
        UnsafeRawPointer?, Int32, Int32, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>,
        UnsafeMutablePointer<Int>, UnsafeMutablePointer<CChar>
    ) -> Int32

    private static func encode<Element>(
        _ pixels: [Element], _ size: ImageSize, with encoder: Encoder
    ) throws(ImageError) -> [UInt8] {
        try size.checkForPixels()
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        var reason = [CChar](repeating: 0, count: Int(SEMALIGN_CODEC_REASON))
        let status = unsafe pixels.withUnsafeBytes { input in
            unsafe encoder(input.baseAddress, Int32(size.width), Int32(size.height), &bytes, &count, &reason)
        }
        defer { unsafe semalign_codec_free(bytes) }
        guard Int(status) == Int(SEMALIGN_CODEC_OK), let start = unsafe bytes else {
            throw .unwritable(size: size, reason: CodecPixel.text(reason))
        }
        return unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    }
}
