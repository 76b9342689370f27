// SPDX-License-Identifier: Apache-2.0

/// The streams that make up a frame.
public enum FrameStream: String, Hashable, Sendable, CaseIterable {
    /// Colour image.
    case image
    /// Intrinsics and distortion.
    case cameraInfo = "camera_info"
    /// Depth registered to colour.
    case depth
    /// Instance mask.
    case mask
    /// Patch features.
    case features

    /// Position in arrays with one entry a stream.
    var index: Int {
        switch self {
        case .image: 0
        case .cameraInfo: 1
        case .depth: 2
        case .mask: 3
        case .features: 4
        }
    }
}
