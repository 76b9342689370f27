// SPDX-License-Identifier: Apache-2.0

/// One object of an `ObjectSet`: its tracker, its motion, and where it was last.
struct TrackedObject: Sendable {
    let identity: UInt8
    let classIndex: Int
    private var tracker: Tracker
    private var motion = MotionModel()
    private var region = MaskFootprint.empty
    private var regionTime: UInt64 = 0
    /// Stamp of the last frame whose mask showed it [ns].
    private(set) var seenAt: UInt64 = 0
    /// Stamp of the last frame that its tracker looked at [ns]; 0 = none yet.
    private(set) var lookedAt: UInt64 = 0

    init(identity: UInt8, classIndex: Int, tracker: Tracker) {
        self.identity = identity
        self.classIndex = classIndex
        self.tracker = tracker
    }

    /// Notes where the frame at `time` [ns] shows it.
    mutating func saw(_ footprint: MaskFootprint, at time: UInt64) {
        region = footprint
        regionTime = time
        seenAt = time
    }

    /// Where it is expected to be seen at `time` [ns]: where it was, moved as its pose moves.
    func footprint(at time: UInt64, in observation: Observation) -> MaskFootprint {
        guard let camera = observation.intrinsics, let before = motion.pose(at: regionTime),
            let now = motion.pose(at: time), let from = camera.project(before.translation),
            let to = camera.project(now.translation)
        else { return region }
        return region.moved(by: to - from)
    }

    /// Lets the tracker look at the frame.
    mutating func look(at observation: Observation, clock: () -> UInt64) -> ObjectAnswer {
        let result = tracker.update(observation, clock: clock)
        lookedAt = observation.timestamp
        if result.state == .tracking {
            motion.observe(result.cameraFromClass, at: observation.timestamp)
        } else {
            motion = MotionModel()
        }
        return ObjectAnswer(
            identity: identity, classIndex: classIndex, observation: observation, result: result)
    }

    /// The answer for a frame that had no time for it.
    func postponed(_ observation: Observation) -> ObjectAnswer {
        ObjectAnswer(
            identity: identity, classIndex: classIndex, observation: observation,
            result: TrackingResult(
                withoutKeypoints: .searching,
                message: "not looked at: the time for this frame went to objects with older answers"))
    }

    /// The answer for a frame whose mask does not show it.
    func absent(at time: UInt64) -> ObjectAnswer {
        ObjectAnswer(
            identity: identity, classIndex: classIndex, observation: nil,
            result: TrackingResult(withoutKeypoints: .noObject, message: "the mask does not show it"))
    }
}

extension TrackingResult {
    /// An answer without keypoints, and why there are none.
    public init(withoutKeypoints state: TrackingState, message: String) {
        self.init(
            state: state, startedCold: false, isMetric: false, focalLengthPixels: .nan, energy: .nan,
            energyGap: .nan,
            cameraFromClass: SimilarityTransform(scale: 1, rotation: .identity, translation: .zero),
            keypoints: [], densePoints: [], stages: [], message: message)
    }
}
