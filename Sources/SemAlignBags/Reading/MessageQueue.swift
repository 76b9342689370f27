// SPDX-License-Identifier: Apache-2.0

/// Time and place of a message that waits for its turn.
struct QueuedMessage: Sendable {
    /// Log time [ns].
    let time: UInt64
    /// Place of its block in the file.
    let place: UInt64
    /// Number of its block.
    let block: Int
    /// Place of the record in the block.
    let offset: Int

    /// Earlier messages first, equal times in the order written.
    static func < (left: QueuedMessage, right: QueuedMessage) -> Bool {
        (left.time, left.place, left.offset) < (right.time, right.place, right.offset)
    }
}

/// Merges the messages of the open blocks by time: a binary heap of one sorted list per block.
struct MessageQueue: Sendable {
    private var lists: [Int: (entries: [QueuedMessage], next: Int)] = [:]
    private var heap: [QueuedMessage] = []

    /// The earliest message.
    var first: QueuedMessage? { heap.first }

    /// Whether a block has messages left.
    func holds(_ block: Int) -> Bool { lists[block] != nil }

    /// Adds the messages of a block, at least one, in any order.
    mutating func add(_ entries: [QueuedMessage], of block: Int) {
        let isSorted = zip(entries, entries.dropFirst()).allSatisfy { $0 < $1 }
        let sorted = isSorted ? entries : entries.sorted { $0 < $1 }
        guard let first = sorted.first else { return }
        lists[block] = (sorted, 1)
        heap.append(first)
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the earliest message away.
    mutating func popFirst() {
        guard let block = heap.first?.block, let list = lists[block] else { return }
        if list.next < list.entries.count {
            heap[0] = list.entries[list.next]
            lists[block]?.next += 1
        } else {
            lists[block] = nil
            let last = heap.removeLast()
            if !heap.isEmpty { heap[0] = last }
        }
        siftDown()
    }

    /// Gives up the messages of the block of the earliest message.
    mutating func removeAll(of block: Int) {
        guard heap.first?.block == block, let list = lists[block] else { return }
        lists[block]?.next = list.entries.count
        popFirst()
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

/// The records of open blocks, the least recently used dropped first.
struct BlockCache: Sendable {
    private let limit: UInt64
    private var blocks: [Int: (records: [UInt8], used: UInt64)] = [:]
    private var size: UInt64 = 0
    private var clock: UInt64 = 0

    init(limit: UInt64) {
        self.limit = limit
    }

    mutating func records(of block: Int) -> [UInt8]? {
        clock += 1
        blocks[block]?.used = clock
        return blocks[block]?.records
    }

    mutating func insert(_ records: [UInt8], for block: Int) {
        clock += 1
        blocks[block] = (records, clock)
        size += UInt64(records.count)
        while size > limit, blocks.count > 1,
            let oldest = blocks.filter({ $0.key != block }).min(by: { $0.value.used < $1.value.used })
        {
            remove(oldest.key)
        }
    }

    mutating func remove(_ block: Int) {
        guard let removed = blocks.removeValue(forKey: block) else { return }
        size -= UInt64(removed.records.count)
    }
}
