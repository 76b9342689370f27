// SPDX-License-Identifier: Apache-2.0

internal import SemAlignCore
internal import SemAlignImages
internal import SemAlignMessages

/// Depth as image_transport's `compressedDepth` sends it: a header, then a 16-bit PNG.
///
/// The header is three little-endian numbers of four bytes: the kind, then a and b. Of 16UC1 the PNG holds
/// millimetres, of 32FC1 a / depth + b, which keeps what is near exact; 0 = no measurement.
extension ROSCompressedImage {
    static let depthHeaderSize = 12

    /// True where the data begin with the header.
    var isDepth: Bool { format.lowercased().contains("compresseddepth") }

    /// True where the PNG holds a / depth + b.
    var isInverseDepth: Bool { isDepth && format.lowercased().contains("32fc1") }

    /// Depth in metres; 0 = no measurement.
    func depth() throws(ImportError) -> RawImageMessage {
        let content = Array(data)
        guard content.count > Self.depthHeaderSize else {
            throw .truncated(what: "data", needed: Self.depthHeaderSize + 1, available: content.count)
        }
        let (a, b) = (Self.number(content, at: 4), Self.number(content, at: 8))
        guard a.isFinite, a > 0, b.isFinite else {
            throw .value(
                field: "depth quantisation", found: "\(a) and \(b)", expected: "numbers, the first above 0")
        }
        let png = Array(content[Self.depthHeaderSize...])
        let (size, units): (ImageSize, [UInt16])
        do throws(ImageError) { (size, units) = try ImageDecoder.depthUnits(png.span) } catch {
            throw .message(error.description)
        }
        let depth = units.map { $0 == 0 ? 0 : a / (Float($0) - b) }
        return try header.depthMessage(size: size, metres: depth)
    }

    private static func number(_ bytes: [UInt8], at start: Int) -> Float {
        Float(bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }
}

extension ROSHeader {
    /// Depth in metres as a message of ours; what is not finite or not positive is no measurement.
    func depthMessage(size: ImageSize, metres: [Float]) throws(ImportError) -> RawImageMessage {
        do throws(MessageError) {
            return try RawImageMessage(
                depth: DepthImage(size: size, values: metres, isMetric: true), timestamp: stamp,
                frameID: frameID)
        } catch {
            throw .message(error.description)
        }
    }
}
