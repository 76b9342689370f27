// SPDX-License-Identifier: Apache-2.0
import SemAlignCore
import Testing

@testable import SemAlignNode

private typealias Synchronizer = FrameSynchronizer<String>

/// One message on its way: which stream, which frame, when it arrives.
private struct Message: Hashable {
    let stream: FrameStream
    let stamp: UInt64
    var arrival: UInt64 = 0
}

/// What a test compares: frames with their streams, sequences, and drops by reason.
private struct Outcome: Hashable {
    var frames: [UInt64] = []
    var streams: [[FrameStream]] = []
    var sequences = 0
    var drops: [DropReason: Int] = [:]

    mutating func add(_ events: [Synchronizer.Event]) {
        for event in events {
            switch event {
            case .frame(let frame):
                frames.append(frame.stamp)
                streams.append(frame.streams)
            case .newSequence: sequences += 1
            case .dropped(let drop): drops[drop.reason, default: 0] += drop.count
            }
        }
    }
}

private let second: UInt64 = 1_000_000_000
private let millisecond: UInt64 = 1_000_000
private let start = 1_700_000_000 * second

private func frame(_ number: UInt64) -> UInt64 { start + number * 33 * millisecond }

private func configuration(
    optional: [FrameStream] = [.depth], tolerance: UInt64 = 0, capacity: Int = 16,
    byteLimit: Int = 1 << 20, keepsEveryFrame: Bool = false
) -> SynchronizerConfiguration {
    SynchronizerConfiguration(
        required: [.mask, .features], optional: optional, tolerance: tolerance,
        maximumWait: 100 * millisecond, capacity: capacity, byteLimit: byteLimit,
        keepsEveryFrame: keepsEveryFrame)
}

private func run(
    _ messages: [Message], with configuration: SynchronizerConfiguration, finish: Bool = true
) -> Outcome {
    var synchronizer = Synchronizer(configuration)
    var outcome = Outcome()
    for message in messages {
        outcome.add(
            synchronizer.insert(
                message.stream.rawValue, of: message.stream, stamp: message.stamp, byteCount: 10,
                at: message.arrival))
    }
    if finish { outcome.add(synchronizer.finish()) }
    return outcome
}

private func messages(_ streams: [FrameStream], frames: Range<UInt64>) -> [Message] {
    frames.flatMap { number in streams.map { Message(stream: $0, stamp: frame(number)) } }
}

