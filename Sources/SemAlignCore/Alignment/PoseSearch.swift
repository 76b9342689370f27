// SPDX-License-Identifier: Apache-2.0

/// Finds poses from the evidence of one frame, without a guess to start from (METHOD 4.2).
///
/// Every rotation of a grid over all orientations is tried. For each, the matches between the points visible
/// from there and their best patches, lifted by depth, vote for the translation; the best are refined coarsely, and
/// the best of those finely. Directions and hypotheses do not look at each other: a helper may take some of them.
struct PoseSearch {
    let model: EvidenceModel
    private let refiner: PoseRefiner
    private let votes: PoseVotes
    private let helper: SearchHelper?

    /// Reach of the first steps [object radii]: grids that resolve it are enough.
    static let coarsestReach = 0.5

    init(model: EvidenceModel, refiner: PoseRefiner, helper: SearchHelper? = nil) {
        self.model = model
        var refiner = refiner
        refiner.evidence.readCoarseGrids(forReach: Self.coarsestReach * refiner.evidence.radius)
        self.refiner = refiner
        self.helper = helper
        votes = PoseVotes(model: model, refiner: refiner)
    }

    /// Finds the best distinct hypotheses, best first, into `buffers.found`.
    ///
    /// Where `budget` runs out it makes do with what it has, at least one hypothesis; the next search then begins with
    /// the directions that this one has not tried. Returns false where that was so.
    func run(
        _ buffers: inout SearchBuffers, budget: TimeBudget = .unlimited, clock: () -> UInt64 = { 0 }
    ) -> Bool {
        let total = model.representation.visibility.directions.count
        let first = buffers.nextDirection < total ? buffers.nextDirection : 0
        let directions = SearchDirections(all: total, from: first)
        var pass = SearchPass.whole
        finish(&pass, directions, &buffers, budget, clock)
        buffers.nextDirection = pass.directionsTried < total ? directions[pass.directionsTried] : 0
        return pass.isComplete
    }

    /// The best hypothesis among every `count`-th direction from `slice` on: a small part of a search.
    func run(
        slice: Int, of count: Int, _ buffers: inout SearchBuffers, budget: TimeBudget = .unlimited,
        clock: () -> UInt64 = { 0 }
    ) -> PoseHypothesis? {
        let directions = SearchDirections(
            every: count, of: model.representation.visibility.directions.count, from: slice)
        var pass = SearchPass(coarseCount: 3, fineCount: 1, thoroughness: 0.4)
        finish(&pass, directions, &buffers, budget, clock)
        return buffers.found.first
    }

    /// Goes on with a whole search of this frame: one part, and further ones while `hasTime` says so.
    ///
    /// Nothing else may use `buffers` until `pass` is finished; then `buffers.found` is what `run` would have found.
    func resume(_ pass: inout SearchPass, _ buffers: inout SearchBuffers, while hasTime: () -> Bool) {
        let directions = SearchDirections(all: model.representation.visibility.directions.count, from: 0)
        repeat {
            advance(&pass, directions, .part, &buffers, .unlimited, { 0 })
        } while !pass.isFinished && hasTime()
    }

    private func finish(
        _ pass: inout SearchPass, _ directions: SearchDirections, _ buffers: inout SearchBuffers,
        _ budget: TimeBudget, _ clock: () -> UInt64
    ) {
        repeat {
            advance(&pass, directions, .all, &buffers, budget, clock)
        } while !pass.isFinished
    }

    /// Does some of what the pass is at, and what follows from it once that is done.
    private func advance(
        _ pass: inout SearchPass, _ directions: SearchDirections, _ portion: SearchPass.Portion,
        _ buffers: inout SearchBuffers, _ budget: TimeBudget, _ clock: () -> UInt64
    ) {
        switch pass.stage {
        case .vote:
            if pass.done == 0 { prepare(&buffers, directions) }
            let isOver = work(
                &pass, portion.directions, of: directions.count, on: &buffers.votes, directions,
                buffers.matches, &buffers.scratch, &buffers.helperScratch, budget.share(0.5, clock), clock)
            guard isOver else { return }
            pass.directionsTried = pass.done
            buffers.choice.choose(
                pass.coarseCount, of: buffers.votes, count: pass.done * PoseVotes.perDirection,
                into: &buffers.coarse, diameter: model.diameter)
            pass.begin(.coarse)
        case .coarse:
            let isOver = work(
                &pass, portion.coarse, of: buffers.coarse.count, on: &buffers.coarse, directions, [],
                &buffers.scratch, &buffers.helperScratch, budget.share(0.5, clock), clock)
            guard isOver else { return }
            buffers.choice.choose(
                pass.fineCount, of: buffers.coarse, count: pass.done, into: &buffers.fine,
                diameter: model.diameter)
            pass.begin(.fine)
        case .fine:
            let isOver = work(
                &pass, portion.fine, of: buffers.fine.count, on: &buffers.fine, directions, [],
                &buffers.scratch, &buffers.helperScratch, budget, clock)
            guard isOver else { return }
            buffers.choice.choose(
                pass.fineCount, of: buffers.fine, count: pass.done, into: &buffers.found,
                diameter: model.diameter)
            pass.begin(.finished)
        case .finished: break
        }
    }

