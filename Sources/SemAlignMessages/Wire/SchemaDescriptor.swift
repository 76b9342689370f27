// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What an MCAP schema record holds for a protobuf channel.
public struct SchemaDescriptor: Hashable, Sendable {
    /// Full name of the message, such as `foxglove.CompressedImage`.
    public let name: String
    /// Encoding of `data` as MCAP names it.
    public var encoding: String { "protobuf" }
    /// A serialized `google.protobuf.FileDescriptorSet` with everything that the message's file imports.
    public let data: [UInt8]

    /// The descriptor of the message with this full name; `nil` where this build does not know it.
    public static func named(_ name: String) -> SchemaDescriptor? {
        guard let file = files.first(where: { $0.value.contains(name) })?.key,
            let text = EmbeddedSchemas.sets[file], let data = Data(base64Encoded: text)
        else { return nil }
        return SchemaDescriptor(name: name, data: [UInt8](data))
    }

    /// Names of all messages that can stand on a topic or in a file of ours.
    public static var names: [String] { files.values.flatMap { $0 }.sorted() }

    private static let files: [String: [String]] = [
        "foxglove_geometry": ["foxglove.FrameTransform", "foxglove.PoseInFrame"],
        "foxglove_images": [
            "foxglove.CameraCalibration", "foxglove.CompressedImage", "foxglove.ImageAnnotations",
            "foxglove.RawImage",
        ],
        "foxglove_scene": ["foxglove.SceneUpdate"],
        "semalign": [
            "semalign.CorrespondenceArray", "semalign.Diagnostics", "semalign.FeatureMap",
            "semalign.KeypointArray", "semalign.QueryArray",
        ],
        "representation": ["semalign.ClassRepresentation"],
    ]
}
