// SPDX-License-Identifier: Apache-2.0
internal import SemAlignBags
internal import SemAlignCore

/// The frames of a bag, in order, every one of them.
///
/// Time is the bag's log time, so that what waits for what depends on the bag alone.
struct BagFrames: ~Copyable, Sendable {
    /// What came out of the bag.
    enum Event: Sendable {
        /// A frame, ready to be aligned.
        case job(FrameJob)
        /// A new sequence of stamps has begun.
        case newSequence
        /// Something was not used.
        case dropped(Drop)
        /// A part of the file cannot be read.
        case damaged(String)
    }

    private let path: String
    private var messages: OrderedMessages
    private var intake: FrameIntake
    private var waiting: [FrameIntake.Event] = []
    private var time: UInt64 = 0
    private var isAtEnd = false
    private var damages = 0
    /// Messages that were read.
    private(set) var messageCount = 0
    private let end: UInt64
    private var first: UInt64?

    /// Opens the bag at `path`; its topics are those of `configuration`.
    init(
        path: String, _ configuration: NodeConfiguration, representation: ClassRepresentation,
        others: [PointAppearance] = [], calibration: CameraCalibration?, part: ReplayPart = ReplayPart()
    ) throws(NodeError) {
        var intake = FrameIntake(
            configuration, appearance: representation.appearance, others: others, calibration: calibration,
            keepsEveryFrame: true)
        let reader: BagReader
        do { reader = try BagReader.open(path) } catch { throw NodeError(error, path: path) }
        try Self.check(reader, path: path, for: configuration, part.topics)
        let opened = try Self.open(reader, path: path, configuration, part, &intake)
        messages = try Self.messages(opened.selection, of: reader, path: path)
        self.path = path
        self.intake = intake
        end = opened.end
    }

    private static func messages(
        _ selection: MessageSelection, of reader: BagReader, path: String
    ) throws(NodeError) -> OrderedMessages {
        do { return try reader.messages(selection) } catch { throw NodeError(error, path: path) }
    }

    private static func open(
        _ reader: BagReader, path: String, _ configuration: NodeConfiguration, _ part: ReplayPart,
        _ intake: inout FrameIntake
    ) throws(NodeError) -> (selection: MessageSelection, end: UInt64) {
        do throws(BagError) {
            let selection = try part.selection(of: reader, topics: Set(intake.topics))
            try remember(before: selection.start, in: reader, configuration, part.topics, &intake)
            return (selection, min(selection.end ?? .max, try reader.endTime()))
        } catch {
            throw NodeError(error, path: path)
        }
    }

    /// The share 0…1 of the bag's time that was read.
    var share: Double {
        // The first message's time, not that of the epoch, is where a whole bag begins.
        guard let first, end > first, time > first else { return 0 }
        return min(1, Double(time - first) / Double(end - first))
    }

    /// A calibration holds until the next: the last one before a part belongs to it.
    private static func remember(
        before start: UInt64, in reader: BagReader, _ configuration: NodeConfiguration,
        _ filter: TopicFilter, _ intake: inout FrameIntake
    ) throws(BagError) {
        let topic = configuration.topics.cameraInfo
        guard start > 0, !topic.isEmpty else { return }
        var earlier = try reader.messages(MessageSelection(topics: [topic], filter: filter, end: start))
        var last: BagMessage?
        // What is damaged there is not missed: the part may have calibrations of its own.
        while let message = try? earlier.next() { last = message }
        guard let last else { return }
        intake.remember(
            IncomingMessage(topic: last.topic, schema: last.schemaName, payload: last.payload))
    }

    /// The next event; `nil` at the end.
    mutating func next() throws(NodeError) -> Event? {
        while waiting.isEmpty {
            guard !isAtEnd else { return nil }
            do throws(BagError) {
                guard let message = try messages.next() else {
                    isAtEnd = true
                    waiting = intake.finish()
                    if case .truncated(let offset) = messages.ending {
                        return .damaged("the file ends in the middle, at byte \(offset)")
                    }
                    continue
                }
                take(message)
            } catch {
                damages += 1
                guard damages < 10_000 else { throw NodeError(error, path: path) }
                return .damaged(error.description)
            }
        }
        switch waiting.removeFirst() {
        case .frame(let frame): return .job(intake.job(for: frame))
        case .newSequence: return .newSequence
        case .dropped(let drop): return .dropped(drop)
        }
    }

    private mutating func take(_ message: BagMessage) {
        messageCount += 1
        if first == nil { first = message.logTime }
        time = max(time, message.logTime)
        waiting = intake.advance(to: time)
        let incoming = IncomingMessage(
            topic: message.topic, schema: message.schemaName, payload: message.payload)
        waiting += intake.receive(incoming, at: time, wallTime: nil)
    }

    /// A bag that lacks a needed topic altogether is another recording or has other names.
    private static func check(
        _ reader: BagReader, path: String, for configuration: NodeConfiguration, _ filter: TopicFilter
    ) throws(NodeError) {
        guard let channels = reader.summary?.channels, !channels.isEmpty else { return }
        let topics = Set(channels.values.map(\.topic)).filter(filter.contains)
        for stream in SynchronizerConfiguration(configuration).required {
            let name = configuration.topics.name(of: stream)
            guard topics.contains(name) else {
                let others = topics.isEmpty ? "none that is chosen" : topics.sorted().joined(separator: ", ")
                throw .unusableFile(
                    path: path,
                    reason: "it has no topic '\(name)' but \(others)"
                        + "; set topics.\(stream.rawValue)")
            }
        }
    }
}

extension NodeError {
    /// Why a bag cannot be used, in the node's terms.
    init(_ error: BagError, path: String) {
        switch error {
        case .cannotOpen(let path, let reason): self = .unreadableFile(path: path, reason: reason)
        case .cannotCreate(let path, let reason): self = .unwritableFile(path: path, reason: reason)
        case .writeFailed(_, let reason): self = .unwritableFile(path: path, reason: reason)
        default: self = .unusableFile(path: path, reason: error.description)
        }
    }
}
