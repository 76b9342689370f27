// SPDX-License-Identifier: Apache-2.0
public import SemAlignMessages

/// One stream's message of a frame: parsed and checked, pictures not decoded yet.
public enum FramePart: Hashable, Sendable {
    /// A picture file.
    case compressed(CompressedImageMessage)
    /// Rows of pixels.
    case raw(RawImageMessage)
    /// The camera.
    case calibration(CalibrationMessage)
    /// Patch features, and those of further classes' own networks.
    case features(FeatureMessage, others: [FeatureMessage] = [])

    /// Stamp of the message [ns].
    public var timestamp: UInt64 {
        switch self {
        case .compressed(let message): message.timestamp
        case .raw(let message): message.timestamp
        case .calibration(let message): message.timestamp
        case .features(let message, _): message.timestamp
        }
    }

    /// The camera's optical frame.
    public var frameID: String {
        switch self {
        case .compressed(let message): message.frameID
        case .raw(let message): message.frameID
        case .calibration(let message): message.frameID
        case .features(let message, _): message.frameID
        }
    }

    /// Memory that the message takes, roughly.
    var byteCount: Int {
        switch self {
        case .compressed(let message): message.data.count + 256
        case .raw(let message): message.data.count + 256
        case .calibration: 512
        case .features(let message, let others):
            ([message] + others).reduce(256) { $0 + $1.values.count * 2 }
        }
    }
}
