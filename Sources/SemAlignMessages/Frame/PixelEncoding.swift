// SPDX-License-Identifier: Apache-2.0

/// How the pixels of a raw image are stored.
public enum PixelEncoding: String, CaseIterable, Hashable, Sendable {
    /// Red, green, blue, one byte each.
    case rgb8
    /// Blue, green, red, one byte each.
    case bgr8
    /// One byte: brightness, or an instance number.
    case mono8
    /// Depth as 16 bits without sign, little-endian [mm]; 0 = no measurement.
    case depthMillimetres = "16UC1"
    /// Depth as 32-bit floating point, little-endian [m]; 0, NaN, Inf = no measurement.
    case depthMetres = "32FC1"

    /// The encoding that Foxglove or ROS calls `name`; `nil` where it is not read here.
    public init?(name: String) {
        switch name {
        case "8UC3": self = .bgr8
        case "8UC1": self = .mono8
        case "mono16": self = .depthMillimetres
        default: self.init(rawValue: name)
        }
    }

    /// Size of a pixel [bytes].
    public var bytesPerPixel: Int {
        switch self {
        case .rgb8, .bgr8: 3
        case .mono8: 1
        case .depthMillimetres: 2
        case .depthMetres: 4
        }
    }
}
