// SPDX-License-Identifier: Apache-2.0

/// Memory that a track uses again from frame to frame, so that a warm frame gets none from the system.
///
/// Its one owner is the tracker. What a frame needs is lent to that frame's problems and taken back at its end; a
/// buffer that somebody still holds by then is left to him, and costs a new one.
struct FrameBuffers: Sendable {
    var patches = PatchSelection()
    /// Depth at the patches, then those that have one.
    var patchDepth: [Float] = []
    var knownDepth: [Float] = []
    /// Where each patch lies in its grid.
    var places: [Int32] = []
    /// Which patch lies in each cell of the grid, −1 = none.
    var patchAtCell: [Int32] = []
    /// Similarities of each patch to all points, less the patch's mean; see `similarityStride`.
    var similarities: [Float] = []
    /// Distance between the patches in `similarities`.
    var similarityStride = 0
    var maps = SimilarityMaps()
    /// Means and deviations of the matches of each point, `similarityStride` of each, then the means of the patches.
    var scratch: [Float] = []
    var pose = PoseScratch()
    var search = SearchBuffers()
    /// What the last answer was made of: used again where its receiver has let go of it.
    var keypoints: [KeypointEstimate] = []
    var densePoints: [SIMD3<Double>] = []
    private var evidence = FrameEvidence()
    private var problems: [FrameProblem] = []

    /// Lends the evidence of the frame before, to be read anew, and an empty list of problems.
    mutating func lend() -> (evidence: FrameEvidence, problems: [FrameProblem]) {
        var lent = (evidence: FrameEvidence(), problems: [FrameProblem]())
        swap(&lent.evidence, &evidence)
        swap(&lent.problems, &problems)
        return lent
    }

    /// Takes back what was lent, from a frame that poses no problem.
    mutating func takeBack(_ lent: consuming FrameEvidence, _ list: consuming [FrameProblem]) {
        evidence = lent
        problems = list
    }

    /// Takes back what the frame of `list` was lent; leaves nothing of it there.
    mutating func takeBack(_ list: inout [FrameProblem]) {
        guard let first = list.first else { return }
        evidence = first.evidence
        list.removeAll(keepingCapacity: true)
        problems = []
        swap(&list, &problems)
    }
}

/// Memory of the pose kernels and of what is made of their results.
struct PoseScratch: Sendable {
    /// Positions of all points as the kernels leave them, P×3.
    var points: [Float] = []
    /// The kernels' own.
    var floats: [Float] = []
    /// Cells that a cheap look covers.
    var covered: [UInt8] = []
    /// Positions of all points of one pose, and of another.
    var positions: [SIMD3<Double>] = []
    var otherPositions: [SIMD3<Double>] = []
    /// Normal matrix, then its factor.
    var information: [Double] = []
    /// Derivatives of one point by the unknowns, 3 rows.
    var rows: [Double] = []
    var covariances: [CovarianceMatrix] = []
}

/// Gives `buffer` the length `count`, all of it `value`; the storage is kept where it suffices.
///
/// Where it does not, the new one has room for four times as much, or for `most` if that is less: a length that creeps
/// up from frame to frame needs no new storage each time.
func refill<Element>(_ buffer: inout [Element], count: Int, with value: Element, most: Int) {
    if buffer.capacity < count {
        buffer = []
        buffer.reserveCapacity(min(4 * count, max(most, count)))
    }
    buffer.removeAll(keepingCapacity: true)
    buffer.append(contentsOf: repeatElement(value, count: count))
}

/// Gives `buffer` the length `count`; old contents may stay, and room is made as in `refill`.
func resize(_ buffer: inout [Float], to count: Int, most: Int) {
    if buffer.capacity < count {
        refill(&buffer, count: count, with: 0, most: most)
    } else {
        resize(&buffer, to: count)
    }
}
