// SPDX-License-Identifier: Apache-2.0
internal import SemAlignBags
internal import SemAlignMessages

/// Stamps and log times of the streams of a bag.
struct StreamStatistics: Sendable {
    /// Stamps by stream, in the order of the bag [ns].
    private(set) var stamps: [FrameStream: [UInt64]] = [:]
    /// Log time less stamp by stream [ns].
    private(set) var delays: [FrameStream: [Double]] = [:]
    /// Why messages could not be read, by stream.
    private(set) var failures: [FrameStream: String] = [:]

    init(stamps: [FrameStream: [UInt64]], delays: [FrameStream: [Double]]) {
        self.stamps = stamps
        self.delays = delays
    }

    /// Starts with nothing.
    init() {}

    /// Reads the whole bag once.
    init(path: String, _ configuration: NodeConfiguration) throws(NodeError) {
        let decoder = MessageDecoder(configuration)
        let feed = BagFeed(path: path, topics: Set(decoder.topics))
        var messages = try feed.messages()
        while let message = try feed.next(&messages) {
            let incoming = IncomingMessage(
                topic: message.topic, schema: message.schemaName, payload: message.payload)
            add(incoming, at: message.logTime, decoder, configuration.topics)
        }
    }

    /// Takes a message that was logged, or came, at `time` [ns].
    mutating func add(
        _ message: IncomingMessage, at time: UInt64, _ decoder: MessageDecoder, _ topics: TopicNames
    ) {
        do throws(Drop) {
            guard case .part(let stream, let part) = try decoder.decode(message) else { return }
            stamps[stream, default: []].append(part.timestamp)
            delays[stream, default: []].append(Double(Int64(bitPattern: time &- part.timestamp)))
        } catch {
            let stream = FrameStream.allCases.first { topics.name(of: $0) == message.topic }
            if let stream, failures[stream] == nil { failures[stream] = error.detail }
        }
    }

    /// Median time between stamps [ns]; `nil` for less than three.
    func period(of stream: FrameStream) -> Double? {
        let sorted = Set(stamps[stream] ?? []).sorted()
        guard sorted.count > 2 else { return nil }
        return median(zip(sorted, sorted.dropFirst()).map { Double($1 - $0) })
    }

    /// Median of log time less stamp [ns]; NaN without messages.
    func delay(of stream: FrameStream) -> Double { median(delays[stream] ?? []) }
}

/// The middle value; NaN where there is none.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
