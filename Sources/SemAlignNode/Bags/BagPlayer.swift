// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SemAlignBags
public import SemAlignTransport

/// How a bag is played.
public struct PlayerConfiguration: Hashable, Sendable {
    /// Endpoints to bind, for subscribers that connect.
    public var bind: [String] = []
    /// Endpoints to connect to: a node's input unless set otherwise.
    public var connect: [String] = SubscribeSettings().bind
    /// Speed: 2 is twice as fast, 0 is without pauses.
    public var rate = 1.0
    /// True where the bag is played again and again.
    public var isLooping = false
    /// Time at the beginning that is left out [s].
    public var startSeconds = 0.0
    /// Time that is played [s]; `nil` = to the end.
    public var durationSeconds: Double?
    /// Names of the topics to play; `nil` = all.
    public var topics: Set<String>?
    /// How long to wait for a subscriber [s]; 0 = not at all.
    public var waitSeconds = 10.0
    /// Messages kept for each subscriber before the transport drops.
    public var highWaterMark = 64
    /// Allows to bind addresses that other machines can reach.
    public var allowInsecure = false

    /// Makes the default configuration.
    public init() {}

    /// Checks what cannot be played.
    func check() throws(NodeError) {
        for endpoint in bind where !allowInsecure && isPublic(endpoint) {
            throw .publicBind(endpoint: endpoint)
        }
        guard !(bind + connect).isEmpty else {
            throw .conflict(reason: "no endpoint to play to", remedy: "name one to bind or to connect to")
        }
        guard rate >= 0, rate.isFinite, startSeconds >= 0, startSeconds < 1e9, waitSeconds >= 0,
            waitSeconds < 1e9, durationSeconds.map({ $0 > 0 && $0 < 1e9 }) ?? true
        else {
            throw .conflict(
                reason: "rate, start, duration or wait is negative or no number",
                remedy: "give times in seconds and a rate of 0 or more")
        }
    }
}

/// What a player did.
public struct PlayerSummary: Hashable, Sendable, CustomStringConvertible {
    /// Messages sent.
    public internal(set) var messages = 0
    /// Messages that somebody was subscribed to when they were sent.
    public internal(set) var delivered = 0
    /// Times that the bag was begun.
    public internal(set) var rounds = 0
    /// Parts of the bag that cannot be read.
    public internal(set) var damages: [String] = []

    /// One line for people.
    public var description: String {
        "\(messages) messages sent in \(rounds) rounds, \(delivered) of them to a subscriber"
            + (damages.isEmpty ? "" : "; \(damages.count) places are damaged: \(damages[0])")
    }
}

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

    /// Plays on this thread until the end or until `stop` is set; `progress` gets the number of messages so far.
    ///
    /// `context` is shared with whoever uses `inproc://` endpoints. Throws where the bag cannot be opened, an
    /// endpoint cannot be used, or nobody subscribes in time.
    public func run(
        until stop: StopFlag = StopFlag(), context: Context? = nil, progress: (Int) -> Void = { _ in }
    ) throws(NodeError) -> PlayerSummary {
        let reader: BagReader
        do { reader = try BagReader.open(path) } catch { throw NodeError(error, path: path) }
        var publisher = try openPublisher(context)
        var summary = PlayerSummary()
        repeat {
            summary.rounds += 1
            try playOnce(reader, &publisher, stop, &summary, progress)
        } while configuration.isLooping && !stop.isSet && summary.messages > 0
        return summary
    }

    private func openPublisher(_ context: Context?) throws(NodeError) -> Publisher {
        do throws(TransportError) {
            let context = if let context { context } else { try Context() }
            var publisher = try Publisher(
                context: context,
                configuration: SocketConfiguration(
                    queueLimit: configuration.highWaterMark, lingerMilliseconds: 2000))
            for endpoint in configuration.bind { try publisher.bind(endpoint) }
            for endpoint in configuration.connect { try publisher.connect(endpoint) }
            return publisher
        } catch {
            throw NodeError(error)
        }
    }

    private func playOnce(
        _ reader: BagReader, _ publisher: inout Publisher, _ stop: StopFlag, _ summary: inout PlayerSummary,
        _ progress: (Int) -> Void
    ) throws(NodeError) {
        var messages: OrderedMessages
        do { messages = try reader.messages(MessageSelection(topics: configuration.topics)) } catch {
            throw NodeError(error, path: path)
        }
        var schedule: PlaybackSchedule?
        var first: UInt64?
        while !stop.isSet {
            let message: BagMessage?
            do { message = try messages.next() } catch {
                summary.damages.append(error.description)
                guard summary.damages.count < 1000 else { throw NodeError(error, path: path) }
                continue
            }
            guard let message else { return }
            let bagStart = first ?? message.logTime
            first = bagStart
            guard let isWanted = isWanted(message.logTime, from: bagStart) else { return }
            guard isWanted else { continue }
            if schedule == nil {
                if summary.messages == 0 { try waitForSubscriber(&publisher, message.topic, stop) }
                schedule = PlaybackSchedule(
                    firstLogTime: message.logTime, start: clocks.steady(), rate: configuration.rate)
            }
            sleep(until: schedule?.dueTime(of: message.logTime) ?? 0, stop)
            guard !stop.isSet else { return }
            try send(message, &publisher, &summary)
            progress(summary.messages)
        }
    }

    /// Whether a time of the bag is played; `nil` where it and all later ones are not.
    private func isWanted(_ time: UInt64, from start: UInt64) -> Bool? {
        let seconds = Double(time &- start) / 1e9
        if let duration = configuration.durationSeconds, seconds >= configuration.startSeconds + duration {
            return nil
        }
        return seconds >= configuration.startSeconds
    }

    private func send(
        _ message: BagMessage, _ publisher: inout Publisher, _ summary: inout PlayerSummary
    ) throws(NodeError) {
        do throws(TransportError) {
            let isDelivered = try publisher.publish(
                topic: message.topic, schema: message.schemaName, payload: message.payload.span,
                publishTime: clocks.wall())
            summary.messages += 1
            if isDelivered { summary.delivered += 1 }
        } catch {
            throw NodeError(error)
        }
    }

    /// Waits for a subscription to the first topic; those to further topics follow on its heels.
    private func waitForSubscriber(
        _ publisher: inout Publisher, _ topic: String, _ stop: StopFlag
    ) throws(NodeError) {
        guard configuration.waitSeconds > 0 else { return }
        let deadline = clocks.steady() &+ UInt64(configuration.waitSeconds * 1e9)
        while try !hasSubscriber(&publisher, topic) {
            guard !stop.isSet else { return }
            guard clocks.steady() < deadline else { throw .noSubscriber(seconds: configuration.waitSeconds) }
        }
        sleep(until: clocks.steady() &+ 50_000_000, stop)
    }

    private func hasSubscriber(_ publisher: inout Publisher, _ topic: String) throws(NodeError) -> Bool {
        do { return try publisher.waitForSubscriber(to: topic, timeout: .milliseconds(100)) } catch {
            throw NodeError(error)
        }
    }

    /// Sleeps in short pieces, so that a stop is heeded at once.
    private func sleep(until due: UInt64, _ stop: StopFlag) {
        while !stop.isSet {
            let now = clocks.steady()
            guard due > now else { return }
            let piece = min(due - now, 20_000_000)
            var time = timespec(tv_sec: 0, tv_nsec: Int(piece))
            _ = unsafe nanosleep(&time, nil)
        }
    }
}
