// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Which error of relative depth is estimated together with the focal length of an image.
public enum DepthOffset: String, Hashable, Sendable, CaseIterable {
    /// Depth is right but for its scale.
    case none
    /// True depth is a · depth + b: b is estimated, a is the scale that relative depth lacks anyway.
    case depth
    /// True inverse depth is a / depth + b: the depth was made from disparity of unknown offset.
    case disparity
}

/// What was found out about the camera and the depth of an image.
public struct CameraEstimate: Hashable, Sendable {
    /// Focal length [larger image sides].
    public var focalLength: Double
    /// Standard deviation of log f; 0 where f was known.
    public var logDeviation: Double
    /// False where the image says too little about f: then it is the prior's or the other images' guess.
    public var isObservable: Bool
    /// Offset of the depth in units of its median at the keypoints; 0 where it is not estimated.
    public var offset: Double

    /// A camera whose focal length is known.
    init(known focalLength: Double) {
        self.init(focalLength: focalLength, logDeviation: 0, isObservable: true, offset: 0)
    }

    init(focalLength: Double, logDeviation: Double, isObservable: Bool, offset: Double) {
        self.focalLength = focalLength
        self.logDeviation = logDeviation
        self.isObservable = isObservable
        self.offset = offset
    }
}

extension DepthOffset {
    /// Depth without its offset; not positive where the offset would put it behind the camera.
    func corrected(_ depth: Double, median: Double, offset: Double) -> Double {
        switch self {
        case .none: depth
        case .depth: depth + offset * median
        case .disparity: 1 / (1 / depth + offset / median)
        }
    }
}
