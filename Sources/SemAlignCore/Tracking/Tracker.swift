// SPDX-License-Identifier: Apache-2.0

/// Follows one object from frame to frame: the whole way from an observation to keypoints.
///
/// A frame starts from the solutions of the frame before; the first frame, jumps and failures start cold. An
/// answer always rests on its own frame: where that does not support one, the result says so.
public struct Tracker: Sendable {
    package let model: EvidenceModel
    /// How all dense points follow the keypoints.
    private let dense: DeformationMap
    private let configuration: TrackerConfiguration
    private let gradient: GradientAlignment?
    private let helper: SearchHelper?
    private var followed: FollowedSolutions
    /// Centre of the visible surface in the frame before.
    private var surfaceCenter: SIMD3<Double>?
    private var isEstablished = false
    /// Stamp of the frame that the followed solutions are those of [ns].
    private var lastTime: UInt64?
    /// Focal length that the track holds for [px], where the camera brings none.
    private var foundFocalLength: Double?
    /// Best solution of this frame, and which of its problems it solves.
    private var current: (problem: Int, hypothesis: PoseHypothesis)?
    /// Support that the track had, slowly forgotten.
    private var usualSupport = 0.0
    private var buffers = FrameBuffers()
    private var stages = StageClock()
    /// What of this frame had no time.
    private var shortfall: Shortfall?
    private var prediction = PosePrediction(usesVelocity: false)
    private var plan: ExplorationPlan
    /// The frame that was answered last, as long as something may be looked for in it; at most one.
    private var unexplored: [FrameProblem] = []
    /// A search that is not finished yet.
    private var pending: PendingSearch?
    /// True where the solutions that are followed come from a search and no answer rests on them yet.
    private var isFresh = false

    /// Solutions that are followed, the leader first.
    package var hypotheses: [PoseHypothesis] { followed.solutions }

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
        followed = FollowedSolutions(configuration, diameter: model.diameter)
        plan = ExplorationPlan(framesBetweenChecks: configuration.framesBetweenChecks)
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
        followed.removeAll()
        (surfaceCenter, lastTime, foundFocalLength, current, pending) = (nil, nil, nil, nil, nil)
        (usualSupport, isFresh) = (0, false)
        buffers.explored.removeAll(keepingCapacity: true)
        plan.restart()
        prediction = PosePrediction(usesVelocity: false)
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

    private mutating func align(
        _ observation: Observation, _ clock: () -> UInt64, explores: Bool, while hasTime: () -> Bool
    ) -> TrackingResult {
        buffers.takeBack(&unexplored)
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
            of: observation, focalLength: foundFocalLength, model: model, buffers: &buffers)
        var isUnexplored = false
        defer {
            if isUnexplored { swap(&problems, &unexplored) } else { buffers.takeBack(&problems) }
        }
        stages.finish("similarity", now: clock())
        guard !problems.isEmpty else {
            reset()
            return failure(.noObject, "the mask shows no object")
        }
        let leader = follow(problems[0], observation, budget, clock)
        if !followed.isEmpty { stages.finish("warm", now: clock()) }
        var isWarm = leader != nil && !isFresh
        if let leader, isSound(leader) {
            isUnexplored = !explores
            if explores, explore(&problems[0], budget, clock, while: { budget.isLeft(clock) }) {
                stages.finish("explore", now: clock())
            }
        } else if configuration.defersSearches, !explores {
            // What was followed may find support again before the search is done.
            if let lost = hypotheses.first {
                note(lost, of: problems[0], at: observation.timestamp, camera: observation.cameraPose)
            }
            searchInParts(&problems, observation, clock, while: hasTime)
            guard pending == nil else {
                return failure(without, "the frame supports no pose of the class yet; the search goes on")
            }
        } else {
            let first = addGuesses(to: &problems, of: observation)
            isWarm = search(&problems, from: first, leader: leader, budget, clock) && isWarm
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
        note(best.hypothesis, of: problem, at: observation.timestamp, camera: observation.cameraPose)
        foundFocalLength =
            observation.intrinsics == nil ? problem.camera(of: best.hypothesis).focalLength.x : nil
        let result = answer(problem, solution, startedCold: !isWarm, clock)
        considerExplored()
        return result
    }

    /// Keeps of a frame what the next one starts from, beside the solutions themselves.
    private mutating func note(
        _ hypothesis: PoseHypothesis, of problem: FrameProblem, at time: UInt64, camera: SimilarityTransform?
    ) {
        surfaceCenter = problem.evidence.surfaceCenter
        lastTime = time
        prediction.observe(hypothesis.transform, at: time, camera: problem.isMetric ? camera : nil)
    }

