// SPDX-License-Identifier: Apache-2.0

/// Which directions are to be tried beside the solutions that are followed, and when.
///
/// All directions are split into slices. Usually one slice is due every third frame, so that the other frames have
/// their time for themselves; where the track has become weak all of them are due at once.
struct ExplorationPlan: Hashable, Sendable {
    /// Frames between two slices while the track is sound.
    private static let pause = 3
    /// Frames after which a slice that is due must not wait for idle time any longer.
    private static let patience = 12

    /// Number of slices; 0 = nothing is ever explored.
    let sliceCount: Int
    /// Slices that are due.
    private var due = 0
    private var nextSlice = 1
    private var frames = 0
    private var framesWaited = 0

    /// True while what is due makes up for a search: what is found may take over at once.
    private(set) var isSearch = false

    /// All directions are tried within `framesBetweenChecks` frames; 1 = never.
    init(framesBetweenChecks: Int) {
        sliceCount = framesBetweenChecks > 1 ? max(1, framesBetweenChecks / Self.pause) : 0
    }

    /// True where a slice is to be tried.
    var isDue: Bool { due > 0 }

    /// True where that has waited for too long.
    var isOverdue: Bool { due > 0 && framesWaited >= Self.patience }

    /// Notes that a frame was followed.
    mutating func noteFrame() {
        frames += 1
        if due > 0 { framesWaited += 1 }
        if frames % Self.pause == 0, sliceCount > 0 { due = max(due, 1) }
    }

    /// Makes all slices due.
    mutating func startSearch() {
        due = max(1, sliceCount)
        isSearch = true
    }

    /// Takes the number of the slice to try now; `nil` where none is due.
    mutating func take() -> Int? {
        guard due > 0 else { return nil }
        due -= 1
        framesWaited = 0
        defer { nextSlice += 1 }
        return nextSlice % max(1, sliceCount)
    }

    /// Notes that what was due is done.
    mutating func finishSearch() { if due == 0 { isSearch = false } }

    /// Begins anew, as after a search.
    mutating func restart() { self = ExplorationPlan(sliceCount: sliceCount) }

    private init(sliceCount: Int) { self.sliceCount = sliceCount }
}
