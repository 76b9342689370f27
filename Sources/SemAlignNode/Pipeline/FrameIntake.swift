// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore
internal import SemAlignMessages

/// From messages to frames that are ready to be aligned: decode, join, assemble.
///
/// The same steps for the live node and for a bag; time is passed in.
struct FrameIntake: Sendable {
    /// What came of a message or of the time that passed.
    enum Event: Sendable {
        /// A frame whose streams are joined; `job(for:)` makes it ready.
        case frame(JoinedFrame<FramePart>)
        /// A new sequence of stamps has begun.
        case newSequence(from: UInt64, to: UInt64)
        /// Something was not used.
        case dropped(Drop)
    }

    private let decoder: MessageDecoder
    private var synchronizer: FrameSynchronizer<FramePart>
    private var assembler: FrameAssembler
    private let references: Set<String>
    /// What is asked for at present.
    private(set) var queries: QueryMessage
    private var path = CameraPath()
    private var collector: FeatureCollector
    /// The camera's optical frame, as the last frame had it.
    private var cameraFrame = ""
    /// Counts the sequences of stamps, from 0.
    private var epoch = 0

    /// Without an `appearance` features of any network are taken.
    init(
        _ configuration: NodeConfiguration, appearance: PointAppearance?, others: [PointAppearance] = [],
        calibration: CameraCalibration?, keepsEveryFrame: Bool
    ) {
        let networks = configuration.objects.features.count
        collector = FeatureCollector(count: 1 + networks)
        decoder = MessageDecoder(configuration)
        synchronizer = FrameSynchronizer(
            SynchronizerConfiguration(configuration, keepsEveryFrame: keepsEveryFrame))
        assembler = FrameAssembler(
            appearance: appearance, others: networks > 0 ? others : [], calibration: calibration,
            join: configuration.join,
            takesAllInstances: configuration.objects.limit > 1)
        references = Set(configuration.correspondence.references.keys).union([""])
        queries = QueryMessage(
            timestamp: 0, reference: configuration.correspondence.reference,
            queries: configuration.correspondence.points)
    }

    /// Topics to subscribe to.
    var topics: [String] { decoder.topics }

    /// When `advance` has something to do [ns, steady clock]; `nil` while nothing waits.
    var nextDeadline: UInt64? { synchronizer.nextDeadline }

    /// Takes one message that came at `now` [ns, steady clock]; `wallTime` [ns] bounds its stamp where given.
    mutating func receive(
        _ message: IncomingMessage, at now: UInt64, wallTime: UInt64?
    ) -> [Event] {
        receive(
            message.payload.span, topic: message.topic, schema: message.schema, at: now, wallTime: wallTime)
    }

    /// The same for a payload that may lie in the transport's memory: what is needed of it is copied.
    mutating func receive(
        _ payload: Span<UInt8>, topic: String, schema: String, at now: UInt64, wallTime: UInt64?
    ) -> [Event] {
        do throws(Drop) {
            switch try decoder.decode(payload, topic: topic, schema: schema) {
            case .part(.features, .features(let message, _)): return collect(message, 0, now, wallTime)
            case .classFeatures(let index, let message): return collect(message, index, now, wallTime)
            case .part(let stream, let part):
                if case .calibration(let calibration) = part { assembler.remember(calibration) }
                let events = synchronizer.insert(
                    part, of: stream, stamp: part.timestamp, byteCount: part.byteCount, at: now,
                    wallTime: wallTime)
                return noted(events)
            case .queries(let message):
                try accept(message)
                return []
            case .cameraPose(let message):
                try accept(message)
                return []
            case nil: return []
            }
        } catch {
            return [.dropped(error)]
        }
    }

    /// Lets the features of a stamp in once those of all classes are there.
    private mutating func collect(
        _ message: FeatureMessage, _ index: Int, _ now: UInt64, _ wallTime: UInt64?
    ) -> [Event] {
        var drops: [Drop] = []
        guard let maps = collector.add(message, ofClass: index, drops: &drops) else {
            return drops.map { .dropped($0) }
        }
        let part = FramePart.features(maps[0], others: Array(maps.dropFirst()))
        let events = synchronizer.insert(
            part, of: .features, stamp: part.timestamp, byteCount: part.byteCount, at: now,
            wallTime: wallTime)
        return drops.map { .dropped($0) } + noted(events)
    }

    /// Takes over a calibration that was sent before the first frame; other messages are passed over.
    mutating func remember(_ message: IncomingMessage) {
        guard case .part(_, .calibration(let calibration)) = try? decoder.decode(message) else { return }
        assembler.remember(calibration)
    }

    /// Lets go of frames that have waited long enough at `now` [ns, steady clock].
    mutating func advance(to now: UInt64) -> [Event] { noted(synchronizer.advance(to: now)) }

    /// Lets go of all frames.
    mutating func finish() -> [Event] { noted(synchronizer.finish()) }

    /// Decodes and checks what a joined frame holds.
    mutating func job(for frame: JoinedFrame<FramePart>) -> FrameJob {
        let assembled = assembler.assemble(frame, cameraPose: path.pose(at: frame.stamp))
        cameraFrame = assembled.frameID
        return FrameJob(frame: assembled, queries: queries, epoch: epoch, arrival: frame.firstArrival)
    }

    private mutating func accept(_ message: CameraPoseMessage) throws(Drop) {
        guard message.cameraFrame.isEmpty || cameraFrame.isEmpty || message.cameraFrame == cameraFrame else {
            throw Drop(
                .cameraPose,
                "the pose is that of '\(message.cameraFrame.prefix(80))', the camera's frame is '\(cameraFrame)'"
            )
        }
        path.add(message)
    }

    private mutating func accept(_ message: QueryMessage) throws(Drop) {
        guard references.contains(message.reference) else {
            let known = references.subtracting([""]).sorted().joined(separator: ", ")
            throw Drop(
                .query,
                "reference view '\(message.reference.prefix(80))' is not configured; known: "
                    + (known.isEmpty ? "none" : known))
        }
        queries = message
    }

    private mutating func noted(_ events: [FrameSynchronizer<FramePart>.Event]) -> [Event] {
        events.map { event in
            switch event {
            case .frame(let frame): return .frame(frame)
            case .dropped(let drop): return .dropped(drop)
            case .newSequence(let before, let after):
                epoch += 1
                path.removeAll()
                collector.removeAll()
                return .newSequence(from: before, to: after)
            }
        }
    }
}

/// A frame on its way to the tracker, with all that its answer needs.
struct FrameJob: Sendable {
    let frame: AssembledFrame
    /// What was asked for when the frame came.
    let queries: QueryMessage
    /// Sequence of stamps that the frame belongs to; where it changes the tracker starts anew.
    let epoch: Int
    /// When the first stream came [ns, steady clock].
    let arrival: UInt64
}
