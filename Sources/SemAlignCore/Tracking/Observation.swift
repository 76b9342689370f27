// SPDX-License-Identifier: Apache-2.0

/// Everything that is known about one camera frame: one stamp, one camera.
public struct Observation: Hashable, Sendable {
    /// Acquisition time [ns since the Unix epoch]: the key of a frame.
    public let timestamp: UInt64
    /// The camera's optical frame.
    public let frameID: String
    /// Width and height of the colour image [px].
    public let imageSize: ImageSize
    /// The camera; `nil` where unknown, then the focal length is estimated.
    public let intrinsics: CameraIntrinsics?
    /// Depth registered to the colour image; `nil` where there is none.
    public let depth: DepthImage?
    /// Object mask at the size of the colour image.
    public let mask: ObjectMask
    /// Which of the mask's instances is meant, 1…255.
    public let instance: UInt8
    /// Patch features.
    public let features: FeatureMap
    /// Features of other networks, one map for each class but the first; empty = all classes share `features`.
    public var otherFeatures: [FeatureMap] = []
    /// The camera's optical frame in a fixed frame at the stamp [m], scale 1; `nil` where unknown.
    public var cameraPose: SimilarityTransform?

    /// Joins the streams of one frame.
    ///
    /// Precondition: the mask has the image's size.
    public init(
        timestamp: UInt64, frameID: String, imageSize: ImageSize, intrinsics: CameraIntrinsics?,
        depth: DepthImage?, mask: ObjectMask, instance: UInt8, features: FeatureMap
    ) {
        precondition(mask.size == imageSize, "the mask has the size of the colour image")
        self.timestamp = timestamp
        self.frameID = frameID
        self.imageSize = imageSize
        self.intrinsics = intrinsics
        self.depth = depth
        self.mask = mask
        self.instance = instance
        self.features = features
    }
}

extension Observation {
    /// The frame's camera; where it is unknown the one that is assumed, with `focalLength` [px].
    public func camera(focalLength: Double) -> CameraIntrinsics {
        intrinsics ?? CameraIntrinsics(imageSize: imageSize, focalLength: focalLength)
    }

    /// True where the pixel nearest to `place` [px] lies on the object.
    package func showsObject(at place: SIMD2<Double>) -> Bool {
        let nearest = place.rounded(.toNearestOrAwayFromZero)
        // A crop from outside may say anything.
        guard abs(nearest.x) < 1e9, abs(nearest.y) < 1e9 else { return false }
        return mask.contains(column: Int(nearest.x), row: Int(nearest.y), instance: instance)
    }

    /// The frame as the class with this number sees it: with the features of its own network.
    func seen(byClass index: Int) -> Observation {
        guard index > 0, index <= otherFeatures.count else { return self }
        var own = Observation(
            timestamp: timestamp, frameID: frameID, imageSize: imageSize, intrinsics: intrinsics,
            depth: depth,
            mask: mask, instance: instance, features: otherFeatures[index - 1])
        own.cameraPose = cameraPose
        return own
    }
}
