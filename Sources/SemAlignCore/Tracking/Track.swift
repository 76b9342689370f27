// SPDX-License-Identifier: Apache-2.0

/// What is known of the object from the frames before: the solutions that are followed, and what carries them on.
struct Track: Sendable {
    private let configuration: TrackerConfiguration
    private var followed: FollowedSolutions
    /// Support that the track had, slowly forgotten: one that slowly gets worse is noticed, one bad frame is not.
    private var usualSupport = 0.0
    /// Centre of the visible surface in the frame before.
    private var surfaceCenter: SIMD3<Double>?
    /// Stamp of the frame that the followed solutions are those of [ns].
    private var lastTime: UInt64?
    private var prediction = PosePrediction(usesVelocity: false)
    /// Focal length that it holds for [px], where the camera brings none.
    var focalLength: Double?

    /// Knows nothing yet; `diameter` is the class's.
    init(_ configuration: TrackerConfiguration, diameter: Double) {
        self.configuration = configuration
        followed = FollowedSolutions(configuration, diameter: diameter)
    }

    /// Solutions that are followed, the leader first.
    var solutions: [PoseHypothesis] { followed.solutions }

    /// The leader where its frame supports it.
    var supportedLeader: PoseHypothesis? { solutions.first.flatMap { isSupported($0) ? $0 : nil } }

    /// Gives up all that was followed.
    mutating func removeAll() {
        followed.removeAll()
        (surfaceCenter, lastTime, focalLength, usualSupport) = (nil, nil, nil, 0)
        prediction = PosePrediction(usesVelocity: false)
    }

    /// Refines the followed solutions in a further frame; returns the steps made, of `PoseRefiner.warmSteps` for each.
    mutating func follow(
        _ problem: FrameProblem, _ observation: Observation, scratch: inout PoseScratch,
        while isTimeLeft: () -> Bool
    ) -> Int {
        let isCameraKnown = observation.intrinsics != nil
        // What is known of the camera carries the solutions on; then the object moved as its visible surface did.
        let carry = prediction.carry(
            to: observation.timestamp, camera: problem.isMetric ? observation.cameraPose : nil)
        var motion = SIMD3<Double>.zero
        if let before = surfaceCenter, let now = problem.evidence.surfaceCenter {
            motion = now - (carry?.apply(before) ?? before)
        }
        let seconds = secondsSinceLastTime(observation.timestamp)
        var made = 0
        followed.update { hypotheses in
            for i in hypotheses.indices {
                if let carry { hypotheses[i].move(by: carry) }
                hypotheses[i].translation += motion
                // The focal length found before is the problem's own now.
                if !isCameraKnown { hypotheses[i].logFocalChange = 0 }
                made += problem.refiner.follow(
                    &hypotheses[i], after: seconds, scratch: &scratch, while: isTimeLeft)
            }
            problem.refiner.judge(&hypotheses, reach: PoseRefiner.judgedReach, scratch: &scratch)
        }
        if let leader = supportedLeader { usualSupport = max(leader.support, usualSupport - 0.02) }
        return made
    }

    /// Keeps of a frame what the next one starts from, beside the solutions themselves.
    mutating func note(
        _ hypothesis: PoseHypothesis, of problem: FrameProblem, at time: UInt64, camera: SimilarityTransform?
    ) {
        surfaceCenter = problem.evidence.surfaceCenter
        lastTime = time
        prediction.observe(hypothesis.transform, at: time, camera: problem.isMetric ? camera : nil)
    }

    /// True where the frame explains enough of the object by this solution.
    func isSupported(_ hypothesis: PoseHypothesis) -> Bool {
        hypothesis.coverage >= configuration.leastCoverage
            && hypothesis.semantics >= configuration.leastSemantics
    }

    /// True where the leader has about the support that the track usually has.
    func isUsual(_ leader: PoseHypothesis) -> Bool {
        leader.support >= usualSupport - configuration.supportDrop
    }

    /// Takes the leader's support for usual from now on.
    mutating func accept(_ leader: PoseHypothesis) { usualSupport = leader.support }

    /// Follows what was found, the best first, with what was followed so far beside it.
    mutating func takeOver(_ found: some Collection<PoseHypothesis>) {
        guard let best = found.first else { return }
        followed.takeOver(found)
        usualSupport = best.support
    }

    /// Follows a newcomer too, where it differs from the others and comes near them.
    mutating func add(_ newcomer: PoseHypothesis) { followed.add(newcomer) }

    /// Time since the frame that the solutions are of [s]; `nil` where it says nothing about motion.
    private func secondsSinceLastTime(_ time: UInt64) -> Double? {
        guard let last = lastTime, time > last else { return nil }
        let seconds = Double(time - last) / 1e9
        return seconds <= MotionModel.horizon ? seconds : nil
    }
}
