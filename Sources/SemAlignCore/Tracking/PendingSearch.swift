// SPDX-License-Identifier: Apache-2.0

/// A search that is done in parts between later frames, all of it in the frame that it began in.
struct PendingSearch: Sendable {
    /// The frame's problems; the track's own may come before those that are searched.
    var problems: [FrameProblem] = []
    /// Number of the problem that is searched, and how far that has got.
    var place: Int
    var pass = SearchPass.whole
    /// Number of the problem that `SearchBuffers.best` solves; `nil` = nothing found yet.
    var best: Int?
    /// The frame's stamp [ns].
    let time: UInt64
    /// The camera's pose in that frame, where it is known.
    let camera: SimilarityTransform?
    /// True where the focal length was told.
    let isCameraKnown: Bool

    /// Begins with problem number `first` of the frame of `observation`.
    init(_ observation: Observation, from first: Int) {
        place = first
        time = observation.timestamp
        camera = observation.cameraPose
        isCameraKnown = observation.intrinsics != nil
    }

    /// True once all problems are searched.
    var isFinished: Bool { place >= problems.count }
}
