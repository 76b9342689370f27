// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// Why an image cannot be decoded, encoded or resampled.
public enum ImageError: Error, Hashable, Sendable {
    /// The bytes start like neither a PNG nor a JPEG; the first of them are given in hexadecimal.
    case unknownFormat(firstBytes: String)
    /// A PNG or JPEG that is cut off or broken.
    case damaged(format: ImageFormat, reason: String)
    /// Width or height is zero.
    case zeroSize(width: Int, height: Int)
    /// More pixels than a decoder may be asked for: a decompression bomb, or a mistake.
    case tooLarge(width: Int, height: Int, limit: Int)
    /// The file's pixel type cannot serve as what it was read for.
    case pixelType(found: String, expected: String)
    /// Two images that belong together disagree.
    case otherSize(found: ImageSize, expected: ImageSize)
    /// No file can be made of an image; the library's reason.
    case unwritable(size: ImageSize, reason: String)
    /// The library refused to resample an image.
    case failed(operation: String)
    /// A lens model that cannot be used: its name, the number of its coefficients, or their values.
    case distortion(reason: String)
}

extension ImageError: CustomStringConvertible {
    /// One line that names what was found and what would be accepted.
    public var description: String {
        switch self {
        case .unknownFormat(let bytes):
            "not a PNG or JPEG image (it starts with \(bytes.isEmpty ? "nothing: it is empty" : bytes))"
        case .damaged(let format, let reason):
            "damaged \(format.rawValue) image: \(reason)"
        case .zeroSize(let width, let height):
            "an image of \(width)×\(height) pixels; both must be greater than zero"
        case .tooLarge(let width, let height, let limit):
            "an image of \(width)×\(height) pixels; at most \(limit) pixels are decoded"
        case .pixelType(let found, let expected):
            "the image has \(found) pixels, expected \(expected)"
        case .otherSize(let found, let expected):
            "the image is \(found.width)×\(found.height), expected \(expected.width)×\(expected.height)"
        case .unwritable(let size, let reason):
            "an image of \(size.width)×\(size.height) pixels cannot be encoded: \(reason)"
        case .failed(let operation):
            "\(operation) failed; is there enough memory?"
        case .distortion(let reason):
            reason
        }
    }
}
