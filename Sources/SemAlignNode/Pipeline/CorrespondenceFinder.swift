// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore
internal import SemAlignMessages

/// Answers queries, and aligns a reference view when it is asked for the first time.
struct CorrespondenceFinder: Sendable {
    private let representation: ClassRepresentation
    private let references: [String: Observation]
    private var maps: [String: CorrespondenceMap] = [:]

    init(_ representation: ClassRepresentation, references: [String: Observation]) {
        self.representation = representation
        self.references = references
    }

    /// One answer for each query; `nil` where nothing is asked.
    ///
    /// A frame without keypoints has no answers: the list is empty then.
    mutating func answer(
        _ queries: QueryMessage, result: TrackingResult, observation: Observation, clock: () -> UInt64
    ) -> [Correspondence]? {
        guard !queries.queries.isEmpty else { return nil }
        guard result.state == .tracking else { return [] }
        let map = map(for: queries.reference, clock: clock)
        return map.correspondences(for: queries.queries, result: result, observation: observation)
    }

    private mutating func map(for name: String, clock: () -> UInt64) -> CorrespondenceMap {
        if let known = maps[name] { return known }
        let view = references[name].map { observation in
            var tracker = Tracker(representation: representation, configuration: TrackerConfiguration())
            return ReferenceView(
                observation: observation, result: tracker.update(observation, clock: clock))
        }
        let map = CorrespondenceMap(representation: representation, reference: view)
        maps[name] = map
        return map
    }
}
