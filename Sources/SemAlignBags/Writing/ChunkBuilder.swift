// SPDX-License-Identifier: Apache-2.0

/// The records of a chunk that is being filled, with the index of its messages.
struct ChunkBuilder {
    /// The records so far.
    var encoder = RecordEncoder()
    /// Numbers of the schemas that the chunk holds.
    var schemas: Set<UInt16> = []
    /// Numbers of the channels that the chunk holds.
    var channels: Set<UInt16> = []
    private(set) var entries: [UInt16: [MessageIndex.Entry]] = [:]
    private(set) var startTime: UInt64 = 0
    private(set) var endTime: UInt64 = 0

    var isEmpty: Bool { encoder.bytes.isEmpty }

    mutating func append(_ message: MessageHeader, payload: RawSpan) {
        let time = message.logTime
        startTime = entries.isEmpty ? time : min(startTime, time)
        endTime = entries.isEmpty ? time : max(endTime, time)
        entries[message.channelID, default: []].append(
            MessageIndex.Entry(logTime: time, offset: UInt64(encoder.bytes.count)))
        encoder.append(message, payload: payload)
    }

    /// Empties the chunk but keeps its memory.
    mutating func reset() {
        encoder.removeAll()
        schemas.removeAll(keepingCapacity: true)
        channels.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        (startTime, endTime) = (0, 0)
    }
}
