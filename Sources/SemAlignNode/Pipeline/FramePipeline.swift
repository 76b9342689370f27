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
        /// The frame's results, one an object; at least one.
        let results: [TrackingResult]
        /// What there is to send so far: the keypoints.
        fileprivate(set) var messages: [OutgoingMessage]
        /// What could not be said.
        fileprivate(set) var drops: [Drop]
        /// What follows from the results, and is sent after them.
        fileprivate let rest: Rest
    }

    /// What the messages after the keypoints are made of.
    fileprivate struct Rest: Sendable {
        let job: FrameJob
        let objects: [(keypoints: KeypointMessage, classIndex: Int)]
        /// Where queried points are looked for; `nil` = nowhere.
        let queried: (result: TrackingResult, seen: SightedObservation)?
    }

    /// The class, and further ones.
    private let files: [RepresentationFile]
    private let topics: TopicNames
    /// True where messages hold how long each stage took; a replay's bytes must not depend on that.
    private let reportsDurations: Bool
    private var tracker: Tracker
    /// Where several objects are followed.
    private var objects: ObjectSet?
    private var correspondence: CorrespondenceFinder
    /// Time constant of the smoothing [s]; 0 = none.
    private let smoothing: Double
    /// Smoothers of the objects that are tracked, by identity.
    private var smoothers: [UInt8: KeypointSmoother] = [:]
    private var epoch = 0
    private var sequence: UInt64 = 0
    /// State of the last answer.
    private(set) var state = TrackingState.searching

    init(
        _ configuration: NodeConfiguration, representation: RepresentationFile,
        others: [RepresentationFile] = [],
        references: [String: SightedObservation], reportsDurations: Bool, helper: SearchHelper? = nil
    ) {
        files = [representation] + others
        topics = configuration.topics
        smoothing = configuration.smoothingMilliseconds / 1000
        self.reportsDurations = reportsDurations
        tracker = Tracker(
            representation: representation.representation, configuration: configuration.track,
            helper: helper)
        objects =
            configuration.objects.limit > 1
            ? ObjectSet(
                representations: files.map(\.representation),
                configuration: ObjectSetConfiguration(configuration), helper: helper) : nil
        correspondence = CorrespondenceFinder(
            representation.representation, configuration: configuration.track, references: references,
            sigma: configuration.correspondence.sigma)
    }

    /// Answers one frame with all that belongs to it; `clock` [ns] measures the stages.
    mutating func process(_ job: FrameJob, clock: () -> UInt64) -> Answer {
        var answer = answer(job, clock: clock)
        let (messages, drops) = followUp(answer, clock: clock)
        answer.messages += messages
        answer.drops += drops
        explore(while: { true })
        return answer
    }

    /// The keypoints of one frame; `followUp` and `explore` do what they need not wait for.
    ///
    /// A search that may be deferred comes before the answer only while `hasTime`; see `Tracker.answer`.
    mutating func answer(
        _ job: FrameJob, clock: () -> UInt64, searchingWhile hasTime: () -> Bool = { false }
    ) -> Answer {
        if job.epoch != epoch {
            epoch = job.epoch
            tracker.reset()
            objects?.reset()
            smoothers = [:]
            state = .searching
        }
        switch job.frame.content {
        case .observation(let sighted) where objects != nil:
            return answer(job, seen: [sighted] + job.frame.others, clock: clock, searchingWhile: hasTime)
        case .observation(let sighted):
            let result = tracker.answer(
                sighted.observation, clock: clock, searchingWhile: hasTime)
            state = result.state
            return answer(
                [(result.seen(in: sighted), sighted.observation.instance, 0)], job: job,
                queried: (result, sighted))
        case .refused(let drop):
            // The tracker has not seen this frame: what it knew it still knows, but there is no answer now.
            let wasKnown = state == .tracking || state == .lost
            let result = TrackingResult(refusal: drop, state: wasKnown ? .lost : .searching)
            return answer([(result, 0, 0)], job: job, queried: nil)
        }
    }

    /// Looks for better solutions in the frame that was answered last; see `Tracker.explore`.
    @discardableResult
    mutating func explore(while hasTime: () -> Bool) -> Bool {
        objects?.explore(while: hasTime) ?? tracker.explore(while: hasTime)
    }

    /// The keypoints of every object of a frame.
    ///
    /// Queries are answered for the first object of the first class that is tracked.
    private mutating func answer(
        _ job: FrameJob, seen: [SightedObservation], clock: () -> UInt64, searchingWhile hasTime: () -> Bool
    ) -> Answer {
        var answers =
            objects?.answer(seen.map(\.observation), clock: clock, searchingWhile: hasTime) ?? []
        if answers.isEmpty { answers = [ObjectAnswer.none] }
        let place = answers.firstIndex { $0.result.state == .tracking && $0.classIndex == 0 } ?? 0
        let sighted =
            seen.first { $0.observation.instance == answers[place].observation?.instance } ?? seen[0]
        state = (answers.first { $0.result.state == .tracking } ?? answers[0]).result.state
        return answer(
            answers.map { ($0.result.seen(in: sighted), $0.identity, $0.classIndex) }, job: job,
            queried: (answers[place].result, sighted))
    }

    private mutating func answer(
        _ objects: [(result: TrackingResult, instance: UInt8, classIndex: Int)], job: FrameJob,
        queried: (result: TrackingResult, seen: SightedObservation)?
    ) -> Answer {
        let objects = smoothed(objects, at: job.frame.timestamp)
        let keypoints = objects.map { object in
            message(object.result, instance: object.instance, of: files[object.classIndex], job: job)
        }
        let rest = Rest(
            job: job, objects: zip(keypoints, objects).map { ($0, $1.classIndex) }, queried: queried)
        var answer = Answer(results: objects.map(\.result), messages: [], drops: [], rest: rest)
        do throws(MessageError) {
            for object in keypoints { answer.messages.append(try OutgoingMessage(topics.keypoints, object)) }
        } catch {
            answer.drops.append(Drop(.publish, "\(error)"))
        }
        return answer
    }

    /// The answers as they are, or smoothed over time.
    private mutating func smoothed(
        _ objects: [(result: TrackingResult, instance: UInt8, classIndex: Int)], at time: UInt64
    ) -> [(result: TrackingResult, instance: UInt8, classIndex: Int)] {
        guard smoothing > 0 else { return objects }
        let known = smoothers
        smoothers = [:]
        return objects.map { object in
            var smoother = known[object.instance] ?? KeypointSmoother(timeConstant: smoothing)
            let result = smoother.smooth(object.result, at: time)
            smoothers[object.instance] = smoother
            return (result, object.instance, object.classIndex)
        }
    }

    /// By how much the last answers are late because they are smoothed [ns]; `nil` where they are not.
    var smoothingDelay: UInt64? { smoothing > 0 ? smoothers.values.map(\.delay).max() ?? 0 : nil }

    /// What is sent after the keypoints: answers to queries, and the same once more for viewers.
    mutating func followUp(
        _ answer: Answer, clock: () -> UInt64
    ) -> (messages: [OutgoingMessage], drops: [Drop]) {
        let rest = answer.rest
        var messages: [OutgoingMessage] = []
        do throws(MessageError) {
            if let queried = rest.queried,
                let found = correspondence.answer(
                    rest.job.queries, result: queried.result, seen: queried.seen, clock: clock)
            {
                let message = CorrespondenceMessage(
                    timestamp: rest.job.frame.timestamp, frameID: rest.job.frame.frameID,
                    reference: rest.job.queries.reference, correspondences: found)
                messages.append(try OutgoingMessage(topics.correspondences, message))
            }
            for (index, file) in files.enumerated() {
                let own = rest.objects.filter { $0.classIndex == index }.map(\.keypoints)
                if !own.isEmpty { messages += try viewerMessages(own, of: file) }
            }
            return (messages, [])
        } catch {
            return (messages, [Drop(.publish, "\(error)")])
        }
    }

    private mutating func message(
        _ result: TrackingResult, instance: UInt8, of file: RepresentationFile, job: FrameJob
    ) -> KeypointMessage {
        defer { sequence += 1 }
        return KeypointMessage(
            timestamp: job.frame.timestamp, frameID: job.frame.frameID, sequence: sequence,
            className: file.representation.className, representation: file.identity, instance: instance,
            keypointNames: file.representation.keypointNames,
            result: reportsDurations ? result : result.withoutDurations())
    }

    /// The same for viewers: objects of one class, which share a skeleton.
    private func viewerMessages(
        _ keypoints: [KeypointMessage], of file: RepresentationFile
    ) throws(MessageError) -> [OutgoingMessage] {
        let skeleton = file.representation.skeleton
        var messages: [OutgoingMessage] = []
        if !topics.scene.isEmpty {
            messages.append(
                try OutgoingMessage(topics.scene, SceneMessage(objects: keypoints, skeleton: skeleton)))
        }
        if !topics.annotations.isEmpty {
            messages.append(
                try OutgoingMessage(
                    topics.annotations, AnnotationsMessage(objects: keypoints, skeleton: skeleton)))
        }
        return messages
    }
}

