// SPDX-License-Identifier: Apache-2.0

/// Follows one object from frame to frame: the whole way from an observation to keypoints.
///
/// A frame starts from the solutions of the frame before (`Track`); the first frame, jumps and failures start cold
/// (`FrameSearch`), and now and then it looks beside the track (`Exploration`). An answer always rests on its own
/// frame: where that does not support one, the result says so.
public struct Tracker: Sendable {
    package let model: EvidenceModel
    /// How all dense points follow the keypoints.
    private let dense: DeformationMap
    private let configuration: TrackerConfiguration
    private let gradient: GradientAlignment?
    private let helper: SearchHelper?
    private var track: Track
    private var exploration: Exploration
    /// A search that is not finished yet.
    private var pending: FrameSearch?
    /// Best solution of this frame, and which of its problems it solves.
    private var current: (problem: Int, hypothesis: PoseHypothesis)?
    /// True once an answer was given since the last reset: from then on an object without one is lost.
    private var isEstablished = false
    /// True where the solutions that are followed come from a search and no answer rests on them yet.
    private var isFresh = false
    private var buffers = FrameBuffers()
    private var stages = StageClock()
    /// What of this frame had no time.
    private var shortfall: Shortfall?

    /// Solutions that are followed, the leader first.
    package var hypotheses: [PoseHypothesis] { track.solutions }

    /// True while there is no track and a search for one goes on in `explore`.
    public var isSearching: Bool { pending != nil }

    /// Prepares to track objects of the class `representation`; a `helper`, which trackers may share, halves searches.
    public init(
        representation: ClassRepresentation, configuration: TrackerConfiguration = .init(),
        helper: SearchHelper? = nil
    ) {
        model = EvidenceModel(representation)
        dense = representation.dense.map
        self.configuration = configuration
        self.helper = helper
        track = Track(configuration, diameter: model.diameter)
        exploration = Exploration(configuration)
        gradient = configuration.solver == .adamw ? GradientAlignment(representation, configuration) : nil
    }

    /// Forgets the object: the next frame starts cold.
    public mutating func reset() {
        dropTrack()
        isEstablished = false
        buffers.search.nextDirection = 0
    }

    /// Gives up what was followed, but not that there was something to follow.
    private mutating func dropTrack() {
        track.removeAll()
        exploration.removeAll()
        (current, pending, isFresh) = (nil, nil, false)
    }

    /// Aligns the class with one frame; `clock` tells monotonic nanoseconds for the stages' durations and the time budget.
    ///
    /// Gets no memory from the system for a warm frame, once some frames have been seen and unless the receiver still
    /// holds the answer before: the answer's arrays are used again.
    /// Looks for better solutions beside the followed ones now and then; see `answer` for frames that cannot wait for it.
    public mutating func update(_ observation: Observation, clock: () -> UInt64) -> TrackingResult {
        align(observation, clock, explores: true, while: { true })
    }

    /// Aligns the class with one frame as `update` does, and leaves for `explore` what the answer need not wait for.
    ///
    /// Where searches may be deferred (`TrackerConfiguration.defersSearches`) one comes before the answer only while
    /// `hasTime`, which is asked before each of its parts of a few milliseconds. Its rest is left for `explore` too,
    /// and the answers until it is finished say so.
    public mutating func answer(
        _ observation: Observation, clock: () -> UInt64, searchingWhile hasTime: () -> Bool = { false }
    ) -> TrackingResult {
        align(observation, clock, explores: false, while: hasTime)
    }

    /// Goes on with a search, or looks for better solutions in the frame that `answer` answered last.
    ///
    /// `hasTime` is asked before each part, of a few milliseconds; the first part of a search, without which there is
    /// no answer, does not ask. What is found counts from the next frame on. False where there was nothing to do.
    @discardableResult
    public mutating func explore(while hasTime: () -> Bool) -> Bool {
        if var search = pending.take() {
            search.resume(&buffers.search, helper: helper, while: hasTime)
            if search.isFinished { takeOver(search) } else { pending = search }
            return true
        }
        guard exploration.exploreKept(&buffers.search, helper: helper, while: hasTime) else { return false }
        exploration.handOver(to: &track)
        return true
    }

