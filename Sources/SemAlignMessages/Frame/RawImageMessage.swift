// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import SemAlignCore
import SwiftProtobuf

/// An image as rows of pixels: `foxglove.RawImage`.
public struct RawImageMessage: DecodableMessage, Hashable {
    /// `foxglove.RawImage`.
    public static let schemaName = Foxglove_RawImage.protoMessageName

    /// Acquisition time [ns since the Unix epoch].
    public let timestamp: UInt64
    /// The camera's optical frame.
    public let frameID: String
    /// Width and height [px], neither zero.
    public let size: ImageSize
    /// How a pixel is stored.
    public let encoding: PixelEncoding
    /// From the start of one row to the next [bytes], at least a row's pixels.
    public let step: Int
    /// height × step bytes.
    public let data: [UInt8]

    /// Joins the parts of an image whose rows follow each other without gaps.
    ///
    /// Precondition: `data` holds width × height pixels.
    public init(
        timestamp: UInt64, frameID: String, size: ImageSize, encoding: PixelEncoding, data: [UInt8]
    ) {
        precondition(
            data.count == size.width * size.height * encoding.bytesPerPixel,
            "a raw image needs width × height pixels")
        self.timestamp = timestamp
        self.frameID = frameID
        self.size = size
        self.encoding = encoding
        self.step = size.width * encoding.bytesPerPixel
        self.data = data
    }

    /// Reads and checks a payload.
    public init(decoding payload: [UInt8]) throws(MessageError) {
        let message = try Foxglove_RawImage(payload: payload)
        guard message.hasTimestamp else { throw .missing(field: "timestamp of the image") }
        guard let encoding = PixelEncoding(name: message.encoding) else {
            let names = PixelEncoding.allCases.map(\.rawValue).joined(separator: ", ")
            throw .unknown(field: "encoding of the image", found: message.encoding, supported: names)
        }
        let size = try checkedSize(field: "size of the image", width: message.width, height: message.height)
        let rowBytes = size.width * encoding.bytesPerPixel
        let step = Int(message.step)
        guard step >= rowBytes else {
            throw .value(field: "step of the image", found: "\(step)", expected: "\(rowBytes) or more")
        }
        try check(count: message.data.count, is: step * size.height, field: "bytes of the image")
        self.timestamp = try message.timestamp.nanosecondsSinceEpoch()
        self.frameID = message.frameID
        self.size = size
        self.encoding = encoding
        self.step = step
        self.data = [UInt8](message.data)
    }

    /// The payload.
    public func encoded() throws(MessageError) -> [UInt8] {
        var message = Foxglove_RawImage()
        message.timestamp = .init(nanosecondsSinceEpoch: timestamp)
        message.frameID = frameID
        message.width = UInt32(size.width)
        message.height = UInt32(size.height)
        message.encoding = encoding.rawValue
        message.step = UInt32(step)
        message.data = Data(data)
        return try message.payload()
    }
}
