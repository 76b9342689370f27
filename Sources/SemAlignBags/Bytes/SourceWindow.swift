// SPDX-License-Identifier: Apache-2.0

/// A part of a source held in memory, so that small records do not cost a system call each.
struct SourceWindow {
    let source: any ByteSource
    /// Bytes of the source in the order of the file; the front is at `start`.
    private(set) var bytes: [UInt8] = []
    private var start: UInt64 = 0

    /// How far a refill reads beyond what was asked for [bytes].
    private let readAhead: UInt64

    init(_ source: any ByteSource, readAhead: UInt64 = 64 * 1024) {
        self.source = source
        self.readAhead = readAhead
    }

    /// Makes `count` bytes at `offset` available and returns their place in `bytes`.
    mutating func load(at offset: UInt64, count: UInt64) throws(BagError) -> Range<Int> {
        let size = source.size
        guard offset <= size, count <= size - offset, let length = Int(exactly: count) else {
            throw .truncated(offset: offset, needed: count, available: offset <= size ? size - offset : 0)
        }
        let held = UInt64(bytes.count)
        if offset < start || offset - start > held || held - (offset - start) < count {
            try refill(at: offset, count: min(count + readAhead, size - offset))
        }
        let first = Int(offset - start)
        return first..<first + length
    }

    private mutating func refill(at offset: UInt64, count: UInt64) throws(BagError) {
        start = offset
        do {
            try source.read(count, at: offset, into: &bytes)
        } catch {
            bytes.removeAll()
            throw error
        }
    }
}
