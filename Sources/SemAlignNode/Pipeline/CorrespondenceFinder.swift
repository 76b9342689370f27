// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore
internal import SemAlignImages
internal import SemAlignMessages

/// Answers queries, and aligns a reference view when it is asked for the first time.
struct CorrespondenceFinder: Sendable {
    private let representation: ClassRepresentation
    private let configuration: TrackerConfiguration
    private let references: [String: SightedObservation]
    private let sigma: Double
    private var maps: [String: CorrespondenceMap] = [:]

    init(
        _ representation: ClassRepresentation, configuration: TrackerConfiguration,
        references: [String: SightedObservation], sigma: Double = CorrespondenceMap.defaultSigma
    ) {
        self.sigma = sigma
        self.representation = representation
        self.configuration = configuration
        self.references = references
    }

    /// One answer for each query; `nil` where nothing is asked.
    ///
    /// Pixels of queries and answers are the cameras' own, whatever their lenses. A frame without keypoints has
    /// no answers: the list is empty then.
    mutating func answer(
        _ queries: QueryMessage, result: TrackingResult, seen: SightedObservation, clock: () -> UInt64
    ) -> [Correspondence]? {
        guard !queries.queries.isEmpty else { return nil }
        guard result.state == .tracking else { return [] }
        let map = map(for: queries.reference, clock: clock)
        let straight = Self.straightened(queries.queries, lens: references[queries.reference]?.lens)
        let found = map.correspondences(for: straight, result: result, observation: seen.observation)
        return Self.bent(found, asked: queries.queries, lens: seen.lens)
    }

    private mutating func map(for name: String, clock: () -> UInt64) -> CorrespondenceMap {
        if let known = maps[name] { return known }
        let view = references[name].map { sighted in
            var tracker = Tracker(representation: representation, configuration: configuration)
            return ReferenceView(
                observation: sighted.observation, result: tracker.update(sighted.observation, clock: clock))
        }
        let map = CorrespondenceMap(representation: representation, reference: view, sigma: sigma)
        maps[name] = map
        return map
    }

    /// Query pixels as a pinhole would have seen them.
    private static func straightened(
        _ queries: [CorrespondenceQuery], lens: LensCamera?
    ) -> [CorrespondenceQuery] {
        guard let lens else { return queries }
        return queries.map { query in
            guard case .pixel(let pixel) = query.place, let straight = lens.undistorted([pixel])[0] else {
                return query
            }
            return CorrespondenceQuery(id: query.id, place: .pixel(straight))
        }
    }

    /// Answers with the pixels that were asked for and that the camera's lens gives.
    private static func bent(
        _ found: [Correspondence], asked: [CorrespondenceQuery], lens: LensCamera?
    ) -> [Correspondence] {
        let places = Dictionary(asked.map { ($0.id, $0.place) }) { first, _ in first }
        let straight = found.map(\.pixel)
        let pixels = if let lens { lens.distorted(straight) } else { straight.map(Optional.some) }
        return zip(found, pixels).map { answer, pixel in
            var asked = answer.queryPixel
            if case .pixel(let place) = places[answer.id] { asked = place }
            return Correspondence(
                id: answer.id, queryPixel: asked, pixel: pixel ?? SIMD2(.nan, .nan),
                position: answer.position, covariance: answer.covariance, score: answer.score,
                visible: answer.visible)
        }
    }
}
