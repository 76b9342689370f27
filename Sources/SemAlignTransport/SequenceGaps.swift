// SPDX-License-Identifier: Apache-2.0

/// Counts messages that were lost on the way, by the gaps in their sequence numbers.
public struct SequenceGaps: Hashable, Sendable {
    /// Topics that are followed; further ones are not, so that invented topics cost no memory.
    private static let topicLimit = 256

    private var next: [String: UInt64] = [:]

    /// Starts without a past.
    public init() {}

    /// How many messages of `topic` are missing before number `sequence`.
    ///
    /// A first message, and one with a number that was passed already (the sender was started again), are
    /// preceded by none.
    public mutating func missing(topic: String, before sequence: UInt64) -> UInt64 {
        let expected = next[topic]
        guard expected != nil || next.count < Self.topicLimit else { return 0 }
        next[topic] = sequence &+ 1
        guard let expected, sequence > expected else { return 0 }
        return sequence - expected
    }
}
