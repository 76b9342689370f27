// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import SemAlignCore
import SwiftProtobuf

/// Patch features of an image: `semalign.FeatureMap`.
public struct FeatureMessage: DecodableMessage, Hashable {
    /// `semalign.FeatureMap`.
    public static let schemaName = Semalign_FeatureMap.protoMessageName

    /// Acquisition time of the image [ns since the Unix epoch].
    public let timestamp: UInt64
    /// The camera's optical frame.
    public let frameID: String
    /// Patches from top to bottom, H_p.
    public let rows: Int
    /// Patches from left to right, W_p.
    public let columns: Int
    /// Feature length C.
    public let channels: Int
    /// H_p×W_p×C, row-major, every value finite.
    public let values: [Float16]
    /// True where the sender says that every patch has unit length.
    public let isNormalized: Bool
    /// What the patches cover [px, edges]; `nil` = the whole image.
    public let crop: PixelRegion?
    /// Names the network; empty where not stated.
    public let model: String

    /// The message that carries `features`.
    public init(features: FeatureMap, isNormalized: Bool, timestamp: UInt64, frameID: String) {
        self.timestamp = timestamp
        self.frameID = frameID
        rows = features.rows
        columns = features.columns
        channels = features.channels
        values = features.values
        self.isNormalized = isNormalized
        crop = features.region
        model = features.model
    }

    /// The features of an image of size `imageSize` [px].
    public func features(imageSize: ImageSize) -> FeatureMap {
        FeatureMap(
            rows: rows, columns: columns, channels: channels, values: values,
            region: crop ?? PixelRegion(imageSize), model: model)
    }

    /// Reads and checks a payload.
    public init(decoding payload: [UInt8]) throws(MessageError) { try self.init(decoding: payload.span) }

    /// Reads and checks a payload where it lies; its numbers are copied once.
    public init(decoding payload: Span<UInt8>) throws(MessageError) {
        if let field = PayloadField(number: Self.dataField, of: payload) {
            let message = try Semalign_FeatureMap(payload: field.rest)
            try self.init(message, data: payload.extracting(field.range))
        } else {
            let message = try Semalign_FeatureMap(payload: payload.bytes(0..<payload.count))
            try self.init(message, data: [UInt8](message.data).span)
        }
    }

    /// Checks a parsed message whose numbers are the bytes `data`.
    private init(_ message: Semalign_FeatureMap, data: Span<UInt8>) throws(MessageError) {
        guard message.hasTimestamp else { throw .missing(field: "timestamp of the features") }
        timestamp = try message.timestamp.nanosecondsSinceEpoch()
        frameID = message.frameID
        rows = try Self.dimension(message.height, "height of the features")
        columns = try Self.dimension(message.width, "width of the features")
        channels = try Self.dimension(message.channels, "channels of the features")
        values = try FeatureValues(message).decoded(data, count: rows * columns * channels)
        isNormalized = message.normalized
        crop = message.hasCrop ? try PixelRegion(checking: message.crop) : nil
        model = message.model
    }

    /// Number of the field `data` in the schema.
    private static let dataField: UInt64 = 7

    /// The payload, as 16-bit floating point.
    public func encoded() throws(MessageError) -> [UInt8] {
        var message = Semalign_FeatureMap()
        message.timestamp = .init(nanosecondsSinceEpoch: timestamp)
        message.frameID = frameID
        message.height = UInt32(rows)
        message.width = UInt32(columns)
        message.channels = UInt32(channels)
        message.dataType = .float16
        message.data = unsafe values.withUnsafeBytes { unsafe Data($0) }
        message.normalized = isNormalized
        if let crop { message.crop = .init(crop) }
        message.model = model
        return try message.payload()
    }

    /// A dimension so small that the product of three does not overflow.
    private static func dimension(_ number: UInt32, _ field: String) throws(MessageError) -> Int {
        guard (1...1 << 20).contains(number) else {
            throw .value(field: field, found: "\(number)", expected: "1…\(1 << 20)")
        }
        return Int(number)
    }
}

extension PixelRegion {
    /// Reads a crop: finite and not empty.
    init(checking crop: Semalign_Crop) throws(MessageError) {
        let limit = maximumPixelCoordinate
        try check(all: [crop.x0, crop.y0, crop.x1, crop.y1], in: -limit...limit, field: "crop")
        guard crop.x1 > crop.x0, crop.y1 > crop.y0 else {
            throw .value(
                field: "crop", found: "(\(crop.x0), \(crop.y0)) to (\(crop.x1), \(crop.y1))",
                expected: "x1 > x0 and y1 > y0")
        }
        self.init(minimum: [crop.x0, crop.y0], maximum: [crop.x1, crop.y1])
    }
}

extension Semalign_Crop {
    /// From a region in pixel edges.
    init(_ region: PixelRegion) {
        self.init()
        x0 = region.minimum.x
        y0 = region.minimum.y
        x1 = region.maximum.x
        y1 = region.maximum.y
    }
}
