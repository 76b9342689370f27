// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Follows one object from frame to frame: the whole way from an observation to keypoints.
///
/// A frame starts from the solutions of the frame before; the first frame, jumps and failures start cold. An
/// answer always rests on its own frame: where that does not support one, the result says so.
public struct Tracker: Sendable {
    package let model: EvidenceModel
    private let configuration: TrackerConfiguration
    private let gradient: GradientAlignment?
    private var followed: FollowedSolutions
    /// Centre of the visible surface in the frame before.
    private var surfaceCenter: SIMD3<Double>?
    private var isEstablished = false
    /// Focal length that the track holds for [px], where the camera brings none.
    private var foundFocalLength: Double?
    /// Best solution of this frame.
    private var current: (problem: FrameProblem, hypothesis: PoseHypothesis)?
    /// Support that the track had, slowly forgotten.
    private var usualSupport = 0.0
    private var buffers = FrameBuffers()
    private var prediction: PosePrediction
    private var plan: ExplorationPlan
    /// The frame that was answered last, as long as something may be looked for in it.
    private var unexplored: FrameProblem?

    /// Solutions that are followed, the leader first.
    package var hypotheses: [PoseHypothesis] { followed.solutions }

    /// Steps of a frame that starts from the one before, and how far its matches reach [object radii].
    private static let warmSteps = 6
    private static let warmReach = (0.2, 0.05)

    /// Prepares to track objects of the class `representation`.
    public init(representation: ClassRepresentation, configuration: TrackerConfiguration = .init()) {
        model = EvidenceModel(representation)
        self.configuration = configuration
        followed = FollowedSolutions(configuration, diameter: model.diameter)
        plan = ExplorationPlan(framesBetweenChecks: configuration.framesBetweenChecks)
        prediction = PosePrediction(usesVelocity: configuration.predictsMotion)
        gradient = configuration.solver == .adamw ? GradientAlignment(representation, configuration) : nil
    }

    /// Forgets the object: the next frame starts cold.
    public mutating func reset() {
        dropTrack()
        isEstablished = false
    }

    /// Gives up what was followed, but not that there was something to follow.
    private mutating func dropTrack() {
        followed.removeAll()
        (surfaceCenter, foundFocalLength, current) = (nil, nil, nil)
        usualSupport = 0
        plan.restart()
        prediction = PosePrediction(usesVelocity: configuration.predictsMotion)
    }

    /// Aligns the class with one frame; `clock` tells monotonic nanoseconds for the stages' durations.
    ///
    /// Includes what `answer` leaves for later.
    public mutating func update(_ observation: Observation, clock: () -> UInt64) -> TrackingResult {
        let result = answer(observation, clock: clock)
        let start = clock()
        guard explore(while: { true }) else { return result }
        return result.adding(StageDuration(name: "explore", nanoseconds: clock() &- start))
    }

    /// Aligns the class with one frame, and leaves for `explore` what its answer need not wait for.
    public mutating func answer(_ observation: Observation, clock: () -> UInt64) -> TrackingResult {
        unexplored = nil
        var stages = StageClock(now: clock())
        guard observation.features.channels == model.representation.appearance.channels else {
            return lose(
                "features of \(observation.features.channels) channels, the class has "
                    + "\(model.representation.appearance.channels)", stages)
        }
        current = nil
        var problems = FrameProblem.problems(
            of: observation, focalLength: foundFocalLength, model: model, buffers: &buffers)
        // Lent to this frame; nobody else holds it when the next one comes.
        defer { if let problem = problems.first { buffers.match = problem.evidence.grids[0].match } }
        stages.finish("similarity", now: clock())
        guard !problems.isEmpty else {
            reset()
            return failure(.noObject, "the mask shows no object", stages)
        }
        let leader = follow(problems[0], observation)
        if !followed.isEmpty { stages.finish("warm", now: clock()) }
        var isWarm = leader != nil
        if let leader, isSound(leader, observation) {
            unexplored = problems[0]
        } else {
            if foundFocalLength != nil {
                // The search may find another focal length than the track had.
                problems = FrameProblem.problems(
                    of: observation, focalLength: nil, model: model, buffers: &buffers)
            }
            isWarm = search(problems, leader: leader) && isWarm
            stages.finish("cold", now: clock())
        }
        guard
            let best = current.map({ refineKeypoints($0.problem, $0.hypothesis, observation, isWarm: isWarm) }
            )
        else { return lose("the frame supports no pose of the class", stages) }
        isEstablished = true
        surfaceCenter = best.problem.evidence.surfaceCenter
        prediction.observe(
            best.hypothesis.transform, at: observation.timestamp,
            camera: best.problem.isMetric ? observation.cameraPose : nil)
        foundFocalLength =
            observation.intrinsics == nil
            ? best.problem.evidence.camera.focalLength.x * exp(best.hypothesis.logFocalChange) : nil
        return answer(best, observation, startedCold: !isWarm, stages, clock)
    }

