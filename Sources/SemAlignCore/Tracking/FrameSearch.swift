// SPDX-License-Identifier: Apache-2.0

/// A search of one frame through all its problems: at once, or in parts between later frames.
///
/// The frame's problems are its own meanwhile: `begin` takes them, `giveBack` returns them. What it has found lies in
/// `SearchBuffers.best`, which nothing else may use until it is finished.
struct FrameSearch: Sendable {
    /// The frame's problems; the track's own may come before those that are searched.
    private(set) var problems: [FrameProblem] = []
    /// Number of the problem that is searched, and how far that has got.
    private var place = 0
    private var pass = SearchPass.whole
    /// Number of the problem that `SearchBuffers.best` solves; `nil` = nothing found yet.
    private(set) var best: Int?
    /// The frame's stamp [ns].
    let time: UInt64
    /// The camera's pose in that frame, where it is known.
    let camera: SimilarityTransform?
    /// True where the focal length was told.
    let isCameraKnown: Bool

    /// Takes over the `problems` of a frame, which leaves none there.
    ///
    /// Where the track found its focal length itself (`isFocalLengthFound`) it may be another: then the usual guesses
    /// are searched.
    init(
        _ observation: Observation, _ problems: inout [FrameProblem], isFocalLengthFound: Bool,
        model: EvidenceModel
    ) {
        time = observation.timestamp
        camera = observation.cameraPose
        isCameraKnown = observation.intrinsics != nil
        swap(&self.problems, &problems)
        guard isFocalLengthFound else { return }
        place = self.problems.count
        self.problems[0].prepareSearch()
        let evidence = self.problems[0].evidence
        FrameProblem.addGuesses(to: &self.problems, of: observation, evidence: evidence, model: model)
    }

    /// True once all problems are searched.
    var isFinished: Bool { place >= problems.count }

    /// Searches all problems at once; false where time ran out.
    mutating func run(
        _ buffers: inout SearchBuffers, helper: SearchHelper?, budget: TimeBudget, clock: () -> UInt64
    ) -> Bool {
        var isComplete = true
        while !isFinished {
            let share = budget.share(1 / Double(problems.count - place), clock)
            if !preparedSearch(helper).run(&buffers, budget: share, clock: clock) { isComplete = false }
            keepFound(&buffers)
        }
        return isComplete
    }

    /// Does the next part, and further ones while there is time.
    mutating func resume(_ buffers: inout SearchBuffers, helper: SearchHelper?, while hasTime: () -> Bool) {
        repeat {
            preparedSearch(helper).resume(&pass, &buffers, while: hasTime)
            guard pass.isFinished else { return }
            keepFound(&buffers)
        } while !isFinished && hasTime()
    }

    /// Returns the problems, in which what was found can be answered.
    mutating func giveBack(_ problems: inout [FrameProblem]) { swap(&self.problems, &problems) }

    private mutating func preparedSearch(_ helper: SearchHelper?) -> PoseSearch {
        problems[place].prepareSearch()
        let refiner = problems[place].refiner
        return PoseSearch(model: refiner.model, refiner: refiner, helper: helper)
    }

    /// Keeps what was found in the problem where it is the best so far, and goes over to the next one.
    private mutating func keepFound(_ buffers: inout SearchBuffers) {
        defer { (place, pass) = (place + 1, .whole) }
        guard let first = buffers.found.first else { return }
        if best != nil, buffers.best[0].support >= first.support { return }
        best = place
        buffers.best.removeAll(keepingCapacity: true)
        buffers.best.reserveCapacity(buffers.found.capacity)
        buffers.best.append(contentsOf: buffers.found)
    }
}
