// SPDX-License-Identifier: Apache-2.0

/// The topics of a node; every one may be renamed in the configuration.
public enum Topic: String, CaseIterable, Hashable, Sendable {
    /// The colour image: the frame; its timestamp is the frame's key.
    case image = "/camera/color/image"
    /// The colour camera's calibration.
    case calibration = "/camera/color/camera_info"
    /// Depth registered to the colour image.
    case depth = "/camera/depth/image"
    /// Object mask: 0 = background, otherwise the instance number.
    case mask = "/perception/mask"
    /// Patch features of the colour image.
    case features = "/perception/features"
    /// Points that are to be found, asked for at run time.
    case queries = "/semalign/queries"
    /// The answer for every processed frame.
    case keypoints = "/semalign/keypoints"
    /// Where the queried points are.
    case correspondences = "/semalign/correspondences"
    /// The answer for 3D viewers.
    case scene = "/semalign/scene"
    /// The answer for image viewers.
    case annotations = "/semalign/annotations"
    /// Rates, latencies, drops, once a second.
    case diagnostics = "/semalign/diagnostics"

    /// The topic's name where the configuration does not say otherwise.
    public var defaultName: String { rawValue }

    /// Schemas that a message of this topic may have; what we publish has the first.
    public var schemas: [String] {
        switch self {
        case .image, .mask: [CompressedImageMessage.schemaName, RawImageMessage.schemaName]
        case .depth: [RawImageMessage.schemaName, CompressedImageMessage.schemaName]
        case .calibration: [CalibrationMessage.schemaName]
        case .features: [FeatureMessage.schemaName]
        case .queries: [QueryMessage.schemaName]
        case .keypoints: [KeypointMessage.schemaName]
        case .correspondences: [CorrespondenceMessage.schemaName]
        case .scene: [SceneMessage.schemaName]
        case .annotations: [AnnotationsMessage.schemaName]
        case .diagnostics: [DiagnosticsMessage.schemaName]
        }
    }

    /// True for the topics that a node publishes.
    public var isOutput: Bool {
        switch self {
        case .image, .calibration, .depth, .mask, .features, .queries: false
        case .keypoints, .correspondences, .scene, .annotations, .diagnostics: true
        }
    }
}