    /// A solution and the problem it solves.
    private struct Solution {
        let problem: FrameProblem
        let hypothesis: PoseHypothesis
        /// Keypoints where a solver moved each of them, else `nil`: those of the hypothesis hold.
        let keypoints: [SIMD3<Double>]?
    }

    /// Refines the followed solutions in this frame; `nil` where the leader has no support.
    private mutating func follow(
        _ problem: FrameProblem, _ observation: Observation
    ) -> PoseHypothesis? {
        current = nil
        guard !followed.isEmpty else { return nil }
        let isCameraKnown = observation.intrinsics != nil
        // What is known of camera and object carries the solutions on; then the object moved as its surface did.
        let carry = prediction.carry(
            to: observation.timestamp, camera: problem.isMetric ? observation.cameraPose : nil)
        var motion = SIMD3<Double>.zero
        if let before = surfaceCenter, let now = problem.evidence.surfaceCenter {
            motion = now - (carry?.apply(before) ?? before)
        }
        followed.update { hypotheses in
            for i in hypotheses.indices {
                if let carry { hypotheses[i].move(by: carry) }
                hypotheses[i].translation += motion
                // The focal length found before is the problem's own now.
                if !isCameraKnown { hypotheses[i].logFocalChange = 0 }
                problem.refiner.refine(
                    &hypotheses[i], steps: Self.warmSteps, reach: Self.warmReach, modes: model.modeCount)
            }
            problem.refiner.judge(&hypotheses, reach: 0.1)
        }
        guard let leader = hypotheses.first, isSupported(leader) else { return nil }
        current = (problem, leader)
        plan.noteFrame()
        // A track that slowly gets worse is noticed, one bad frame is forgotten.
        usualSupport = max(leader.support, usualSupport - 0.02)
        return leader
    }

    /// True where the frame needs no search before its answer; a search in parts may have become due instead.
    private mutating func isSound(_ leader: PoseHypothesis, _ observation: Observation) -> Bool {
        if leader.support >= usualSupport - configuration.supportDrop { return true }
        // Where the focal length is in doubt the search poses problems that this frame's are not.
        guard configuration.defersSearches, observation.intrinsics != nil else { return false }
        usualSupport = leader.support
        plan.startSearch()
        return true
    }

    /// Looks for better solutions in the frame that was answered last, from some directions at a time.
    ///
    /// `hasTime` is asked before each part, of a few milliseconds. What is found counts from the next frame on. False
    /// where there was nothing to do.
    @discardableResult
    public mutating func explore(while hasTime: () -> Bool) -> Bool {
        guard let problem = unexplored, plan.isDue, plan.isOverdue || hasTime() else { return false }
        let search = PoseSearch(model: model, refiner: problem.refiner)
        repeat {
            guard let slice = plan.take() else { break }
            if let found = search.run(slice: slice, of: max(1, plan.sliceCount)) { consider(found) }
        } while plan.isDue && hasTime()
        plan.finishSearch()
        return true
    }