    private mutating func align(
        _ observation: Observation, _ clock: () -> UInt64, explores: Bool, while hasTime: () -> Bool
    ) -> TrackingResult {
        exploration.drop(into: &buffers)
        let start = clock()
        let budget = TimeBudget(milliseconds: configuration.budgetMilliseconds, from: start)
        stages.start(start)
        shortfall = nil
        guard observation.features.channels == model.representation.appearance.channels else {
            return lose(
                "features of \(observation.features.channels) channels, the class has "
                    + "\(model.representation.appearance.channels)")
        }
        current = nil
        var problems = FrameProblem.problems(
            of: observation, focalLength: track.focalLength, model: model, buffers: &buffers)
        var isKept = false
        defer {
            if isKept { exploration.keep(&problems) } else { buffers.takeBack(&problems) }
        }
        stages.finish("similarity", now: clock())
        guard !problems.isEmpty else {
            reset()
            return failure(.noObject, "the mask shows no object")
        }
        let leader = follow(problems[0], observation, budget, clock)
        if !hypotheses.isEmpty { stages.finish("warm", now: clock()) }
        var isWarm = leader != nil && !isFresh
        if let leader, isSound(leader) {
            isKept = !explores
            if explores, explore(&problems[0], budget, clock) { stages.finish("explore", now: clock()) }
        } else if configuration.defersSearches, !explores {
            // What was followed may find support again before the search is done.
            if let lost = hypotheses.first {
                track.note(lost, of: problems[0], at: observation.timestamp, camera: observation.cameraPose)
            }
            searchInParts(&problems, observation, clock, while: hasTime)
            guard pending == nil else {
                return failure(without, "the frame supports no pose of the class yet; the search goes on")
            }
        } else {
            isWarm = search(&problems, observation, leader: leader, budget, clock) && isWarm
            stages.finish("cold", now: clock())
        }
        guard let best = current else { return lose("the frame supports no pose of the class") }
        let problem = problems[best.problem]
        problem.refiner.place(best.hypothesis, into: &buffers.pose.positions, &buffers.pose.points)
        let likeness = problem.likeness(
            of: best.hypothesis, positions: buffers.pose.positions, buffers: buffers)
        guard likeness >= configuration.leastLikeness else {
            return lose("what the mask shows does not look like \(model.representation.className)")
        }
        let solution: FrameSolution
        do throws(AlignmentError) {
            solution = try solve(problem, best.hypothesis, observation, isWarm: isWarm)
        } catch {
            return lose("\(error)")
        }
        isEstablished = true
        (isFresh, pending) = (false, nil)
        track.note(best.hypothesis, of: problem, at: observation.timestamp, camera: observation.cameraPose)
        track.focalLength =
            observation.intrinsics == nil ? problem.camera(of: best.hypothesis).focalLength.x : nil
        let result = answer(problem, solution, startedCold: !isWarm, clock)
        exploration.handOver(to: &track)
        return result
    }

    /// Refines the followed solutions in this frame; `nil` where the leader has no support.
    private mutating func follow(
        _ problem: FrameProblem, _ observation: Observation, _ budget: TimeBudget, _ clock: () -> UInt64
    ) -> PoseHypothesis? {
        guard !hypotheses.isEmpty else { return nil }
        let wanted = PoseRefiner.warmSteps * hypotheses.count
        let made = track.follow(problem, observation, scratch: &buffers.pose) { budget.isLeft(clock) }
        if made < wanted { shortfall = .steps(made: made, wanted: wanted) }
        guard let leader = track.supportedLeader else { return nil }
        current = (0, leader)
        exploration.noteFrame()
        return leader
    }

    /// True where the frame needs no search before its answer; a search in parts may have become due instead.
    private mutating func isSound(_ leader: PoseHypothesis) -> Bool {
        if track.isUsual(leader) { return true }
        guard configuration.defersSearches else { return false }
        track.accept(leader)
        exploration.startSearch()
        return true
    }

    /// Tries the directions that are due in this frame, before its answer.
    private mutating func explore(
        _ problem: inout FrameProblem, _ budget: TimeBudget, _ clock: () -> UInt64
    ) -> Bool {
        exploration.explore(
            &problem, &buffers.search, helper: helper, budget: budget, clock: clock,
            while: { budget.isLeft(clock) })
    }

