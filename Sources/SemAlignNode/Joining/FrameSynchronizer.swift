// SPDX-License-Identifier: Apache-2.0

/// Joins the streams of a camera by their stamps.
///
/// A frame leaves as soon as all streams are there that it needs or may hope for: `required` ones, and
/// optional ones that came with recent frames. It leaves without the optional ones after `maximumWait`, and is
/// dropped where a required one is missing by then or when a newer frame is complete. Frames leave in the order
/// of their stamps. Time is passed in, so the same calls give the same answers.
public struct FrameSynchronizer<Part: Sendable>: Sendable {
    /// What came of a message or of the time that passed.
    public enum Event: Sendable {
        /// A frame to process.
        case frame(JoinedFrame<Part>)
        /// The stamps jumped back by more than a second: whatever is known from before is void.
        case newSequence(from: UInt64, to: UInt64)
        /// Something was not used.
        case dropped(Drop)
    }

    private let configuration: SynchronizerConfiguration
    /// Frames that wait, by ascending key.
    private var pending: [JoinedFrame<Part>] = []
    private var pendingBytes = 0
    /// Stamp of the newest frame that left.
    private var newest: UInt64?
    /// The last frames that left or were dropped, to tell doubled parts from late ones.
    private var closed: [(key: UInt64, streams: [FrameStream], firstArrival: UInt64)] = []
    /// Frames in a row that left without an optional stream.
    private var misses = [Int](repeating: 0, count: FrameStream.allCases.count)

    /// Starts with nothing.
    public init(_ configuration: SynchronizerConfiguration) {
        self.configuration = configuration
    }

    /// Number of frames that wait.
    public var pendingCount: Int { pending.count }

    /// When `advance` has something to do [ns, steady clock]; `nil` while nothing waits.
    public var nextDeadline: UInt64? {
        pending.map(\.firstArrival).min().map { $0 &+ configuration.maximumWait }
    }

    /// Adds one part that came at `now` [ns, steady clock]; `wallTime` [ns] bounds the stamp where it is given.
    public mutating func insert(
        _ part: Part, of stream: FrameStream, stamp: UInt64, byteCount: Int, at now: UInt64,
        wallTime: UInt64? = nil
    ) -> [Event] {
        if let drop = refusal(of: stream, stamp: stamp, at: now, wallTime: wallTime) {
            return [.dropped(drop)] + advance(to: now)
        }
        let index = slot(for: stream, stamp: stamp, at: now)
        if pending[index][stream] != nil {
            return [.dropped(Drop(.duplicate, "\(stream.rawValue) at \(stamp) came twice"))]
                + advance(to: now)
        }
        pending[index].add(part, of: stream, stamp: stamp, byteCount: byteCount)
        pendingBytes += byteCount
        misses[stream.index] = 0
        return makeRoom() + advance(to: now)
    }

    /// Lets go of what is complete or has waited long enough at `now` [ns, steady clock].
    public mutating func advance(to now: UInt64) -> [Event] {
        var events: [Event] = []
        while let count = leaving(at: now) {
            // By stamp, not by number: a frame that begins a new sequence takes those of the old one away.
            let last = pending[count - 1].key
            while let front = pending.first, front.key <= last { events += release() }
        }
        return events
    }

    /// Lets go of everything: no more messages will come.
    public mutating func finish() -> [Event] {
        var events: [Event] = []
        while !pending.isEmpty { events += release() }
        return events
    }
}

extension FrameSynchronizer {
    /// Going back further than this is a new sequence [ns].
    private static var sequenceGap: UInt64 { 1_000_000_000 }
    /// Frames in a row without an optional stream after which nobody waits for it any more.
    private static var patience: Int { 5 }

    /// Why a part cannot belong to a frame that is still open; `nil` where it can.
    private mutating func refusal(
        of stream: FrameStream, stamp: UInt64, at now: UInt64, wallTime: UInt64?
    ) -> Drop? {
        guard stamp > 0 else { return Drop(.noStamp, "\(stream.rawValue) has no stamp") }
        if let wallTime, stamp > wallTime, stamp - wallTime > configuration.maximumFuture {
            let ahead = Double(stamp - wallTime) / 1e9
            return Drop(
                .fromFuture,
                "\(stream.rawValue) at \(stamp) is \(ahead) s ahead of this machine's clock; "
                    + "at most \(Double(configuration.maximumFuture) / 1e9) s is accepted")
        }
        // Parts of a restarted sequence wait like any other: only a complete frame proves the restart.
        guard let newest, newest >= stamp || isNear(stamp, newest), !isRestart(stamp) else { return nil }
        let match = closed.last { isNear($0.key, stamp) }
        if let match, match.streams.contains(stream) {
            return Drop(.duplicate, "\(stream.rawValue) at \(stamp) came twice")
        }
        guard stamp <= newest || match != nil else { return nil }
        // It would have been worth waiting for: from now on frames do.
        if let match, now < match.firstArrival &+ configuration.maximumWait { misses[stream.index] = 0 }
        return Drop(.late, "\(stream.rawValue) at \(stamp) came after its frame had left")
    }