    /// Follows what was found beside the track: at the head where the track is in doubt and this is better.
    private mutating func consider(_ found: PoseHypothesis) {
        guard plan.isSearch, let leader = hypotheses.first, found.support > leader.support,
            isSupported(found)
        else { return followed.add(found) }
        followed.takeOver([found])
        usualSupport = found.support
    }

    /// Looks for the object without help from the frame before; true where the followed leader stays the best.
    private mutating func search(_ problems: [FrameProblem], leader: PoseHypothesis?) -> Bool {
        plan.restart()
        var best: (problem: FrameProblem, found: [PoseHypothesis])?
        for problem in problems {
            let found = PoseSearch(model: model, refiner: problem.refiner).run()
            guard let first = found.first else { continue }
            if let other = best, other.found[0].support >= first.support { continue }
            best = (problem, found)
        }
        if let leader, leader.support >= (best?.found[0].support ?? -.infinity) {
            usualSupport = leader.support
            return true
        }
        guard let best, isSupported(best.found[0]) else {
            if leader == nil { dropTrack() }
            return leader != nil
        }
        followed.takeOver(best.found)
        usualSupport = best.found[0].support
        current = (best.problem, best.found[0])
        return false
    }

    /// Lets the configured solver move each keypoint.
    private func refineKeypoints(
        _ problem: FrameProblem, _ hypothesis: PoseHypothesis, _ observation: Observation, isWarm: Bool
    ) -> Solution {
        guard let gradient else { return Solution(problem: problem, hypothesis: hypothesis, keypoints: nil) }
        let keypoints = gradient.align(
            observation, starts: isWarm ? [hypothesis] : hypotheses, refiner: problem.refiner, isWarm: isWarm)
        return Solution(problem: problem, hypothesis: hypothesis, keypoints: keypoints)
    }

    private func isSupported(_ hypothesis: PoseHypothesis) -> Bool {
        hypothesis.coverage >= configuration.leastCoverage
            && hypothesis.semantics >= configuration.leastSemantics
    }

    private func answer(
        _ solution: Solution, _ observation: Observation, startedCold: Bool, _ stages: StageClock,
        _ clock: () -> UInt64
    ) -> TrackingResult {
        var stages = stages
        let hypothesis = solution.hypothesis
        let estimation = KeypointEstimation(
            problem: solution.problem, hypothesis: hypothesis, rivals: Array(hypotheses.dropFirst()))
        let estimates = estimation.estimates(keypoints: solution.keypoints)
        let points = solution.problem.refiner.points(hypothesis)
        stages.finish("covariance", now: clock())
        return TrackingResult(
            state: .tracking, startedCold: startedCold, isMetric: solution.problem.isMetric,
            focalLengthPixels: estimation.camera.focalLength.x, energy: -hypothesis.support,
            energyGap: hypotheses.count > 1 ? hypothesis.support - hypotheses[1].support : .nan,
            cameraFromClass: hypothesis.transform, keypoints: estimates,
            densePoints: Array(points.dropFirst(model.keypointCount)), stages: stages.durations, message: "")
    }

    /// Says that the frame has no answer, and starts cold with the next.
    private mutating func lose(_ message: String, _ stages: StageClock) -> TrackingResult {
        let state: TrackingState = isEstablished ? .lost : .searching
        dropTrack()
        return failure(state, message, stages)
    }

    private func failure(_ state: TrackingState, _ message: String, _ stages: StageClock) -> TrackingResult {
        TrackingResult(
            state: state, startedCold: true, isMetric: false, focalLengthPixels: .nan, energy: .nan,
            energyGap: .nan,
            cameraFromClass: SimilarityTransform(scale: 1, rotation: .identity, translation: .zero),
            keypoints: [], densePoints: [], stages: stages.durations, message: message)
    }
}

/// Collects how long the stages of a frame took.
private struct StageClock {
    private(set) var durations: [StageDuration] = []
    private var last: UInt64

    init(now: UInt64) { last = now }

    mutating func finish(_ name: String, now: UInt64) {
        durations.append(StageDuration(name: name, nanoseconds: now &- last))
        last = now
    }
}
