// SPDX-License-Identifier: Apache-2.0

/// What the tracker can say about an object in a frame.
public enum TrackingState: String, Hashable, Sendable, CaseIterable {
    /// Looking for the object; there is no answer yet.
    case searching
    /// The keypoints of this very frame are known.
    case tracking
    /// It was tracked, and this frame does not support it any more.
    case lost
    /// The mask of this frame is empty.
    case noObject
}

/// The tracker's answer for one frame: never an older frame's under a new stamp.
public struct TrackingResult: Hashable, Sendable {
    /// What can be said; `keypoints` is empty unless it is `.tracking`.
    public let state: TrackingState
    /// True where this frame was aligned without help from the frame before.
    public let startedCold: Bool
    /// True where positions are metres.
    public let isMetric: Bool
    /// Focal length that the answer holds for [px]: the camera's, or the estimated one.
    public let focalLengthPixels: Double
    /// What the solver minimises, at its solution: equation 13 with `adamw`, minus the support with `fast`; NaN without one.
    public let energy: Double
    /// How much worse the solver's best different solution is, by what it chooses by; NaN where unknown.
    public let energyGap: Double
    /// Class frame to camera frame; its scale is metres per canonical unit where metric.
    public let cameraFromClass: SimilarityTransform
    /// One estimate per keypoint in the class's order, or none.
    public let keypoints: [KeypointEstimate]
    /// Dense points in the camera frame, or none.
    public let densePoints: [SIMD3<Double>]
    /// Time spent by stage name [ns], in order.
    public let stages: [StageDuration]
    /// For people: why the state is not `.tracking`, or where the frame's time ran out.
    public let message: String

    /// Joins the parts of an answer.
    public init(
        state: TrackingState, startedCold: Bool, isMetric: Bool, focalLengthPixels: Double, energy: Double,
        energyGap: Double, cameraFromClass: SimilarityTransform, keypoints: [KeypointEstimate],
        densePoints: [SIMD3<Double>], stages: [StageDuration], message: String
    ) {
        self.state = state
        self.startedCold = startedCold
        self.isMetric = isMetric
        self.focalLengthPixels = focalLengthPixels
        self.energy = energy
        self.energyGap = energyGap
        self.cameraFromClass = cameraFromClass
        self.keypoints = keypoints
        self.densePoints = densePoints
        self.stages = stages
        self.message = message
    }

    /// An answer without keypoints, and why there are none.
    public init(
        withoutKeypoints state: TrackingState, message: String, startedCold: Bool = false,
        stages: [StageDuration] = []
    ) {
        self.init(
            state: state, startedCold: startedCold, isMetric: false, focalLengthPixels: .nan, energy: .nan,
            energyGap: .nan,
            cameraFromClass: SimilarityTransform(scale: 1, rotation: .identity, translation: .zero),
            keypoints: [], densePoints: [], stages: stages, message: message)
    }
}

/// How long a named stage of a frame took.
public struct StageDuration: Hashable, Sendable {
    /// Name of the stage, such as `similarity`.
    public let name: String
    /// Duration [ns].
    public let nanoseconds: UInt64

    /// Joins name and duration.
    public init(name: String, nanoseconds: UInt64) {
        self.name = name
        self.nanoseconds = nanoseconds
    }
}
