// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SemAlignBags
internal import SemAlignMessages
public import SemAlignTransport

/// Publishes a bag over ZeroMQ at its own pace.
public struct BagPlayer: Sendable {
    private let path: String
    private let configuration: PlayerConfiguration
    private let clocks: NodeClocks

    /// Prepares to play the bag at `path`.
    public init(
        path: String, configuration: PlayerConfiguration = PlayerConfiguration(),
        clocks: NodeClocks = .system
    ) throws(NodeError) {
        try configuration.check()
        self.path = path
        self.configuration = configuration
        self.clocks = clocks
    }

    /// Plays on this thread until the end or until `stop` is set.
    ///
    /// `context` is shared with whoever uses `inproc://` endpoints; `commands` is asked for the next one before
    /// every message and fifty times a second; `progress` is called at the start, after every message and every
    /// command. Throws where the bag cannot be opened, an endpoint cannot be used, or nobody subscribes in time.
    public func run(
        until stop: StopFlag = StopFlag(), context: Context? = nil,
        commands: () -> PlayerCommand? = { nil }, progress: (PlayerProgress) -> Void = { _ in }
    ) throws(NodeError) -> PlayerSummary {
        let reader: BagReader
        let selection: MessageSelection
        do {
            reader = try BagReader.open(path)
            selection = try self.selection(of: reader)
        } catch {
            throw NodeError(error, path: path)
        }
        var playback = try Playback(configuration, clocks: clocks, context: context)
        repeat {
            playback.summary.rounds += 1
            let messages = try ReadAhead.start(reader, selection, path: path)
            do throws(NodeError) { try playback.play(messages, stop, commands, progress) } catch {
                messages.stop()
                throw error
            }
            messages.stop()
        } while configuration.isLooping && !stop.isSet && playback.summary.messages > 0
        return playback.summary
    }

    private func selection(of reader: BagReader) throws(BagError) -> MessageSelection {
        var selection = MessageSelection(filter: configuration.topics)
        guard configuration.startSeconds > 0 || configuration.durationSeconds != nil else { return selection }
        selection.start = try reader.startTime() &+ UInt64(configuration.startSeconds * 1e9)
        selection.end = configuration.durationSeconds.map { selection.start &+ UInt64($0 * 1e9) }
        return selection
    }
}

/// A bag that is being played.
struct Playback: ~Copyable {
    /// Longest sleep [ns], so that a stop and commands are heeded at once.
    private static let longestSleep: UInt64 = 20_000_000
    /// Damaged places after which a bag is given up.
    private static let damageLimit = 1000

    var summary = PlayerSummary()
    private let configuration: PlayerConfiguration
    private let clocks: NodeClocks
    private var publisher: Publisher
    private var schedule: PlaybackSchedule?
    private var isPaused: Bool
    private var progress: PlayerProgress
    /// The first stamp of this round, and the time that stands for it [ns].
    private var origin: (stamp: UInt64, time: UInt64)?

    init(
        _ configuration: PlayerConfiguration, clocks: NodeClocks, context: Context?
    ) throws(NodeError) {
        let security = try configuration.endpoints.curve.security
        do throws(TransportError) {
            let context = if let context { context } else { try Context() }
            var publisher = try Publisher(
                context: context,
                configuration: SocketConfiguration(
                    queueLimit: configuration.endpoints.highWaterMark, lingerMilliseconds: 2000,
                    security: security))
            for endpoint in configuration.endpoints.bind { try publisher.bind(endpoint) }
            for endpoint in configuration.endpoints.connect { try publisher.connect(endpoint) }
            self.publisher = publisher
        } catch {
            throw NodeError(error)
        }
        self.configuration = configuration
        self.clocks = clocks
        isPaused = configuration.startsPaused
        progress = PlayerProgress(rate: configuration.rate, isPaused: configuration.startsPaused)
    }

