// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// One stage of a search, or a part of one: items that do not look at each other, for one thread or for two.
///
/// Each takes the next item until none is left, so that neither waits for more than the other's last one. What has been
/// taken is always the first so many items: where time runs out the others are as if they had never been there.
@safe struct SearchWork: ~Copyable {
    private let search: PoseSearch
    private let pass: SearchPass
    private let matches: [SearchBuffers.Match]
    private let directions: SearchDirections
    /// The hypotheses that are refined, or room for those of each direction.
    private let hypotheses: UnsafeMutableBufferPointer<PoseHypothesis>
    private let end: Int
    private let next: Atomic<Int>
    private let isStopped = Atomic(false)
    private let isCutShort = Atomic(false)

    init(
        _ search: PoseSearch, _ pass: SearchPass, items: Range<Int>, matches: [SearchBuffers.Match],
        directions: SearchDirections, hypotheses: UnsafeMutableBufferPointer<PoseHypothesis>
    ) {
        (self.search, self.pass, self.matches, self.directions) = (search, pass, matches, directions)
        unsafe self.hypotheses = hypotheses
        end = items.upperBound
        next = Atomic(items.lowerBound)
    }

    /// The end of the items that were taken.
    var taken: Int { min(next.load(ordering: .relaxed), end) }

    /// True where all items were taken and no refinement lacks steps.
    var isComplete: Bool { taken == end && !isCutShort.load(ordering: .relaxed) }

    /// Lets no thread begin a further item, nor a further step of one.
    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Does items until none is left or there is no time, which is asked for before each direction and each step.
    func run(_ scratch: inout SearchScratch, while hasTime: () -> Bool) {
        if pass.stage == .vote {
            vote(&scratch) { goesOn(hasTime) }
        } else {
            refine(&scratch) { goesOn(hasTime) }
        }
    }

    private func vote(_ scratch: inout SearchScratch, while goesOn: () -> Bool) {
        while taken < end {
            // Without any direction there would be nothing to make do with.
            guard taken == 0 || goesOn() else { return stop() }
            guard let item = take() else { return }
            let (first, count) = (item * PoseVotes.perDirection, PoseVotes.perDirection)
            unsafe search.vote(
                from: directions[item], pass, matches,
                into: UnsafeMutableBufferPointer(rebasing: hypotheses[first..<first + count]), &scratch)
        }
    }

    private func refine(_ scratch: inout SearchScratch, while goesOn: () -> Bool) {
        // A copy: the thread sanitizer takes `&hypotheses[item]` for a change of the pointer, which both threads read.
        let hypotheses = unsafe hypotheses
        while !isStopped.load(ordering: .relaxed), let item = take() {
            let isDone =
                pass.stage == .coarse
                ? unsafe search.refineCoarsely(&hypotheses[item], pass, &scratch.pose, while: goesOn)
                : unsafe search.refineFinely(&hypotheses[item], pass, &scratch.pose, while: goesOn)
            guard !isDone else { continue }
            isCutShort.store(true, ordering: .relaxed)
            stop()
        }
    }

    private func goesOn(_ hasTime: () -> Bool) -> Bool { !isStopped.load(ordering: .relaxed) && hasTime() }

    /// The next item, for this thread alone; `nil` where none is left.
    private func take() -> Int? {
        let item = next.add(1, ordering: .relaxed).oldValue
        return item < end ? item : nil
    }
}
