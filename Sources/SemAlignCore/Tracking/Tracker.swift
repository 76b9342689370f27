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
    /// Stamp of the frame that was answered last [ns].
    private var lastAnswer: UInt64?
    /// Focal length that the track holds for [px], where the camera brings none.
    private var foundFocalLength: Double?
    /// Best solution of this frame.
    private var current: (problem: FrameProblem, hypothesis: PoseHypothesis)?
    /// Support that the track had, slowly forgotten.
    private var usualSupport = 0.0
    private var buffers = FrameBuffers()
    /// Frames followed since the last search.
    private var framesFollowed = 0

    /// Solutions that are followed, the leader first.
    package var hypotheses: [PoseHypothesis] { followed.solutions }

    /// Prepares to track objects of the class `representation`.
    public init(representation: ClassRepresentation, configuration: TrackerConfiguration = .init()) {
        model = EvidenceModel(representation)
        self.configuration = configuration
        followed = FollowedSolutions(configuration, diameter: model.diameter)
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
        (surfaceCenter, lastAnswer, foundFocalLength, current) = (nil, nil, nil, nil)
        (usualSupport, framesFollowed) = (0, 0)
    }

    /// Aligns the class with one frame; `clock` tells monotonic nanoseconds for the stages' durations.
    public mutating func update(_ observation: Observation, clock: () -> UInt64) -> TrackingResult {
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
        if let leader, leader.support >= usualSupport - configuration.supportDrop {
            if explore(problems[0]) { stages.finish("explore", now: clock()) }
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
        lastAnswer = observation.timestamp
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
    private mutating func follow(_ problem: FrameProblem, _ observation: Observation) -> PoseHypothesis? {
        current = nil
        let isCameraKnown = observation.intrinsics != nil
        guard !followed.isEmpty else { return nil }
        // The object moved as its visible surface did.
        var motion = SIMD3<Double>.zero
        if let before = surfaceCenter, let now = problem.evidence.surfaceCenter { motion = now - before }
        let seconds = secondsSinceLastAnswer(observation.timestamp)
        followed.update { hypotheses in
            for i in hypotheses.indices {
                hypotheses[i].translation += motion
                // The focal length found before is the problem's own now.
                if !isCameraKnown { hypotheses[i].logFocalChange = 0 }
                problem.refiner.follow(&hypotheses[i], after: seconds)
            }
            problem.refiner.judge(&hypotheses, reach: 0.1)
        }
        guard let leader = hypotheses.first, isSupported(leader) else { return nil }
        current = (problem, leader)
        framesFollowed += 1
        // A track that slowly gets worse is noticed, one bad frame is forgotten.
        usualSupport = max(leader.support, usualSupport - 0.02)
        return leader
    }

    /// Time since the frame that was answered before [s]; `nil` where it says nothing about motion.
    private func secondsSinceLastAnswer(_ time: UInt64) -> Double? {
        guard let last = lastAnswer, time > last else { return nil }
        let seconds = Double(time - last) / 1e9
        return seconds <= MotionModel.horizon ? seconds : nil
    }

    /// Looks for better solutions from some directions, others in each frame; false where it is not the time for it.
    private mutating func explore(_ problem: FrameProblem) -> Bool {
        // Every third frame: the others have their time for themselves.
        guard framesFollowed % 3 == 0, configuration.framesBetweenChecks > 1 else { return false }
        let slices = max(1, configuration.framesBetweenChecks / 3)
        let search = PoseSearch(model: model, refiner: problem.refiner)
        if let found = search.run(slice: framesFollowed / 3 % slices, of: slices) { followed.add(found) }
        return true
    }

    /// Looks for the object without help from the frame before; true where the followed leader stays the best.
    private mutating func search(_ problems: [FrameProblem], leader: PoseHypothesis?) -> Bool {
        framesFollowed = 0
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
