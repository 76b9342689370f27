// SPDX-License-Identifier: Apache-2.0
public import SemAlignBags

/// Which part of a bag is replayed.
public struct ReplayPart: Hashable, Sendable {
    /// Time at the beginning that is left out [s]; calibrations in it still hold.
    public var startSeconds = 0.0
    /// Time from the beginning at which the replay ends [s]; `nil` = the bag's end.
    public var endSeconds: Double?
    /// Which of the configured topics are used.
    public var topics = TopicFilter.all

    /// Makes the whole bag.
    public init() {}

    /// The messages of the part; times count from the earliest message of the bag.
    func selection(of reader: BagReader, topics names: Set<String>) throws(BagError) -> MessageSelection {
        var selection = MessageSelection(topics: names, filter: topics)
        guard startSeconds > 0 || endSeconds != nil else { return selection }
        let first = try reader.startTime()
        if startSeconds > 0 { selection.start = first &+ UInt64(startSeconds * 1e9) }
        selection.end = endSeconds.map { first &+ UInt64($0 * 1e9) }
        return selection
    }

    /// Checks what cannot be a part.
    func check() throws(NodeError) {
        guard (0...1e9).contains(startSeconds), endSeconds.map({ $0 > startSeconds && $0 <= 1e9 }) ?? true
        else {
            throw .conflict(
                reason: "start or end of the replay is no time, or they are the wrong way round",
                remedy: "give seconds from 0 to 1e9, the end after the start")
        }
    }
}

/// How far a replay is.
public struct ReplayProgress: Hashable, Sendable {
    /// Frames answered.
    public let frames: Int
    /// Share 0…1 of the bag's time that was read.
    public let share: Double
}