    /// Refines the followed solutions in this frame; `nil` where the leader has no support.
    private mutating func follow(
        _ problem: FrameProblem, _ observation: Observation, _ budget: TimeBudget, _ clock: () -> UInt64
    ) -> PoseHypothesis? {
        current = nil
        let isCameraKnown = observation.intrinsics != nil
        guard !followed.isEmpty else { return nil }
        // What is known of the camera carries the solutions on; then the object moved as its visible surface did.
        let carry = prediction.carry(
            to: observation.timestamp, camera: problem.isMetric ? observation.cameraPose : nil)
        var motion = SIMD3<Double>.zero
        if let before = surfaceCenter, let now = problem.evidence.surfaceCenter {
            motion = now - (carry?.apply(before) ?? before)
        }
        let seconds = secondsSinceLastTime(observation.timestamp)
        let wanted = PoseRefiner.warmSteps * hypotheses.count
        var made = 0
        // Lent to the closure, which may not look at the tracker while it changes.
        var scratch = PoseScratch()
        swap(&scratch, &buffers.pose)
        followed.update { hypotheses in
            for i in hypotheses.indices {
                if let carry { hypotheses[i].move(by: carry) }
                hypotheses[i].translation += motion
                // The focal length found before is the problem's own now.
                if !isCameraKnown { hypotheses[i].logFocalChange = 0 }
                made += problem.refiner.follow(
                    &hypotheses[i], after: seconds, scratch: &scratch, while: { budget.isLeft(clock) })
            }
            problem.refiner.judge(&hypotheses, reach: 0.1, scratch: &scratch)
        }
        swap(&scratch, &buffers.pose)
        if made < wanted { shortfall = .steps(made: made, wanted: wanted) }
        guard let leader = hypotheses.first, isSupported(leader) else { return nil }
        current = (0, leader)
        plan.noteFrame()
        // A track that slowly gets worse is noticed, one bad frame is forgotten.
        usualSupport = max(leader.support, usualSupport - 0.02)
        return leader
    }

    /// Time since the frame that the solutions are of [s]; `nil` where it says nothing about motion.
    private func secondsSinceLastTime(_ time: UInt64) -> Double? {
        guard let last = lastTime, time > last else { return nil }
        let seconds = Double(time - last) / 1e9
        return seconds <= MotionModel.horizon ? seconds : nil
    }

    /// True where the frame needs no search before its answer; a search in parts may have become due instead.
    private mutating func isSound(_ leader: PoseHypothesis) -> Bool {
        if leader.support >= usualSupport - configuration.supportDrop { return true }
        guard configuration.defersSearches else { return false }
        usualSupport = leader.support
        plan.startSearch()
        return true
    }

    /// Goes on with a search, or looks for better solutions in the frame that `answer` answered last.
    ///
    /// `hasTime` is asked before each part, of a few milliseconds; the first part of a search, without which there is
    /// no answer, does not ask. What is found counts from the next frame on. False where there was nothing to do.
    @discardableResult
    public mutating func explore(while hasTime: () -> Bool) -> Bool {
        if var search = pending.take() {
            resume(&search, while: hasTime)
            if search.isFinished { takeOver(search) } else { pending = search }
            return true
        }
        guard !unexplored.isEmpty else { return false }
        // Taken out meanwhile, so that nobody else holds what is prepared for the search.
        var problems: [FrameProblem] = []
        swap(&problems, &unexplored)
        let unlimited = TimeBudget.unlimited
        let hasExplored = explore(&problems[0], unlimited, { 0 }, while: hasTime)
        if hasExplored { considerExplored() }
        swap(&problems, &unexplored)
        return hasExplored
    }

    /// Tries the directions that are due; what is found waits for `considerExplored`.
    private mutating func explore(
        _ problem: inout FrameProblem, _ budget: TimeBudget, _ clock: () -> UInt64, while hasTime: () -> Bool
    ) -> Bool {
        guard plan.isDue, plan.isOverdue || hasTime() else { return false }
        problem.prepareSearch()
        let search = PoseSearch(model: model, refiner: problem.refiner, helper: helper)
        repeat {
            guard let slice = plan.take() else { break }
            let found = search.run(
                slice: slice, of: max(1, plan.sliceCount), &buffers.search, budget: budget, clock: clock)
            if let found { buffers.explored.append(found) }
        } while plan.isDue && hasTime()
        return true
    }

