// SPDX-License-Identifier: Apache-2.0
internal import SemAlignBags
internal import SemAlignMessages
internal import SemAlignTransport

/// Sends the messages of a bag to a node and hears its answers, on one thread.
struct BagFeeder: ~Copyable {
    /// Longest that a frame is waited for where one is on its way at a time [ns], after it waited for its streams.
    private static let patience: UInt64 = 20_000_000_000

    private let feed: BagFeed
    private let keypoints: String
    private let clocks: NodeClocks
    private let longestWait: UInt64
    private var publisher: Publisher
    private var subscriber: Subscriber
    private var slots: ReceivedMessage
    private var answered: UInt64?
    /// Stamps of frames that were begun.
    private var open: Set<UInt64> = []
    /// When each frame was due.
    private(set) var dues = DueTimes()
    /// Frames that were sent.
    private(set) var sentFrames = 0

    /// Connects to a node and waits until it listens.
    init(
        _ feed: BagFeed, _ configuration: NodeConfiguration, _ context: Context, input: String,
        output: String,
        _ clocks: NodeClocks
    ) throws(TransportError) {
        var slots = ReceivedMessage()
        var subscriber = try Subscriber(context: context)
        try subscriber.subscribe(to: configuration.topics.keypoints)
        try subscriber.connect(output)
        var publisher = try Publisher(context: context, configuration: SocketConfiguration(queueLimit: 1000))
        try publisher.connect(input)
        for topic in feed.topics.sorted() {
            _ = try publisher.waitForSubscriber(to: topic, timeout: .seconds(10))
        }
        // The other direction cannot be asked: an answer that is not heard is only waited for a little longer.
        _ = try subscriber.receive(into: &slots, timeout: .milliseconds(200))
        self.feed = feed
        self.clocks = clocks
        keypoints = configuration.topics.keypoints
        longestWait = Self.patience + UInt64(configuration.join.maxWaitMilliseconds) * 1_000_000
        self.publisher = publisher
        self.subscriber = subscriber
        self.slots = slots
    }

    /// Plays the bag once; `speed` 0 sends a frame when the one before is answered.
    ///
    /// Every message is sent as late as its log time says, never earlier: what the node cannot keep up with waits.
    mutating func play(speed: Double, _ stop: StopFlag, progress: (Double) -> Void) throws(NodeError) {
        var messages = try feed.messages()
        let begin = clocks.steady() &+ 1_000_000
        var due: UInt64 = begin
        var place = 0
        var lastStamp: UInt64?
        do throws(TransportError) {
            while !stop.isSet, let message = try next(&messages) {
                if speed > 0 {
                    due = begin &+ UInt64(Double(message.logTime &- feed.logTimes.lowerBound) / speed)
                    try hear(until: due)
                } else if feed.stamps[place] != lastStamp {
                    due = clocks.steady()
                }
                lastStamp = feed.stamps[place] ?? lastStamp
                note(place, due: due)
                try publisher.publish(
                    topic: message.topic, schema: message.schemaName, payload: message.payload.span,
                    publishTime: clocks.wall())
                if feed.lastOfFrame.contains(place) {
                    if speed == 0, let stamp = feed.stamps[place] { try wait(for: stamp) }
                    progress(Double(place + 1) / Double(feed.messageCount))
                }
                place += 1
            }
            if speed > 0 { try hear(until: clocks.steady() &+ 500_000_000) }
        } catch {
            throw NodeError(error)
        }
    }

    private func next(_ messages: inout OrderedMessages) throws(TransportError) -> BagMessage? {
        // What cannot be read was found when the bag was looked through.
        try? feed.next(&messages)
    }

    /// Notes when a frame was due: the time of its first message.
    private mutating func note(_ place: Int, due: UInt64) {
        guard let stamp = feed.stamps[place] else { return }
        if open.insert(stamp).inserted {
            dues.add(due, of: stamp)
            sentFrames += 1
        }
        if feed.lastOfFrame.contains(place) { open.remove(stamp) }
    }

    /// Takes answers until a time of the steady clock, and at any rate those that are there.
    private mutating func hear(until time: UInt64) throws(TransportError) {
        while try subscriber.receive(into: &slots) { noteAnswer() }
        while true {
            let now = clocks.steady()
            guard time > now else { return }
            if try subscriber.receive(into: &slots, timeout: .nanoseconds(time - now)) { noteAnswer() }
        }
    }

    /// Takes answers until that of a frame came.
    private mutating func wait(for stamp: UInt64) throws(TransportError) {
        let deadline = clocks.steady() &+ longestWait
        while answered != stamp, clocks.steady() < deadline {
            if try subscriber.receive(into: &slots, timeout: .milliseconds(100)) { noteAnswer() }
        }
    }

    private mutating func noteAnswer() {
        guard let message = try? WireMessage(decoding: slots), message.topic == keypoints,
            let answer = try? KeypointMessage(decoding: message.payload)
        else { return }
        answered = answer.timestamp
    }
}