@Suite struct FrameSynchronizerTests {
    @Test("Any order of a frame's own streams gives the same frames", arguments: [false, true])
    func orderWithinFrame(keepsEveryFrame: Bool) {
        let streams: [FrameStream] = [.image, .depth, .mask, .features]
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let shuffled = (0..<6 as Range<UInt64>).flatMap {
                messages(streams, frames: $0..<($0 + 1)).shuffled(using: &generator)
            }
            let outcome = run(
                shuffled,
                with: configuration(optional: [.image, .depth], keepsEveryFrame: keepsEveryFrame))
            #expect(outcome.frames == (0..<6).map { frame($0) })
            #expect(outcome.streams.allSatisfy { $0 == streams })
            #expect(outcome.drops.isEmpty)
        }
    }

    @Test("Topics that keep their own order may interleave in any way", arguments: [false, true])
    func interleavedTopics(keepsEveryFrame: Bool) {
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var queues = [FrameStream.image, .depth, .mask, .features].map { stream in
                (0..<8 as Range<UInt64>).map { Message(stream: stream, stamp: frame($0)) }
            }
            var merged: [Message] = []
            while let index = queues.indices.filter({ !queues[$0].isEmpty }).randomElement(using: &generator)
            {
                merged.append(queues[index].removeFirst())
            }
            let outcome = run(
                merged, with: configuration(optional: [.image, .depth], keepsEveryFrame: keepsEveryFrame))
            #expect(outcome.frames == (0..<8).map { frame($0) })
            #expect(outcome.drops.isEmpty)
        }
    }

    @Test("Stamps within the tolerance join whatever order they come in, under the image's stamp")
    func tolerance() {
        for seed in 0..<100 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let all = (0..<5 as Range<UInt64>).flatMap { number in
                [
                    Message(stream: .image, stamp: frame(number) + millisecond),
                    Message(stream: .mask, stamp: frame(number)),
                    Message(stream: .features, stamp: frame(number) + 2 * millisecond),
                ].shuffled(using: &generator)
            }
            let outcome = run(all, with: configuration(optional: [.image], tolerance: 3 * millisecond))
            #expect(outcome.frames == (0..<5).map { frame($0) + millisecond })
            #expect(outcome.drops.isEmpty)
        }
    }

    @Test("A frame that lacks depth leaves without it when it has waited")
    func lateDepth() {
        var synchronizer = Synchronizer(configuration())
        var outcome = Outcome()
        for stream in [FrameStream.mask, .features] {
            outcome.add(synchronizer.insert("", of: stream, stamp: start, byteCount: 0, at: 1000))
        }
        #expect(outcome.frames.isEmpty && synchronizer.nextDeadline == 1000 + 100 * millisecond)
        outcome.add(synchronizer.advance(to: 999 + 100 * millisecond))
        #expect(outcome.frames.isEmpty)
        outcome.add(synchronizer.advance(to: 1000 + 100 * millisecond))
        #expect(outcome.frames == [start])
        outcome.add(
            synchronizer.insert("", of: .depth, stamp: start, byteCount: 0, at: 1001 + 100 * millisecond))
        #expect(outcome.drops == [.late: 1])
    }

    @Test("Nobody waits long for an optional stream that never comes, and again once it does")
    func absentDepth() {
        var synchronizer = Synchronizer(configuration())
        var now: UInt64 = 0
        func send(_ streams: [FrameStream], _ number: UInt64) -> Outcome {
            var outcome = Outcome()
            for stream in streams {
                outcome.add(
                    synchronizer.insert("", of: stream, stamp: frame(number), byteCount: 0, at: now))
            }
            return outcome
        }
        for number in 0..<5 as Range<UInt64> {
            #expect(send([.mask, .features], number).frames.isEmpty)
            now += 100 * millisecond
            _ = synchronizer.advance(to: now)
        }
        #expect(send([.mask, .features], 5).frames == [frame(5)])
        #expect(send([.depth], 5).drops == [.late: 1])
        #expect(send([.mask, .features], 6).frames.isEmpty)
        #expect(send([.depth], 6).streams == [[.depth, .mask, .features]])
    }

    @Test("An incomplete frame leaves when a newer one is complete, and is counted")
    func incompleteFrame() {
        let all =
            [Message(stream: .mask, stamp: frame(0))] + messages([.depth, .mask, .features], frames: 1..<2)
        let outcome = run(all, with: configuration())
        #expect(outcome.frames == [frame(1)])
        #expect(outcome.drops == [.incomplete: 1])
    }

    @Test("An incomplete frame leaves after its time even where nothing newer comes")
    func expiredFrame() {
        var synchronizer = Synchronizer(configuration())
        _ = synchronizer.insert("", of: .mask, stamp: start, byteCount: 0, at: 0)
        var outcome = Outcome()
        outcome.add(synchronizer.advance(to: 100 * millisecond))
        #expect(outcome.drops == [.incomplete: 1] && synchronizer.pendingCount == 0)
        #expect(synchronizer.nextDeadline == nil)
    }

    @Test("In replay an older frame holds newer ones back, so that every frame is processed")
    func holdsBack() {
        let all =
            messages([.mask], frames: 0..<1) + messages([.depth, .mask, .features], frames: 1..<3)
            + messages([.depth, .features], frames: 0..<1)
        let outcome = run(all, with: configuration(keepsEveryFrame: true))
        #expect(outcome.frames == [frame(0), frame(1), frame(2)])
        #expect(outcome.drops.isEmpty)
    }

    @Test("A stream that comes twice is used once and counted, before its frame leaves and after")
    func duplicates() {
        let once = messages([.mask, .depth, .features], frames: 0..<2)
        let outcome = run([once[0], once[0], once[1], once[1]] + once[2...] + once, with: configuration())
        #expect(outcome.frames == [frame(0), frame(1)])
        #expect(outcome.drops == [.duplicate: 2 + 6])
    }

    @Test("A frame slightly out of order is late; it is never answered behind a newer one")
    func outOfOrder() {
        let outcome = run(
            messages([.depth, .mask, .features], frames: 5..<6)
                + messages([.depth, .mask, .features], frames: 3..<4), with: configuration())
        #expect(outcome.frames == [frame(5)])
        #expect(outcome.drops == [.late: 3])
    }

    @Test(
        "Stamps that jump back by more than a second begin a new sequence, said once",
        arguments: [false, true])
    func restart(keepsEveryFrame: Bool) {
        let streams: [FrameStream] = [.depth, .mask, .features]
        let outcome = run(
            messages(streams, frames: 0..<40) + messages(streams, frames: 0..<40),
            with: configuration(keepsEveryFrame: keepsEveryFrame))
        #expect(outcome.sequences == 1)
        #expect(outcome.frames == (0..<40).map { frame($0) } + (0..<40).map { frame($0) })
        #expect(outcome.drops.isEmpty)
    }

    @Test("A new sequence takes away the frame of the old one that would have left with it")
    func restartWithOthers() {
        let (old, new) = (start + 10 * second, start + 5 * second)
        let whole: [FrameStream] = [.depth, .mask, .features]
        let frames: [(UInt64, [FrameStream])] = [
            (old, whole), (new, [.mask, .features]), (old + second / 2, whole),
        ]
        let all = frames.flatMap { stamp, streams in streams.map { Message(stream: $0, stamp: stamp) } }
        let outcome = run(all, with: configuration())
        #expect(outcome.sequences == 1)
        #expect(outcome.frames == [old, new])
        #expect(outcome.drops == [.oldSequence: 1])
    }

    @Test("One stray old message does not restart the sequence")
    func strayMessage() {
        let streams: [FrameStream] = [.depth, .mask, .features]
        var all = messages(streams, frames: 0..<6)
        all.insert(Message(stream: .depth, stamp: start - 100 * second), at: 7)
        let outcome = run(all, with: configuration())
        #expect(outcome.sequences == 0)
        #expect(outcome.frames == (0..<6).map { frame($0) })
        #expect(outcome.drops == [.incomplete: 1])
    }

    @Test("A stamp far ahead of the clock is refused, one that is missing too")
    func impossibleStamps() {
        var synchronizer = Synchronizer(configuration())
        var outcome = Outcome()
        outcome.add(
            synchronizer.insert(
                "", of: .mask, stamp: start + 11 * second, byteCount: 0, at: 0, wallTime: start))
        outcome.add(
            synchronizer.insert("", of: .mask, stamp: .max, byteCount: 0, at: 0, wallTime: start))
        outcome.add(synchronizer.insert("", of: .mask, stamp: 0, byteCount: 0, at: 0, wallTime: start))
        #expect(outcome.drops == [.fromFuture: 2, .noStamp: 1])
        #expect(synchronizer.pendingCount == 0)
        outcome.add(
            synchronizer.insert(
                "", of: .mask, stamp: start + 9 * second, byteCount: 0, at: 0, wallTime: start))
        #expect(synchronizer.pendingCount == 1)
    }

    @Test("The buffer is bounded in frames and in bytes; the oldest leave")
    func bounds() {
        let many = messages([.mask], frames: 0..<20)
        #expect(run(many, with: configuration(capacity: 4), finish: false).drops == [.bufferFull: 16])
        #expect(run(many, with: configuration(byteLimit: 50), finish: false).drops == [.bufferFull: 15])
    }

    @Test("Whatever comes in whatever order, frames leave in order, once, and nothing stays behind")
    func hostileOrder() {
        for seed in 0..<300 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let all = (0..<120).map { index in
                Message(
                    stream: FrameStream.allCases.randomElement(using: &generator) ?? .mask,
                    stamp: frame(UInt64.random(in: 0..<12, using: &generator)),
                    arrival: UInt64(index) * 10 * millisecond)
            }
            let outcome = run(all, with: configuration(optional: [.image, .cameraInfo, .depth]))
            #expect(zip(outcome.frames, outcome.frames.dropFirst()).allSatisfy { $0 < $1 })
        }
    }
}