extension FramePipeline.Answer {
    /// The result that stands for the frame: that of the first object that is tracked, else of the first.
    var result: TrackingResult { results.first { $0.state == .tracking } ?? results[0] }

    /// Time spent by stage name [ns] over all objects, in order.
    var stages: [StageDuration] {
        var sums: [StageDuration] = []
        for stage in results.flatMap(\.stages) {
            if let place = sums.firstIndex(where: { $0.name == stage.name }) {
                sums[place] = StageDuration(
                    name: stage.name, nanoseconds: sums[place].nanoseconds &+ stage.nanoseconds)
            } else {
                sums.append(stage)
            }
        }
        return sums
    }
}

extension ObjectAnswer {
    /// The answer to a frame whose mask is empty while nothing is followed.
    fileprivate static var none: ObjectAnswer {
        ObjectAnswer(
            identity: 0, classIndex: 0, observation: nil,
            result: TrackingResult(withoutKeypoints: .noObject, message: "the mask shows no object"))
    }
}

extension ObjectSetConfiguration {
    /// The node's settings.
    fileprivate init(_ configuration: NodeConfiguration) {
        self.init()
        limit = configuration.objects.limit
        budget = UInt64(configuration.objects.budgetMilliseconds * 1e6)
        memory = UInt64(configuration.objects.memorySeconds * 1e9)
        tracker = configuration.track
    }
}

extension TrackingResult {
    /// The answer to a frame that the tracker could not be given.
    init(refusal: Drop, state: TrackingState) {
        self.init(withoutKeypoints: state, message: "frame refused: \(refusal.detail)")
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

    /// The same answer as the camera of an observation sees it.
    fileprivate func seen(in sighted: SightedObservation) -> TrackingResult {
        seen(in: sighted.observation.imageSize, through: sighted.lens)
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