    /// Follows what was found beside the track: at the head where the track is in doubt and this is better.
    private mutating func considerExplored() {
        for found in buffers.explored {
            if plan.isSearch, let leader = hypotheses.first, found.support > leader.support,
                isSupported(found)
            {
                followed.takeOver(CollectionOfOne(found))
                usualSupport = found.support
            } else {
                followed.add(found)
            }
        }
        buffers.explored.removeAll(keepingCapacity: true)
        plan.finishSearch()
    }

    /// Looks for the object without help from the frame before; true where the followed leader stays the best.
    private mutating func search(
        _ problems: inout [FrameProblem], from start: Int, leader: PoseHypothesis?, _ budget: TimeBudget,
        _ clock: () -> UInt64
    ) -> Bool {
        plan.restart()
        var best: Int?
        for problem in start..<problems.count {
            problems[problem].prepareSearch()
            let isComplete = PoseSearch(model: model, refiner: problems[problem].refiner, helper: helper).run(
                &buffers.search, budget: budget.share(1 / Double(problems.count - problem), clock),
                clock: clock)
            if !isComplete { shortfall = .search }
            keepFound(of: problem, best: &best)
        }
        if let leader, best == nil || leader.support >= buffers.search.best[0].support {
            usualSupport = leader.support
            return true
        }
        if followFound(of: best) { return false }
        if leader == nil { dropTrack() }
        return leader != nil
    }

    /// Adds what a search tries where the track found its focal length, for it may be another.
    ///
    /// Returns the number of the first problem to search.
    private func addGuesses(to problems: inout [FrameProblem], of observation: Observation) -> Int {
        guard foundFocalLength != nil else { return 0 }
        let first = problems.count
        problems[0].prepareSearch()
        FrameProblem.addGuesses(to: &problems, of: observation, evidence: problems[0].evidence, model: model)
        return first
    }

    /// Keeps what the search of a problem found where it is the best so far, and then notes the problem.
    private mutating func keepFound(of problem: Int, best: inout Int?) {
        guard let first = buffers.search.found.first else { return }
        if best != nil, buffers.search.best[0].support >= first.support { return }
        best = problem
        buffers.search.best.removeAll(keepingCapacity: true)
        buffers.search.best.reserveCapacity(buffers.search.found.capacity)
        buffers.search.best.append(contentsOf: buffers.search.found)
    }

    /// Follows the best that was found, of that problem; false where there is none or the frame does not support it.
    private mutating func followFound(of problem: Int?) -> Bool {
        guard let problem, let first = buffers.search.best.first, isSupported(first) else { return false }
        followed.takeOver(buffers.search.best)
        usualSupport = first.support
        current = (problem, first)
        return true
    }

    /// Begins a search in this frame where none goes on, and does what `hasTime` allows before the answer.
    private mutating func searchInParts(
        _ problems: inout [FrameProblem], _ observation: Observation, _ clock: () -> UInt64,
        while hasTime: () -> Bool
    ) {
        guard pending == nil else { return }
        var search = PendingSearch(observation, from: addGuesses(to: &problems, of: observation))
        swap(&search.problems, &problems)
        if hasTime() {
            resume(&search, while: hasTime)
            stages.finish("cold", now: clock())
        }
        guard search.isFinished else {
            pending = search
            return
        }
        swap(&search.problems, &problems)
        plan.restart()
        _ = followFound(of: search.best)
    }

    /// Does the next part of a search, and further ones while there is time.
    private mutating func resume(_ search: inout PendingSearch, while hasTime: () -> Bool) {
        repeat {
            search.problems[search.place].prepareSearch()
            PoseSearch(model: model, refiner: search.problems[search.place].refiner, helper: helper).resume(
                &search.pass, &buffers.search, while: hasTime)
            guard search.pass.isFinished else { return }
            keepFound(of: search.place, best: &search.best)
            (search.place, search.pass) = (search.place + 1, .whole)
        } while !search.isFinished && hasTime()
    }

    /// Starts the track from what a search found in the frame that it began in; the next frame follows it from there.
    private mutating func takeOver(_ search: PendingSearch) {
        dropTrack()
        guard followFound(of: search.best), let current else { return }
        let problem = search.problems[current.problem]
        note(current.hypothesis, of: problem, at: search.time, camera: search.camera)
        foundFocalLength = search.isCameraKnown ? nil : problem.camera(of: current.hypothesis).focalLength.x
        isFresh = true
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

    private func isSupported(_ hypothesis: PoseHypothesis) -> Bool {
        hypothesis.coverage >= configuration.leastCoverage
            && hypothesis.semantics >= configuration.leastSemantics
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
