// SPDX-License-Identifier: Apache-2.0

internal import SemAlignCore
internal import SemAlignImages
internal import SemAlignMessages

/// Depth as image_transport's `compressedDepth` sends it: a header, then 16-bit numbers as PNG or RVL.
///
/// The header is three little-endian numbers of four bytes: the kind, then a and b. Of 16UC1 the numbers are
/// millimetres, of 32FC1 a / depth + b, which keeps what is near exact; 0 = no measurement.
extension ROSCompressedImage {
    static let depthHeaderSize = 12

    /// True where the data begin with the header.
    var isDepth: Bool { format.lowercased().contains("compresseddepth") }

    /// True where the numbers are a / depth + b.
    private var isInverse: Bool { format.lowercased().contains("32fc1") }

    private var isRVL: Bool { format.lowercased().contains("compresseddepth rvl") }

    /// True unless the depth is a PNG of millimetres, which is passed on as it is.
    var isDepthToDecode: Bool { isDepth && (isInverse || isRVL) }

    /// Depth as an image of its own: in millimetres, or in metres where it was sent as its inverse.
    func depth() throws(ImportError) -> RawImageMessage {
        guard data.count > Self.depthHeaderSize else {
            throw .truncated(what: "data", needed: Self.depthHeaderSize + 1, available: data.count)
        }
        let (size, numbers) = try numbers()
        guard isInverse else {
            return RawImageMessage(
                timestamp: header.stamp, frameID: header.frameID, size: size, encoding: .depthMillimetres,
                data: numbers.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
        }
        let (a, b) = (parameter(at: 4), parameter(at: 8))
        guard a.isFinite, a > 0, b.isFinite else {
            throw .value(
                field: "depth quantisation", found: "\(a) and \(b)", expected: "numbers, the first above 0")
        }
        return try header.depthMessage(
            size: size, metres: numbers.map { $0 == 0 ? 0 : a / (Float($0) - b) })
    }

    private func numbers() throws(ImportError) -> (size: ImageSize, values: [UInt16]) {
        let content = data.dropFirst(Self.depthHeaderSize)
        if isRVL { return try RVLDepth.decode(content) }
        do throws(ImageError) { return try ImageDecoder.depthUnits(Array(content).span) } catch {
            throw .message(error.description)
        }
    }

    private func parameter(at offset: Int) -> Float {
        let start = data.startIndex + offset
        return Float(bitPattern: data[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
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
