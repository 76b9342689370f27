// SPDX-License-Identifier: Apache-2.0
import Logging
import SemAlignCore
import SemAlignMessages
import SemAlignProfiling
import SemAlignTransport
import Testing

@testable import SemAlignNode

/// A whole node, its loops and its sockets, on one thread and in virtual time: the same seed gives the same run.
///
/// The alignment loop works, and whenever it reads the clock the input loop gets the messages that are due by then, as a
/// thread that interrupts it would. Sockets are in-process ones, which carry a message at once.
final class NodeSimulation {
    /// What a run gave.
    struct Outcome: Equatable {
        /// Stamps and states of the answers, in order.
        var answers: [(stamp: UInt64, state: TrackingState)] = []
        /// Answers to frames older than 50 ms while a newer one waited, by stamp.
        var overdue: [UInt64] = []
        /// Longest time between two reports [ns].
        var longestSilence: UInt64 = 0
        var reports = 0
        /// Fingerprint of all that was published.
        var fingerprint: UInt64 = 0xCBF2_9CE4_8422_2325
        var summary: NodeSummary?

        static func == (first: Outcome, second: Outcome) -> Bool {
            first.fingerprint == second.fingerprint && first.summary == second.summary
                && first.answers.map(\.stamp) == second.answers.map(\.stamp)
        }
    }

    let script: CameraScript
    private let time: VirtualTime
    private let shared: NodeShared
    private let frames = FrameRecorder(capacity: 1)
    private var input: InputLoop
    private var alignment: AlignmentLoop
    private var camera: Publisher
    private var subscriber: Subscriber
    private var slots = ReceivedMessage()
    private var nextDelivery = 0
    private var outcome = Outcome()
    private var lastReport = CameraScript.start
    /// True while the alignment loop works and the next reading of the clock is its first after it took a frame.
    private var hasJustTaken = false
    private var othersWait = false
    private var isReceiving = false
    private var failure: (any Error)?

    /// Prepares a node of the tiny class, which `representation` holds, and its camera.
    ///
    /// The machine is a steady one, or one of those that stand still at times and take more or less time.
    init(
        seed: UInt64, script: CameraScript, representation: RepresentationFile, context: Context,
        isSteady: Bool = false
    ) throws {
        var generator = SeededGenerator(seed: ~seed)
        let time = VirtualTime(
            start: CameraScript.start, wallAhead: TinyFrame.start - CameraScript.start, seed: generator.next()
        )
        let configuration = Self.configuration(seed: seed, script)
        let shared = try NodeShared.make(
            configuration, context: context, security: .none, clocks: time.clocks,
            logger: Logger(label: "node", factory: { _ in SwiftLogNoOpLogHandler() }), recorder: nil,
            frames: frames)
        var track = configuration
        track.track.defersSearches = configuration.defersSearches
        let sockets = SocketConfiguration(queueLimit: Self.queue, lingerMilliseconds: 0)
        camera = try Publisher(context: context, configuration: sockets)
        try camera.bind(configuration.subscribe.connect[0])
        alignment = try AlignmentLoop(
            shared,
            pipeline: FramePipeline(
                track, representation: representation, references: [:], reportsDurations: true),
            supervisor: ServiceSupervisor(notifySocket: nil))
        input = try InputLoop(
            shared,
            intake: FrameIntake(
                configuration, appearance: representation.representation.appearance, calibration: nil,
                keepsEveryFrame: false))
        subscriber = try Subscriber(context: context, configuration: sockets)
        for topic in [configuration.topics.keypoints, configuration.topics.diagnostics] {
            try subscriber.subscribe(to: topic)
        }
        try subscriber.connect(alignment.endpoints[0])
        for topic in shared.inputTopics {
            guard try camera.waitForSubscriber(to: topic, timeout: LiveNode.patience) else {
                throw TransportError.failed(operation: "connecting the camera", reason: "no subscription")
            }
        }
        self.script = script
        self.time = time
        self.shared = shared
        // From a machine with time to spare to one that takes longer than the camera's interval.
        let steps: [UInt64] = [100_000, 1_000_000, 1_500_000, 6_000_000]
        time.longestStep = steps[isSteady ? 1 : Int(generator.next() % 4)]
        time.hasStandstills = !isSteady
        time.meanwhile = { [unowned self] in self.interrupt() }
    }

