// SPDX-License-Identifier: Apache-2.0

/// One object of an `ObjectSet`: its tracker, its motion, and where it was last.
struct TrackedObject: Sendable {
    let identity: UInt8
    let classIndex: Int
    private var tracker: Tracker
    private var motion = PosePrediction(usesVelocity: true)
    private var region = MaskFootprint.empty
    private var regionTime: UInt64 = 0
    /// The camera's pose at that time, where it was known.
    private var regionCamera: SimilarityTransform?
    /// Stamp of the last frame whose mask showed it [ns].
    private(set) var seenAt: UInt64 = 0
    /// Stamp of the last frame that its tracker looked at [ns]; 0 = none yet.
    private(set) var lookedAt: UInt64 = 0
    /// Stamp of the last frame that gave a result: an answer, or that there is none [ns]; 0 = none yet.
    private(set) var resultAt: UInt64 = 0

    init(identity: UInt8, classIndex: Int, tracker: Tracker) {
        self.identity = identity
        self.classIndex = classIndex
        self.tracker = tracker
    }

    /// Notes where the frame at `time` [ns] of a camera with this pose shows it.
    mutating func saw(_ footprint: MaskFootprint, at time: UInt64, camera: SimilarityTransform?) {
        region = footprint
        regionCamera = camera
        regionTime = time
        seenAt = time
    }

    /// Where it is expected to be seen at `time` [ns]: where it was, moved as its pose and the camera move.
    func footprint(at time: UInt64, in observation: Observation) -> MaskFootprint {
        guard let camera = observation.intrinsics,
            let before = motion.pose(at: regionTime, camera: regionCamera),
            let now = motion.pose(at: time, camera: observation.cameraPose),
            let from = camera.project(before.translation),
            let to = camera.project(now.translation)
        else { return region }
        return region.moved(by: to - from)
    }

    /// True while it has no track and a search goes on.
    var isSearching: Bool { tracker.isSearching }

    /// Lets the tracker look at the frame, and search before the answer while `hasTime`.
    mutating func look(
        at observation: Observation, clock: () -> UInt64, searchingWhile hasTime: () -> Bool
    ) -> ObjectAnswer {
        let result = tracker.answer(
            observation.seen(byClass: classIndex), clock: clock, searchingWhile: hasTime)
        lookedAt = observation.timestamp
        if !isSearching { resultAt = lookedAt }
        if result.state == .tracking {
            motion.observe(
                result.cameraFromClass, at: observation.timestamp,
                camera: result.isMetric ? observation.cameraPose : nil)
        } else {
            motion = PosePrediction(usesVelocity: true)
        }
        return ObjectAnswer(
            identity: identity, classIndex: classIndex, observation: observation, result: result)
    }

    /// Does what the tracker left for later; false where there was nothing to do.
    mutating func explore(while hasTime: () -> Bool) -> Bool {
        defer { if !isSearching { resultAt = lookedAt } }
        return tracker.explore(while: hasTime)
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