    /// Looks for the object without help from the frame before; true where the followed leader stays the best.
    private mutating func search(
        _ problems: inout [FrameProblem], _ observation: Observation, leader: PoseHypothesis?,
        _ budget: TimeBudget, _ clock: () -> UInt64
    ) -> Bool {
        exploration.restart()
        var search = FrameSearch(
            observation, &problems, isFocalLengthFound: track.focalLength != nil, model: model)
        if !search.run(&buffers.search, helper: helper, budget: budget, clock: clock) { shortfall = .search }
        search.giveBack(&problems)
        if let leader, search.best == nil || leader.support >= buffers.search.best[0].support {
            track.accept(leader)
            return true
        }
        if followFound(of: search.best) { return false }
        if leader == nil { dropTrack() }
        return leader != nil
    }

    /// Begins a search in this frame where none goes on, and does what `hasTime` allows before the answer.
    private mutating func searchInParts(
        _ problems: inout [FrameProblem], _ observation: Observation, _ clock: () -> UInt64,
        while hasTime: () -> Bool
    ) {
        guard pending == nil else { return }
        var search = FrameSearch(
            observation, &problems, isFocalLengthFound: track.focalLength != nil, model: model)
        if hasTime() {
            search.resume(&buffers.search, helper: helper, while: hasTime)
            stages.finish("cold", now: clock())
        }
        guard search.isFinished else {
            pending = search
            return
        }
        search.giveBack(&problems)
        exploration.restart()
        _ = followFound(of: search.best)
    }

    /// Starts the track from what a search found in the frame that it began in; the next frame follows it from there.
    private mutating func takeOver(_ search: FrameSearch) {
        dropTrack()
        guard followFound(of: search.best), let current else { return }
        let problem = search.problems[current.problem]
        track.note(current.hypothesis, of: problem, at: search.time, camera: search.camera)
        track.focalLength = search.isCameraKnown ? nil : problem.camera(of: current.hypothesis).focalLength.x
        isFresh = true
    }

    /// Follows the best that was found, of that problem; false where there is none or the frame does not support it.
    private mutating func followFound(of problem: Int?) -> Bool {
        guard let problem, let first = buffers.search.best.first, track.isSupported(first) else {
            return false
        }
        track.takeOver(buffers.search.best)
        current = (problem, first)
        return true
    }

    /// The configured solver's answer; what is followed is where `adamw` starts from, and it may find none.
    private mutating func solve(
        _ problem: FrameProblem, _ leader: PoseHypothesis, _ observation: Observation, isWarm: Bool
    ) throws(AlignmentError) -> FrameSolution {
        let followed = hypotheses
        guard let gradient else {
            return problem.solution(leader, beside: followed.dropFirst(), scratch: &buffers.pose)
        }
        return try gradient.solution(
            observation, problem, starts: isWarm ? [leader] : followed, isWarm: isWarm,
            scratch: &buffers.pose)
    }

    private mutating func answer(
        _ problem: FrameProblem, _ solution: FrameSolution, startedCold: Bool, _ clock: () -> UInt64
    ) -> TrackingResult {
        KeypointEstimation(problem: problem, solution: solution).estimate(
            into: &buffers.keypoints, scratch: buffers.pose)
        buffers.pose.positions.removeLast(buffers.pose.positions.count - model.keypointCount)
        dense.apply(to: buffers.pose.positions, into: &buffers.densePoints)
        stages.finish("covariance", now: clock())
        return TrackingResult(
            state: .tracking, startedCold: startedCold, isMetric: problem.isMetric,
            focalLengthPixels: solution.camera.focalLength.x, energy: solution.energy,
            energyGap: solution.energyGap, cameraFromClass: solution.cameraFromClass,
            keypoints: buffers.keypoints, densePoints: buffers.densePoints, stages: stages.durations,
            message: reason ?? "")
    }

    /// Says that the frame has no answer, and starts cold with the next.
    private mutating func lose(_ message: String) -> TrackingResult {
        dropTrack()
        return failure(without, reason.map { "\(message); \($0)" } ?? message)
    }

    /// State of a frame that shows the object but has no answer.
    private var without: TrackingState { isEstablished ? .lost : .searching }

    /// Says where the frame's time ran out; `nil` where it did not.
    private var reason: String? {
        shortfall?.reason(budgetMilliseconds: configuration.budgetMilliseconds)
    }

    private func failure(_ state: TrackingState, _ message: String) -> TrackingResult {
        TrackingResult(
            withoutKeypoints: state, message: message, startedCold: true, stages: stages.durations)
    }
}