    /// A full queue would lose messages, in real time.
    private static let queue = 100_000

    private static func configuration(seed: UInt64, _ script: CameraScript) -> NodeConfiguration {
        var configuration = NodeConfiguration()
        // Who subscribes connects: its subscriptions are there at once, not once its thread looks.
        configuration.subscribe.bind = []
        configuration.subscribe.connect = ["inproc://simulated-camera-\(seed)"]
        configuration.publish.bind = ["inproc://simulated-answers-\(seed)"]
        configuration.subscribe.highWaterMark = queue
        configuration.publish.highWaterMark = queue
        // An orderly camera's frames are complete, however long the machine stands still between their parts.
        if script.isOrderly { configuration.join.maxWaitMilliseconds = 5000 }
        return configuration
    }

    /// Lets the whole script happen.
    func run() throws -> Outcome {
        while let next = nextEvent, failure == nil {
            time.pass(until: next)
            try receive()
            if shared.mailbox.hasValue || time.now >= alignment.wakeTime { try align() }
        }
        if let failure { throw failure }
        outcome.summary = shared.counters.summary
        return outcome
    }

    /// When there is something to do next [ns]; `nil` once all is done.
    private var nextEvent: UInt64? {
        if shared.mailbox.hasValue { return time.now }
        let coming = [nextDelivery < script.deliveries.count ? script.deliveries[nextDelivery].time : nil]
        guard let event = (coming + [input.nextDeadline]).compactMap({ $0 }).min() else { return nil }
        return min(event, alignment.wakeTime)
    }

    private func align() throws {
        // The mailbox reads the clock while it is locked: nobody can put anything in.
        time.heldReadings = shared.mailbox.hasValue ? 1 : 0
        hasJustTaken = true
        let (taken, before) = (time.now, frames.records.frames.first)
        _ = alignment.turn()
        if let record = frames.records.frames.first, record != before {
            let began = record.lastArrival - min(record.transfer ?? 0, record.lastArrival)
            if othersWait, taken > began, taken - began > NodeShared.framePatience {
                outcome.overdue.append(record.stamp)
            }
        }
        try hear()
    }

    /// What happens while a loop works: messages reach the socket, and the input loop takes them if it is not at work.
    private func interrupt() {
        do {
            try sendDue()
            guard !isReceiving else { return }
            if hasJustTaken { (hasJustTaken, othersWait) = (false, shared.mailbox.hasValue) }
            try receive()
        } catch {
            failure = error
        }
    }

    /// Sends what is due.
    private func sendDue() throws {
        while nextDelivery < script.deliveries.count, script.deliveries[nextDelivery].time <= time.now {
            let delivery = script.deliveries[nextDelivery]
            let message = delivery.message
            nextDelivery += 1
            try camera.send(
                WireMessage(
                    topic: message.topic, schema: message.schema, payload: message.payload,
                    stamp: WireStamp(
                        sequence: delivery.sequence,
                        publishTime: delivery.sent + TinyFrame.start - CameraScript.start)))
        }
    }

    /// Lets the input loop take what was sent, and frames that have waited long enough.
    private func receive() throws {
        try sendDue()
        guard
            shared.counters.summary.received < nextDelivery
                || input.nextDeadline.map({ $0 <= time.now }) ?? false
        else { return }
        isReceiving = true
        let step = time.longestStep
        time.longestStep = 20_000
        defer { (isReceiving, time.longestStep) = (false, step) }
        repeat { _ = try input.turn() } while shared.counters.summary.received < nextDelivery
    }

    /// Takes what the node published.
    private func hear() throws {
        while try subscriber.receive(into: &slots) {
            let message = try WireMessage(decoding: slots)
            for byte in message.payload {
                outcome.fingerprint = (outcome.fingerprint ^ UInt64(byte)) &* 0x100_0000_01B3
            }
            if message.topic == shared.configuration.topics.keypoints {
                let answer = try KeypointMessage(decoding: message.payload)
                outcome.answers.append((answer.timestamp, answer.result.state))
            } else {
                outcome.reports += 1
                outcome.longestSilence = max(outcome.longestSilence, time.now - lastReport)
                lastReport = time.now
            }
        }
    }
}
