// SPDX-License-Identifier: Apache-2.0
public import SemAlignCore
public import SemAlignImages
internal import SemAlignMessages

/// A message that the node publishes or a replay writes.
public struct OutgoingMessage: Hashable, Sendable {
    /// Name of the topic.
    public let topic: String
    /// Full name of the schema.
    public let schema: String
    /// The protobuf message.
    public let payload: [UInt8]

    init(_ topic: String, _ message: some TopicMessage) throws(MessageError) {
        self.topic = topic
        self.schema = type(of: message).schemaName
        self.payload = try message.encoded()
    }
}

/// From frames to answers: owns the tracker and what is needed to find queried points.
///
/// The same steps for the live node and for a bag; they depend on nothing but the frames.
struct FramePipeline: Sendable {
    /// The answer to one frame.
    struct Answer: Sendable {
        let result: TrackingResult
        let messages: [OutgoingMessage]
        /// What could not be said.
        let drops: [Drop]
    }

    private let file: RepresentationFile
    private let topics: TopicNames
    /// True where messages hold how long each stage took; a replay's bytes must not depend on that.
    private let reportsDurations: Bool
    private var tracker: Tracker
    private var correspondence: CorrespondenceFinder
    private var epoch = 0
    private var sequence: UInt64 = 0
    /// State of the last answer.
    private(set) var state = TrackingState.searching

    init(
        _ configuration: NodeConfiguration, representation: RepresentationFile,
        references: [String: SightedObservation], reportsDurations: Bool
    ) {
        file = representation
        topics = configuration.topics
        self.reportsDurations = reportsDurations
        tracker = Tracker(
            representation: representation.representation, configuration: configuration.track)
        correspondence = CorrespondenceFinder(
            representation.representation, configuration: configuration.track, references: references,
            sigma: configuration.correspondence.sigma)
    }

    /// Answers one frame; `clock` [ns] measures the stages.
    mutating func process(_ job: FrameJob, clock: () -> UInt64) -> Answer {
        if job.epoch != epoch {
            epoch = job.epoch
            tracker.reset()
            state = .searching
        }
        switch job.frame.content {
        case .observation(let sighted):
            let result = tracker.update(sighted.observation, clock: clock)
            state = result.state
            let found = correspondence.answer(job.queries, result: result, seen: sighted, clock: clock)
            return answer(
                result.seen(in: sighted.observation.imageSize, through: sighted.lens),
                instance: sighted.observation.instance, job: job,
                correspondences: found)
        case .refused(let drop):
            // The tracker has not seen this frame: what it knew it still knows, but there is no answer now.
            let wasKnown = state == .tracking || state == .lost
            let result = TrackingResult(refusal: drop, state: wasKnown ? .lost : .searching)
            return answer(result, instance: 0, job: job, correspondences: nil)
        }
    }

    private mutating func answer(
        _ result: TrackingResult, instance: UInt8, job: FrameJob, correspondences: [Correspondence]?
    ) -> Answer {
        let keypoints = KeypointMessage(
            timestamp: job.frame.timestamp, frameID: job.frame.frameID, sequence: sequence,
            className: file.representation.className, representation: file.identity, instance: instance,
            keypointNames: file.representation.keypointNames,
            result: reportsDurations ? result : result.withoutDurations())
        sequence += 1
        var messages: [OutgoingMessage] = []
        do throws(MessageError) {
            messages.append(try OutgoingMessage(topics.keypoints, keypoints))
            if let correspondences {
                let message = CorrespondenceMessage(
                    timestamp: job.frame.timestamp, frameID: job.frame.frameID,
                    reference: job.queries.reference, correspondences: correspondences)
                messages.append(try OutgoingMessage(topics.correspondences, message))
            }
            messages += try viewerMessages(keypoints)
            return Answer(result: result, messages: messages, drops: [])
        } catch {
            return Answer(result: result, messages: messages, drops: [Drop(.publish, "\(error)")])
        }
    }

    private func viewerMessages(_ keypoints: KeypointMessage) throws(MessageError) -> [OutgoingMessage] {
        let skeleton = file.representation.skeleton
        var messages: [OutgoingMessage] = []
        if !topics.scene.isEmpty {
            messages.append(
                try OutgoingMessage(topics.scene, SceneMessage(objects: [keypoints], skeleton: skeleton)))
        }
        if !topics.annotations.isEmpty {
            messages.append(
                try OutgoingMessage(
                    topics.annotations, AnnotationsMessage(objects: [keypoints], skeleton: skeleton)))
        }
        return messages
    }
}

extension TrackingResult {
    /// The answer to a frame that the tracker could not be given.
    init(refusal: Drop, state: TrackingState) {
        self.init(
            state: state, startedCold: false, isMetric: false, focalLengthPixels: .nan, energy: .nan,
            energyGap: .nan,
            cameraFromClass: SimilarityTransform(scale: 1, rotation: .identity, translation: .zero),
            keypoints: [], densePoints: [], stages: [], message: "frame refused: \(refusal.detail)")
    }

    /// The same answer with pixels as the camera's lens puts them; what is outside the image is not visible.
    public func seen(in size: ImageSize, through lens: LensCamera?) -> TrackingResult {
        let straight = keypoints.map(\.pixel)
        let pixels = lens.map { $0.distorted(straight).map { $0 ?? SIMD2(.nan, .nan) } } ?? straight
        let image = PixelRegion(size)
        let seen = zip(keypoints, pixels).map { estimate, pixel in
            KeypointEstimate(
                position: estimate.position, pixel: pixel, covariance: estimate.covariance,
                visible: image.contains(pixel) ? estimate.visible : 0, score: estimate.score)
        }
        return with(keypoints: seen, stages: stages)
    }

    /// The same answer without the time it took.
    func withoutDurations() -> TrackingResult { with(keypoints: keypoints, stages: []) }

    private func with(keypoints: [KeypointEstimate], stages: [StageDuration]) -> TrackingResult {
        TrackingResult(
            state: state, startedCold: startedCold, isMetric: isMetric, focalLengthPixels: focalLengthPixels,
            energy: energy, energyGap: energyGap, cameraFromClass: cameraFromClass, keypoints: keypoints,
            densePoints: densePoints, stages: stages, message: message)
    }
}
