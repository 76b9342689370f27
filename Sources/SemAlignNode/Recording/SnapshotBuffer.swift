// SPDX-License-Identifier: Apache-2.0

/// The messages of the last seconds, in the order in which they came.
struct SnapshotBuffer: Sendable {
    private let window: UInt64
    private let limit: Int
    private var messages: [RecordedMessage] = []
    private var first = 0
    private var size = 0

    /// Keeps what was logged within `window` [ns] of the newest message, at most `limit` bytes.
    init(window: UInt64, limit: Int) {
        self.window = window
        self.limit = limit
    }

    /// Adds a message and gives back those that are too old or too many.
    mutating func add(_ message: RecordedMessage) -> [RecordedMessage] {
        var forgotten: [RecordedMessage] = []
        messages.append(message)
        size += message.weight
        while first < messages.count - 1,
            size > limit || messages[first].logTime &+ window < message.logTime
        {
            size -= messages[first].weight
            forgotten.append(messages[first])
            first += 1
        }
        if first > messages.count / 2 {
            messages.removeFirst(first)
            first = 0
        }
        return forgotten
    }

    /// Everything that is kept; nothing is kept afterwards.
    mutating func takeAll() -> [RecordedMessage] {
        defer { (messages, first, size) = ([], 0, 0) }
        return Array(messages[first...])
    }
}