    private func isNear(_ first: UInt64, _ second: UInt64) -> Bool {
        max(first, second) - min(first, second) <= configuration.tolerance
    }

    private func isRestart(_ stamp: UInt64) -> Bool {
        newest.map { $0 > stamp && $0 - stamp > Self.sequenceGap } ?? false
    }

    /// Index of the waiting frame that a stamp belongs to: the nearest that lacks the stream, else a new one.
    private mutating func slot(for stream: FrameStream, stamp: UInt64, at now: UInt64) -> Int {
        let near = pending.indices.filter { isNear(pending[$0].key, stamp) }
        let free = near.filter { pending[$0][stream] == nil }
        func distance(_ index: Int) -> UInt64 {
            max(pending[index].key, stamp) - min(pending[index].key, stamp)
        }
        if let best = free.min(by: { distance($0) < distance($1) }) { return best }
        if let same = near.first(where: { pending[$0].key == stamp }) { return same }
        let index = pending.firstIndex { $0.key > stamp } ?? pending.count
        pending.insert(JoinedFrame(key: stamp, firstArrival: now), at: index)
        return index
    }

    /// How many frames from the front are to leave now; `nil` for none.
    private func leaving(at now: UInt64) -> Int? {
        if configuration.keepsEveryFrame {
            guard let front = pending.first, isFull(front) || hasWaited(front, at: now) else { return nil }
            return 1
        }
        let last = pending.lastIndex { isFull($0) || (isReady($0) && hasWaited($0, at: now)) }
        if let last { return last + 1 }
        guard let front = pending.first, hasWaited(front, at: now) else { return nil }
        return 1
    }

    private func isReady(_ frame: JoinedFrame<Part>) -> Bool { frame.has(configuration.required) }

    private func isFull(_ frame: JoinedFrame<Part>) -> Bool {
        isReady(frame) && frame.has(configuration.optional.filter { misses[$0.index] < Self.patience })
    }

    private func hasWaited(_ frame: JoinedFrame<Part>, at now: UInt64) -> Bool {
        now >= frame.firstArrival && now - frame.firstArrival >= configuration.maximumWait
    }

    /// Takes the oldest frame out: as a frame where it is ready, as a drop where not.
    private mutating func release() -> [Event] {
        let frame = pending.removeFirst()
        pendingBytes -= frame.byteCount
        guard isReady(frame) else { return [.dropped(close(frame, .incomplete))] }
        var events: [Event] = []
        if let before = newest, isRestart(frame.key) {
            events = restart() + [.newSequence(from: before, to: frame.key)]
        }
        for stream in configuration.optional where frame[stream] == nil { misses[stream.index] += 1 }
        newest = max(newest ?? 0, frame.key)
        remember(frame)
        return events + [.frame(frame)]
    }

    /// Forgets the old sequence: what waits for a later stamp than the restart belongs to it.
    private mutating func restart() -> [Event] {
        let before = newest ?? 0
        newest = nil
        closed = []
        let stale = pending.filter { $0.key + Self.sequenceGap >= before }
        pending.removeAll { $0.key + Self.sequenceGap >= before }
        pendingBytes -= stale.reduce(0) { $0 + $1.byteCount }
        guard !stale.isEmpty else { return [] }
        let detail = "frames that waited when the stamps jumped back"
        return [.dropped(Drop(.oldSequence, detail, count: stale.count))]
    }

    /// Drops the oldest frames until the rest fits into the buffer.
    private mutating func makeRoom() -> [Event] {
        var events: [Event] = []
        while pending.count > configuration.capacity || pendingBytes > configuration.byteLimit {
            if let front = pending.first, isReady(front) {
                events += release()
            } else {
                let frame = pending.removeFirst()
                pendingBytes -= frame.byteCount
                events.append(.dropped(close(frame, .bufferFull)))
            }
        }
        return events
    }

    private mutating func close(_ frame: JoinedFrame<Part>, _ reason: DropReason) -> Drop {
        remember(frame)
        let missing = configuration.required.filter { frame[$0] == nil }.map(\.rawValue)
        return Drop(reason, "frame at \(frame.key) lacks \(missing.joined(separator: ", "))")
    }

    private mutating func remember(_ frame: JoinedFrame<Part>) {
        closed.append((frame.key, frame.streams, frame.firstArrival))
        if closed.count > 64 { closed.removeFirst() }
    }
}