    private func prepare(_ buffers: inout SearchBuffers, _ directions: SearchDirections) {
        buffers.scratch.prepare(for: refiner)
        if helper != nil { buffers.helperScratch.prepare(for: refiner) }
        votes.prepare(&buffers, directionCount: directions.count)
    }

    /// Does up to `limit` further items of a stage; true where none is left, or no time.
    ///
    /// The helper takes part where there is more than one.
    private func work(
        _ pass: inout SearchPass, _ limit: Int, of count: Int, on hypotheses: inout [PoseHypothesis],
        _ directions: SearchDirections, _ matches: [SearchBuffers.Match], _ scratch: inout SearchScratch,
        _ helperScratch: inout SearchScratch, _ budget: TimeBudget, _ clock: () -> UInt64
    ) -> Bool {
        let items = pass.done..<pass.done + min(limit, count - pass.done)
        let frozen = pass
        let isComplete: Bool
        (pass.done, isComplete) = unsafe hypotheses.withUnsafeMutableBufferPointer { places in
            let work = unsafe SearchWork(
                self, frozen, items: items, matches: matches, directions: directions, hypotheses: places)
            if let helper, items.count > 1 {
                helper.share(work, &scratch, &helperScratch, budget, clock)
            } else {
                work.run(&scratch) { budget.isLeft(clock) }
            }
            return (work.taken, work.isComplete)
        }
        pass.isComplete = pass.isComplete && isComplete
        return pass.done >= count || !isComplete
    }

    /// The hypotheses of one direction, with a cheap look at each, into their `places`.
    func vote(
        from direction: Int, _ pass: SearchPass, _ matches: [SearchBuffers.Match],
        into places: UnsafeMutableBufferPointer<PoseHypothesis>, _ scratch: inout SearchScratch
    ) {
        guard unsafe votes.vote(from: direction, matches, into: places, &scratch) else { return }
        unsafe refiner.glance(
            at: places, stride: thin(to: 100 * pass.thoroughness), reach: 0.3, scratch: &scratch.pose)
    }

    /// Steps from afar with few points, then a judgement; false where time ended the steps.
    func refineCoarsely(
        _ hypothesis: inout PoseHypothesis, _ pass: SearchPass, _ scratch: inout PoseScratch,
        while hasTime: () -> Bool
    ) -> Bool {
        let steps = 5
        let made = refiner.refine(
            &hypothesis, steps: steps, reach: (Self.coarsestReach, 0.2), modes: 0,
            stride: thin(to: 150 * pass.thoroughness), scratch: &scratch, while: hasTime)
        refiner.judge(
            &hypothesis, reach: 0.2, stride: thin(to: 170 * pass.thoroughness), scratch: &scratch)
        return made == steps
    }

    /// Steps with all shape modes free, then a judgement by all points; false where time ended the steps.
    func refineFinely(
        _ hypothesis: inout PoseHypothesis, _ pass: SearchPass, _ scratch: inout PoseScratch,
        while hasTime: () -> Bool
    ) -> Bool {
        let (steps, lastSteps) = (20, 10)
        var made = refiner.refine(
            &hypothesis, steps: steps, reach: (0.3, 0.09), modes: model.modeCount,
            stride: thin(to: 250 * pass.thoroughness), scratch: &scratch, while: hasTime)
        made += refiner.refine(
            &hypothesis, steps: lastSteps, reach: (0.085, PoseRefiner.lastReach), modes: model.modeCount,
            stride: thin(to: 500 * pass.thoroughness), scratch: &scratch, while: hasTime)
        refiner.judge(&hypothesis, reach: PoseRefiner.judgedReach, scratch: &scratch)
        return made == steps + lastSteps
    }

    /// Every so many dense points are looked at for some `count` of them in all: more would tell no more at this stage.
    private func thin(to count: Double) -> Int {
        max(1, Int(Double(model.pointCount - model.keypointCount) / count))
    }
}
