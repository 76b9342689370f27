// SPDX-License-Identifier: Apache-2.0

/// The look for better solutions beside those that are followed, a slice of the directions at a time.
struct Exploration: Sendable {
    private var plan: ExplorationPlan
    /// The frame that was answered last, as long as something may be looked for in it; at most one.
    private var frame: [FrameProblem] = []
    /// What was found beside the track and is not followed yet.
    private var found: [PoseHypothesis] = []

    init(_ configuration: TrackerConfiguration) {
        plan = ExplorationPlan(framesBetweenChecks: configuration.framesBetweenChecks)
    }

    /// Notes that a frame was followed.
    mutating func noteFrame() { plan.noteFrame() }

    /// Makes all directions due, as for a track that is in doubt: what is found may take its head.
    mutating func startSearch() { plan.startSearch() }

    /// Begins the plan anew, as after a search.
    mutating func restart() { plan.restart() }

    /// Forgets what was found, and begins the plan anew.
    mutating func removeAll() {
        found.removeAll(keepingCapacity: true)
        plan.restart()
    }

    /// Keeps the frame of `problems` for `exploreKept`, which leaves none there.
    mutating func keep(_ problems: inout [FrameProblem]) { swap(&problems, &frame) }

    /// Gives the memory of the kept frame back.
    mutating func drop(into buffers: inout FrameBuffers) { buffers.takeBack(&frame) }

    /// Tries the directions that are due in the kept frame; false where nothing was to do.
    mutating func exploreKept(
        _ buffers: inout SearchBuffers, helper: SearchHelper?, while hasTime: () -> Bool
    ) -> Bool {
        guard !frame.isEmpty else { return false }
        // Taken out meanwhile, so that nobody else holds what is prepared for the search.
        var problems: [FrameProblem] = []
        swap(&problems, &frame)
        defer { swap(&problems, &frame) }
        return explore(
            &problems[0], &buffers, helper: helper, budget: .unlimited, clock: { 0 }, while: hasTime)
    }

    /// Tries the directions that are due; what is found waits for `handOver`.
    mutating func explore(
        _ problem: inout FrameProblem, _ buffers: inout SearchBuffers, helper: SearchHelper?,
        budget: TimeBudget, clock: () -> UInt64, while hasTime: () -> Bool
    ) -> Bool {
        guard plan.isDue, plan.isOverdue || hasTime() else { return false }
        problem.prepareSearch()
        let refiner = problem.refiner
        let search = PoseSearch(model: refiner.model, refiner: refiner, helper: helper)
        repeat {
            guard let slice = plan.take() else { break }
            let best = search.run(
                slice: slice, of: max(1, plan.sliceCount), &buffers, budget: budget, clock: clock)
            if let best { found.append(best) }
        } while plan.isDue && hasTime()
        return true
    }

    /// Lets the track follow what was found: at its head where the track is in doubt and this is better.
    mutating func handOver(to track: inout Track) {
        for hypothesis in found {
            if plan.isSearch, let leader = track.solutions.first, hypothesis.support > leader.support,
                track.isSupported(hypothesis)
            {
                track.takeOver(CollectionOfOne(hypothesis))
            } else {
                track.add(hypothesis)
            }
        }
        found.removeAll(keepingCapacity: true)
        plan.finishSearch()
    }
}
