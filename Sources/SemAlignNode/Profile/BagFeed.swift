// SPDX-License-Identifier: Apache-2.0
internal import SemAlignBags
internal import SemAlignMessages

/// What a bag holds for the node: which message ends which frame, and how fast its camera was.
struct BagFeed: Sendable {
    /// Stamp of a message's frame by the message's place in the bag; absent for messages without a frame.
    private(set) var stamps: [Int: UInt64] = [:]
    /// Place of the last message of each frame.
    private(set) var lastOfFrame: Set<Int> = []
    /// Log time of the first and the last message [ns].
    private(set) var logTimes: ClosedRange<UInt64> = 0...0
    /// Messages of the node's topics.
    private(set) var messageCount = 0
    /// Frames: different stamps of features, which every frame needs.
    private(set) var frameCount = 0
    let topics: Set<String>
    private let path: String

    /// Names a bag without looking into it.
    init(path: String, topics: Set<String>) {
        self.path = path
        self.topics = topics
    }

    /// Looks through the bag once.
    init(path: String, _ configuration: NodeConfiguration) throws(NodeError) {
        self.path = path
        let decoder = MessageDecoder(configuration)
        topics = Set(decoder.topics)
        var messages = try Self.messages(of: path, topics: topics)
        var last: [UInt64: Int] = [:]
        var frames: Set<UInt64> = []
        while let message = try Self.next(&messages, path: path) {
            logTimes =
                messageCount == 0
                ? message.logTime...message.logTime
                : min(logTimes.lowerBound, message.logTime)...max(logTimes.upperBound, message.logTime)
            let incoming = IncomingMessage(
                topic: message.topic, schema: message.schemaName, payload: message.payload)
            if case .part(let stream, let part) = try? decoder.decode(incoming) {
                stamps[messageCount] = part.timestamp
                last[part.timestamp] = messageCount
                if stream == .features { frames.insert(part.timestamp) }
            }
            messageCount += 1
        }
        lastOfFrame = Set(last.values)
        frameCount = frames.count
        guard frameCount > 0 else {
            throw .unusableFile(
                path: path,
                reason: "it holds no message of '\(configuration.topics.features)' that can be read")
        }
    }

    /// Frames a second; 30 where the bag has one frame only.
    var rate: Double {
        let seconds = Double(logTimes.upperBound - logTimes.lowerBound) / 1e9
        return frameCount > 1 && seconds > 0 ? Double(frameCount - 1) / seconds : 30
    }

    /// The messages again, from the first.
    func messages() throws(NodeError) -> OrderedMessages { try Self.messages(of: path, topics: topics) }

    /// The next message that can be read; `nil` at the end.
    func next(_ messages: inout OrderedMessages) throws(NodeError) -> BagMessage? {
        try Self.next(&messages, path: path)
    }

    private static func messages(of path: String, topics: Set<String>) throws(NodeError) -> OrderedMessages {
        do { return try BagReader.open(path).messages(MessageSelection(topics: topics)) } catch {
            throw NodeError(error, path: path)
        }
    }

    private static func next(_ messages: inout OrderedMessages, path: String) throws(NodeError) -> BagMessage?
    {
        var failures = 0
        while true {
            do throws(BagError) { return try messages.next() } catch {
                failures += 1
                guard failures < 1000 else { throw NodeError(error, path: path) }
            }
        }
    }
}