    /// Plays the bag once; a pause and a rate outlast its end.
    mutating func play(
        _ messages: borrowing ReadAhead, _ stop: StopFlag, _ commands: () -> PlayerCommand?,
        _ progress: (PlayerProgress) -> Void
    ) throws(NodeError) {
        let rate = schedule?.rate ?? configuration.rate
        schedule = nil
        origin = nil
        var firstLogTime: UInt64 = 0
        while !stop.isSet, let item = messages.next() {
            let message: BagMessage
            switch item {
            case .message(let next): message = next
            case .damaged(let error):
                summary.damages.append(error.description)
                guard summary.damages.count < Self.damageLimit else {
                    throw .unusableFile(path: "the bag", reason: error.description)
                }
                continue
            }
            let topic = configuration.remap[message.topic] ?? message.topic
            if schedule == nil {
                if summary.messages == 0 { try waitForSubscriber(topic, stop) }
                schedule = PlaybackSchedule(
                    firstLogTime: message.logTime, start: clocks.steady(), rate: rate, isPaused: isPaused)
                firstLogTime = message.logTime
                report(to: progress)
            }
            guard waitForTurn(of: message.logTime, stop, commands, progress) else { return }
            try send(message, as: topic)
            self.progress.seconds = Double(max(message.logTime, firstLogTime) - firstLogTime) / 1e9
            report(to: progress)
        }
    }

    private mutating func report(to listener: (PlayerProgress) -> Void) {
        progress.messages = summary.messages
        progress.rate = schedule?.rate ?? configuration.rate
        progress.isPaused = isPaused
        listener(progress)
    }

    /// Obeys commands until it is time to send; false where the player is to stop.
    private mutating func waitForTurn(
        of time: UInt64, _ stop: StopFlag, _ commands: () -> PlayerCommand?,
        _ progress: (PlayerProgress) -> Void
    ) -> Bool {
        while !stop.isSet {
            while let command = commands() {
                if obey(command, at: clocks.steady(), next: time) { return true }
                report(to: progress)
            }
            let now = clocks.steady()
            guard let due = schedule?.dueTime(of: time) else {
                sleep(Self.longestSleep)
                continue
            }
            guard due > now else {
                if schedule?.rate ?? 0 > 0 { summary.lateness.add(now - due) }
                return true
            }
            sleep(min(due - now, Self.longestSleep))
        }
        return false
    }

    /// True where the command is to send the message that is next, logged at `time`.
    private mutating func obey(_ command: PlayerCommand, at now: UInt64, next time: UInt64) -> Bool {
        switch command {
        case .togglePause: schedule?.togglePause(at: now)
        case .faster: schedule?.changeRate(by: 1, at: now)
        case .slower: schedule?.changeRate(by: -1, at: now)
        case .step:
            guard isPaused else { return false }
            schedule?.jump(to: time, at: now)
            return true
        }
        isPaused = schedule?.isPaused ?? false
        return false
    }

    private mutating func send(_ message: BagMessage, as topic: String) throws(NodeError) {
        do throws(TransportError) {
            let isDelivered = try publisher.publish(
                topic: topic, schema: message.schemaName, payload: payload(of: message).span,
                publishTime: clocks.wall())
            summary.messages += 1
            if isDelivered { summary.delivered += 1 }
        } catch {
            throw NodeError(error)
        }
    }

    /// The payload as it is, or with the stamp that it would have if it were made now.
    private mutating func payload(of message: BagMessage) -> [UInt8] {
        guard configuration.restamps else { return message.payload }
        let now = clocks.wall()
        let speed = configuration.rate > 0 ? configuration.rate : 1
        return Restamping.payload(message.payload, schema: message.schemaName) { stamp in
            let origin = self.origin ?? (stamp, now)
            self.origin = origin
            let passed = stamp >= origin.stamp ? Double(stamp - origin.stamp) / speed : 0
            return origin.time &+ UInt64(passed)
        } ?? message.payload
    }

    /// Waits for a subscription to the first topic; those to further topics follow on its heels.
    private mutating func waitForSubscriber(_ topic: String, _ stop: StopFlag) throws(NodeError) {
        guard configuration.waitSeconds > 0 else { return }
        let deadline = clocks.steady() &+ UInt64(configuration.waitSeconds * 1e9)
        while try !hasSubscriber(topic) {
            guard !stop.isSet else { return }
            guard clocks.steady() < deadline else { throw .noSubscriber(seconds: configuration.waitSeconds) }
        }
        let settled = clocks.steady() &+ 50_000_000
        while !stop.isSet, clocks.steady() < settled { sleep(Self.longestSleep) }
    }

    private mutating func hasSubscriber(_ topic: String) throws(NodeError) -> Bool {
        do { return try publisher.waitForSubscriber(to: topic, timeout: .milliseconds(100)) } catch {
            throw NodeError(error)
        }
    }

    private func sleep(_ duration: UInt64) {
        var time = timespec(tv_sec: 0, tv_nsec: Int(duration))
        _ = unsafe nanosleep(&time, nil)
    }
}
