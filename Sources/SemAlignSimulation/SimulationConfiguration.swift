// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// How a class is looked at.
public struct SimulationConfiguration: Hashable, Sendable {
    /// From where the cameras look.
    public enum Viewpoints: String, Hashable, Sendable, CaseIterable {
        /// From everywhere above the table on which the object stands.
        case upperSphere
        /// From everywhere; the object hangs in the air, as if held.
        case fullSphere
    }

    /// What is known about the camera.
    public enum Focal: Hashable, Sendable {
        /// Known and the same in all images [larger image sides].
        case known(Double)
        /// Different in every image, between 0.8 and 2.5 larger image sides, and not told.
        case unknown
    }

    /// Which depth comes with the images.
    public enum Depth: String, Hashable, Sendable, CaseIterable {
        /// A sensor's, in metres, with noise, holes and smeared edges.
        case sensor
        /// A sensor's, times a factor that differs between images and is not told.
        case relative
        /// Exact, in metres.
        case exact
        /// None.
        case none
    }

    /// Size of the images.
    public var imageSize = ImageSize(width: 320, height: 240)
    /// From where the cameras look.
    public var viewpoints = Viewpoints.upperSphere
    /// What is known about the camera.
    public var focal = Focal.known(0.95)
    /// Focal lengths that are not told [larger image sides]; `nil` = 0.8 to 2.5.
    public var unknownFocalRange: ClosedRange<Double>?
    /// Which depth comes with the images.
    public var depth = Depth.sensor
    /// Share of the larger image side that the object fills.
    public var fill: ClosedRange<Double> = 0.25...0.6
    /// Share of the object that something in front of it hides; `nil` = nothing stands in front.
    public var occlusion: ClosedRange<Double>?
    /// Half width of the motion blur [px]; 0 = sharp.
    public var blur = 0
    /// True where things lie around, some of which look like the object to the features.
    public var hasClutter = true
    /// Frames per second of a video.
    public var frameRate = 15.0
    /// Frame at which a video turns back and goes on as it came; `nil` = never.
    public var turningPoint: Int?
    /// Frames of a video at which the object jumps by `jumpDegrees`.
    public var jumps: [Int] = []
    /// Rotation of a jump [degrees].
    public var jumpDegrees = 60.0
    /// The patch features.
    public var features = FeatureConfiguration()

    /// The default: wide views from above, known camera, sensor depth, nothing in front.
    public init() {}

    /// A half of an object that is hidden by 30 to 50 %.
    public static let usualOcclusion: ClosedRange<Double> = 0.3...0.5
}
