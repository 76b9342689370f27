// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

extension RawImageMessage {
    /// Depth in metres; values that are no measurement become 0.
    ///
    /// Throws where the pixels are no depth.
    public func depth() throws(MessageError) -> DepthImage {
        switch encoding {
        case .depthMetres:
            return DepthImage(size: size, values: packed(as: Float.self), isMetric: true)
        case .depthMillimetres:
            let metres = packed(as: UInt16.self).map { Float($0) / 1000 }
            return DepthImage(size: size, values: metres, isMetric: true)
        case .rgb8, .bgr8, .mono8:
            throw unsuitable(for: "depth", supported: [.depthMillimetres, .depthMetres])
        }
    }

    /// Instance numbers.
    ///
    /// Throws where the pixels are not `mono8`.
    public func mask() throws(MessageError) -> ObjectMask {
        guard encoding == .mono8 else { throw unsuitable(for: "mask", supported: [.mono8]) }
        return ObjectMask(size: size, labels: packed(as: UInt8.self))
    }

    /// H×W×3, row-major: red, green, blue.
    ///
    /// Throws where the pixels are no colours.
    public func rgb() throws(MessageError) -> [UInt8] {
        switch encoding {
        case .rgb8:
            return packed(as: UInt8.self)
        case .bgr8:
            var pixels = packed(as: UInt8.self)
            for blue in stride(from: 0, to: pixels.count, by: 3) { pixels.swapAt(blue, blue + 2) }
            return pixels
        case .mono8:
            return packed(as: UInt8.self).flatMap { [$0, $0, $0] }
        case .depthMillimetres, .depthMetres:
            throw unsuitable(for: "colour image", supported: [.rgb8, .bgr8, .mono8])
        }
    }

    /// The numbers of all rows without the bytes between them; a whole number of them makes a pixel.
    private func packed<Number: BitwiseCopyable>(as type: Number.Type) -> [Number] {
        let rowBytes = size.width * encoding.bytesPerPixel
        let count = rowBytes * size.height / MemoryLayout<Number>.stride
        return unsafe [Number](unsafeUninitializedCapacity: count) { numbers, initialized in
            let target = UnsafeMutableRawBufferPointer(numbers)
            unsafe data.withUnsafeBytes { source in
                for row in 0..<size.height {
                    let bytes = unsafe source[row * step..<row * step + rowBytes]
                    unsafe UnsafeMutableRawBufferPointer(rebasing: target[(row * rowBytes)...])
                        .copyBytes(from: bytes)
                }
            }
            initialized = count
        }
    }

    private func unsuitable(for use: String, supported: [PixelEncoding]) -> MessageError {
        .unknown(
            field: "encoding of the \(use)", found: encoding.rawValue,
            supported: supported.map(\.rawValue).joined(separator: ", "))
    }
}

extension RawImageMessage {
    /// Depth as 32-bit numbers [m] that lose nothing.
    ///
    /// Throws where the depth is relative: every reader of the wire takes depth for metres.
    public init(depth: DepthImage, timestamp: UInt64, frameID: String) throws(MessageError) {
        guard depth.isMetric else {
            throw .value(field: "unit of the depth", found: "relative", expected: "metres")
        }
        let bytes = unsafe depth.values.withUnsafeBytes { unsafe [UInt8]($0) }
        self.init(
            timestamp: timestamp, frameID: frameID, size: depth.size, encoding: .depthMetres, data: bytes)
    }

    /// Depth as 16-bit numbers [mm], 0 = no measurement.
    ///
    /// Precondition: one number for each pixel.
    public init(millimetres: [UInt16], size: ImageSize, timestamp: UInt64, frameID: String) {
        let bytes = unsafe millimetres.withUnsafeBytes { unsafe [UInt8]($0) }
        self.init(
            timestamp: timestamp, frameID: frameID, size: size, encoding: .depthMillimetres, data: bytes)
    }

    /// A mask, one byte a pixel.
    public init(mask: ObjectMask, timestamp: UInt64, frameID: String) {
        self.init(
            timestamp: timestamp, frameID: frameID, size: mask.size, encoding: .mono8, data: mask.labels)
    }
}
