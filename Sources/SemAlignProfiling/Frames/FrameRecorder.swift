// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Keeps the records of the last frames: both threads of a node write to it, anybody may look.
///
/// A class since threads share it. Memory is bounded by its capacity.
public final class FrameRecorder: Sendable {
    /// Reads what threads cost.
    public let meter: ThreadMeter
    private let capacity: Int
    private let state: Mutex<State>

    private struct State {
        var frames: [FrameRecord] = []
        var nextFrame = 0
        var drops: [DropRecord] = []
        var nextDrop = 0
    }

    /// Keeps the last `capacity` frames, at least 1, and as many drops.
    public init(capacity: Int, meter: ThreadMeter = ThreadMeter()) {
        self.capacity = max(1, capacity)
        self.meter = meter
        var state = State()
        state.frames.reserveCapacity(min(self.capacity, 4096))
        self.state = Mutex(state)
    }

    /// Adds a frame that was answered.
    public func add(_ frame: FrameRecord) {
        state.withLock { Self.put(frame, into: &$0.frames, at: &$0.nextFrame, capacity) }
    }

    /// Adds something that was not used.
    public func add(_ drop: DropRecord) {
        state.withLock { Self.put(drop, into: &$0.drops, at: &$0.nextDrop, capacity) }
    }

    /// What is kept, in order of time.
    public var records: (frames: [FrameRecord], drops: [DropRecord]) {
        state.withLock {
            (
                Array($0.frames[$0.nextFrame...] + $0.frames[..<$0.nextFrame]),
                Array($0.drops[$0.nextDrop...] + $0.drops[..<$0.nextDrop])
            )
        }
    }

    private static func put<Element>(
        _ element: Element, into ring: inout [Element], at next: inout Int, _ capacity: Int
    ) {
        if ring.count < capacity {
            ring.append(element)
        } else {
            ring[next] = element
            next = (next + 1) % capacity
        }
    }
}
