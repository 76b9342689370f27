// SPDX-License-Identifier: Apache-2.0
public import SemAlignBags

/// How a bag is played.
public struct PlayerConfiguration: Hashable, Sendable {
    /// Where subscribers are: a node's input unless set otherwise.
    public var endpoints = WireEndpoints(connect: SubscribeSettings().bind, highWaterMark: 64)
    /// Speed: 2 is twice as fast, 0 is without pauses.
    public var rate = 1.0
    /// True where the bag is played again and again.
    public var isLooping = false
    /// True where messages get the stamps that they would have if they were made now.
    public var restamps = false
    /// True where nothing is played before the first command.
    public var startsPaused = false
    /// Time at the beginning that is left out [s].
    public var startSeconds = 0.0
    /// Time that is played [s]; `nil` = to the end.
    public var durationSeconds: Double?
    /// Which topics are played.
    public var topics = TopicFilter.all
    /// Topics that are published under another name.
    public var remap: [String: String] = [:]
    /// How long to wait for a subscriber [s]; 0 = not at all.
    public var waitSeconds = 10.0

    /// Makes the default configuration.
    public init() {}

    /// Checks what cannot be played.
    func check() throws(NodeError) {
        try endpoints.check()
        guard rate >= 0, rate.isFinite, startSeconds >= 0, startSeconds < 1e9, waitSeconds >= 0,
            waitSeconds < 1e9, durationSeconds.map({ $0 > 0 && $0 < 1e9 }) ?? true
        else {
            throw .conflict(
                reason: "rate, start, duration or wait is negative or no number",
                remedy: "give times in seconds and a rate of 0 or more")
        }
    }
}

/// What a person asks of a player.
public enum PlayerCommand: Hashable, Sendable {
    /// Pauses, or goes on after a pause.
    case togglePause
    /// Sends the next message of a paused bag.
    case step
    /// Plays faster by 0.1.
    case faster
    /// Plays slower by 0.1.
    case slower
}

/// Where a player is.
public struct PlayerProgress: Hashable, Sendable {
    /// Messages sent so far, those of all rounds.
    public internal(set) var messages = 0
    /// Log time of the last message, from the first of its round [s].
    public internal(set) var seconds = 0.0
    /// Speed: 2 is twice as fast, 0 is without pauses.
    public internal(set) var rate: Double
    /// True during a pause.
    public internal(set) var isPaused: Bool
}

/// What a player did.
public struct PlayerSummary: Hashable, Sendable {
    /// Messages sent.
    public internal(set) var messages = 0
    /// Messages that somebody was subscribed to when they were sent.
    public internal(set) var delivered = 0
    /// Times that the bag was begun.
    public internal(set) var rounds = 0
    /// Parts of the bag that cannot be read.
    public internal(set) var damages: [String] = []
    /// How much later than due messages were sent [ns]; those of a rate of 0 have no time.
    var lateness = LatencyWindow(capacity: 1 << 20)

    /// How much later than due messages were sent [ns]: the values that half of them and 99 % do not exceed, and the longest.
    public var latenessPercentiles: (median: UInt64, percentile99: UInt64, maximum: UInt64) {
        let figures = lateness.percentiles([0.5, 0.99])
        return (figures[0], figures[1], lateness.maximum)
    }
}

extension PlayerSummary: CustomStringConvertible {
    /// One line for people.
    public var description: String {
        let late = latenessPercentiles
        return "\(messages) messages sent" + (rounds > 1 ? " in \(rounds) rounds" : "")
            + ", \(delivered) of them to a subscriber"
            + (lateness.count > 0
                ? "; late by \(milliseconds(late.median)), p99 \(milliseconds(late.percentile99)), "
                    + "max \(milliseconds(late.maximum))" : "")
            + (damages.isEmpty ? "" : "; \(damages.count) places are damaged: \(damages[0])")
    }
}
