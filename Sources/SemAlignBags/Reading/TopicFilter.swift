// SPDX-License-Identifier: Apache-2.0

/// Which topics are wanted: names, in which `*` stands for any text.
public struct TopicFilter: Hashable, Sendable {
    /// What is wanted; empty wants all.
    public var included: [String]
    /// What is not wanted, also where it is included.
    public var excluded: [String]

    /// Makes a filter.
    public init(included: [String] = [], excluded: [String] = []) {
        self.included = included
        self.excluded = excluded
    }

    /// Every topic.
    public static let all = TopicFilter()

    /// Whether a topic is wanted.
    public func contains(_ topic: String) -> Bool {
        guard included.isEmpty || included.contains(where: { Self.matches(topic, $0) }) else { return false }
        return !excluded.contains { Self.matches(topic, $0) }
    }

    /// Compares byte by byte; after a mismatch the last `*` takes one byte more.
    static func matches(_ topic: String, _ pattern: String) -> Bool {
        let (text, pattern) = (Array(topic.utf8), Array(pattern.utf8))
        let star = UInt8(ascii: "*")
        var (place, position) = (0, 0)
        var retry: (place: Int, position: Int)?
        while place < text.count {
            if position < pattern.count, pattern[position] == star {
                retry = (place, position)
                position += 1
            } else if position < pattern.count, pattern[position] == text[place] {
                (place, position) = (place + 1, position + 1)
            } else if let last = retry {
                retry = (last.place + 1, last.position)
                (place, position) = (last.place + 1, last.position + 1)
            } else {
                return false
            }
        }
        return pattern[position...].allSatisfy { $0 == star }
    }
}
