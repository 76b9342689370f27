// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import SwiftProtobuf

/// A picture file as it came: `foxglove.CompressedImage`.
///
/// Decoding the picture is not done here; `format` is what the sender says and need not be true.
public struct CompressedImageMessage: DecodableMessage, Hashable {
    /// `foxglove.CompressedImage`.
    public static let schemaName = Foxglove_CompressedImage.protoMessageName

    /// Acquisition time [ns since the Unix epoch].
    public let timestamp: UInt64
    /// The camera's optical frame.
    public let frameID: String
    /// Format as the sender names it, in lower case: `jpeg`, `png`.
    public let format: String
    /// The picture file.
    public let data: [UInt8]

    /// Joins the parts of a message.
    public init(timestamp: UInt64, frameID: String, format: String, data: [UInt8]) {
        self.timestamp = timestamp
        self.frameID = frameID
        self.format = format
        self.data = data
    }

    /// Reads and checks a payload.
    public init(decoding payload: [UInt8]) throws(MessageError) {
        let message = try Foxglove_CompressedImage(payload: payload)
        guard message.hasTimestamp else { throw .missing(field: "timestamp of the image") }
        guard !message.data.isEmpty else { throw .missing(field: "data of the image") }
        self.init(
            timestamp: try message.timestamp.nanosecondsSinceEpoch(), frameID: message.frameID,
            format: message.format.lowercased(), data: [UInt8](message.data))
    }

    /// The payload.
    public func encoded() throws(MessageError) -> [UInt8] {
        var message = Foxglove_CompressedImage()
        message.timestamp = .init(nanosecondsSinceEpoch: timestamp)
        message.frameID = frameID
        message.format = format
        message.data = Data(data)
        return try message.payload()
    }
}
