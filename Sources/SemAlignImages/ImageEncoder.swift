// SPDX-License-Identifier: Apache-2.0

import COpenCV
public import SemAlignCore

/// Encodes images as PNG or JPEG files in memory; the same pixels give the same bytes.
public enum ImageEncoder {
    /// Encodes a colour image as PNG.
    public static func png(_ image: ColorImage) throws(ImageError) -> [UInt8] {
        try encode(image.pixels, as: Int32(SEMALIGN_CV_RGB8), image.size, ".png")
    }

    /// Encodes a colour image as JPEG of `quality` 1…100.
    ///
    /// Precondition: the quality lies in that range.
    public static func jpeg(_ image: ColorImage, quality: Int = 92) throws(ImageError) -> [UInt8] {
        precondition((1...100).contains(quality), "JPEG quality lies between 1 and 100")
        return try encode(
            image.pixels, as: Int32(SEMALIGN_CV_RGB8), image.size, ".jpg", jpegQuality: Int32(quality))
    }

    /// Encodes an object mask as 8-bit grey PNG.
    public static func png(_ mask: ObjectMask) throws(ImageError) -> [UInt8] {
        try encode(mask.labels, as: Int32(SEMALIGN_CV_GRAY8), mask.size, ".png")
    }

    /// Encodes H×W numbers, row-major, as 16-bit grey PNG.
    ///
    /// Precondition: there are width × height of them.
    public static func png(_ values: [UInt16], size: ImageSize) throws(ImageError) -> [UInt8] {
        precondition(values.count == size.width * size.height, "a grey image needs width × height values")
        return try encode(values, as: Int32(SEMALIGN_CV_GRAY16), size, ".png")
    }

    /// Encodes depth as 16-bit grey PNG in units of `unit` (> 0, in the unit of `depth`); 0 = no measurement.
    ///
    /// What is farther than 65535 units, or nearer than half a unit, becomes "no measurement".
    public static func png(_ depth: DepthImage, unit: Double) throws(ImageError) -> [UInt8] {
        precondition(unit > 0 && unit.isFinite, "the unit of depth is a positive number")
        let values = depth.values.map { UInt16(exactly: (Double($0) / unit).rounded()) ?? 0 }
        return try png(values, size: depth.size)
    }

    private static func encode<Element>(
        _ pixels: [Element], as type: Int32, _ size: ImageSize, _ format: String,
        jpegQuality: Int32 = 0
    ) throws(ImageError) -> [UInt8] {
        guard size.width > 0, size.height > 0 else {
            throw .zeroSize(width: size.width, height: size.height)
        }
        guard pixels.count <= 3 * ImageHeader.pixelLimit else {
            throw .tooLarge(width: size.width, height: size.height, limit: ImageHeader.pixelLimit)
        }
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let status = unsafe pixels.withUnsafeBytes { input in
            unsafe semalign_cv_encode(
                input.baseAddress, type, Int32(size.width), Int32(size.height), format, jpegQuality, &bytes,
                &count)
        }
        defer { unsafe semalign_cv_free(bytes) }
        guard Int(status) == Int(SEMALIGN_CV_OK), let start = unsafe bytes else {
            throw .failed(operation: "encoding an image of \(size.width)×\(size.height) pixels")
        }
        return unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    }
}
