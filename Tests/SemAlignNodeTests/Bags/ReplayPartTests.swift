// SPDX-License-Identifier: Apache-2.0
import SemAlignBags
import SemAlignCore
import SemAlignMessages
import SemAlignTransport
import Synchronization
import Testing

@testable import SemAlignNode

/// The keypoints in a bag of answers.
private func answers(_ path: String) throws -> [KeypointMessage] {
    try readBag(path).filter { $0.topic == TopicNames().keypoints }.map {
        try KeypointMessage(decoding: $0.payload)
    }
}

/// Largest difference between two lists of answers in position [m]; infinite where anything else differs.
private func difference(_ left: [KeypointMessage], _ right: [KeypointMessage]) -> Double {
    guard left.count == right.count else { return .infinity }
    var largest = 0.0
    for (one, other) in zip(left, right) {
        guard one.timestamp == other.timestamp, one.result.state == other.result.state,
            one.result.keypoints.count == other.result.keypoints.count
        else { return .infinity }
        for (here, there) in zip(one.result.keypoints, other.result.keypoints) {
            let gap = here.position - there.position
            largest = max(largest, (gap * gap).sum().squareRoot())
        }
    }
    return largest
}

@Suite struct ReplayPartTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try writeFrames(folder.file("in.mcap"), Array(0..<12))
    }

    private func replay(_ change: (inout ReplayPart) -> Void = { _ in }) throws -> BagReplay {
        var configuration = NodeConfiguration()
        configuration.representation = try folder.representation()
        var part = ReplayPart()
        change(&part)
        return try BagReplay(configuration, part: part)
    }

    @Test("A part holds the frames from its start up to its end, and a share that grows to its end")
    func part() throws {
        var shares: [Double] = []
        let summary = try replay {
            $0.startSeconds = 0.099
            $0.endSeconds = 0.231
        }.run(from: folder.file("in.mcap"), to: folder.file("out.mcap")) { shares.append($0.share) }
        #expect(summary.frames == 4)
        #expect(try answers(folder.file("out.mcap")).map(\.timestamp) == (3..<7).map { TinyFrame($0).stamp })
        #expect(shares == shares.sorted() && (shares.last ?? 0) > 0.6)
    }

    @Test("A calibration that was sent once, before the part, still holds in it")
    func earlierCalibration() throws {
        let messages = try (0..<12).flatMap { number in
            try TinyFrame(number).all().filter {
                number == 0 || $0.topic != TopicNames().cameraInfo
            }.map { ($0, TinyFrame(number).stamp) }
        }
        try writeBag(folder.file("once.mcap"), messages)
        var part = ReplayPart()
        part.startSeconds = 0.2
        var frames = try BagFrames(
            path: folder.file("once.mcap"), NodeConfiguration(), representation: TinyClass.representation,
            calibration: nil, part: part)
        var count = 0
        while let event = try frames.next() {
            guard case .job(let job) = event, case .observation(let sighted) = job.frame.content else {
                continue
            }
            count += 1
            #expect(sighted.observation.intrinsics?.focalLength == [60, 60])
        }
        #expect(count == 5)
    }

    @Test("Topics can be left out; one that is needed cannot")
    func topics() throws {
        _ = try replay { $0.topics = TopicFilter(excluded: ["*/depth/*"]) }.run(
            from: folder.file("in.mcap"), to: folder.file("out.mcap"))
        #expect(throws: NodeError.self) {
            try replay { $0.topics = TopicFilter(excluded: ["*/mask"]) }.run(
                from: folder.file("in.mcap"), to: folder.file("none.mcap"))
        }
        #expect(throws: NodeError.self) {
            try replay {
                $0.startSeconds = 2
                $0.endSeconds = 1
            }
        }
    }

    @Test("Several bags at the same time give what each gives alone; one that fails does not end the others")
    func batch() throws {
        var items: [ReplayBatch.Item] = []
        for number in 0..<5 {
            try writeFrames(folder.file("in\(number).mcap"), Array(number..<number + 6))
            items.append(
                .init(input: folder.file("in\(number).mcap"), output: folder.file("out\(number).mcap")))
        }
        items.insert(.init(input: folder.file("absent.mcap"), output: folder.file("x.mcap")), at: 2)
        let last = Mutex(0.0)
        let results = try ReplayBatch(try replay(), items).run(
            jobs: 3, progress: { state in last.withLock { $0 = max($0, state.share) } })
        #expect(results.map { (try? $0.get())?.frames } == [6, 6, nil, 6, 6, 6])
        #expect(last.withLock { $0 } > 0.5)
        for number in 0..<5 {
            _ = try replay().run(
                from: folder.file("in\(number).mcap"), to: folder.file("alone\(number).mcap"))
            #expect(try folder.bytes("out\(number).mcap") == folder.bytes("alone\(number).mcap"))
        }
    }

    @Test("A live node that a player feeds without losses gives the replay's keypoints, value for value")
    func liveEqualsReplay() throws {
        _ = try replay().run(from: folder.file("in.mcap"), to: folder.file("out.mcap"))
        let expected = try answers(folder.file("out.mcap"))
        var node = try LiveNode()
        // Frames of a later time first: the bag then begins a new sequence, and the tracker starts anew.
        try node.settle(from: 100_000)
        var configuration = PlayerConfiguration()
        configuration.endpoints.connect = [node.input]
        configuration.rate = 0
        configuration.waitSeconds = 20
        var heard: [KeypointMessage] = []
        let summary = try BagPlayer(path: folder.file("in.mcap"), configuration: configuration).run(
            context: node.context,
            progress: { sent in
                // A frame has five messages: the next one is sent when it was answered.
                guard sent.messages > 0, sent.messages % 5 == 0 else { return }
                if let answer = try? node.nextKeypoints() { heard.append(answer) }
            })
        _ = try node.stop()
        #expect(summary.messages == 60)
        #expect(difference(heard, expected) == 0)
        for (live, replayed) in zip(heard, expected) {
            #expect(live.result.keypoints == replayed.result.keypoints)
            // Bit for bit: what is unknown is NaN on both sides.
            #expect(live.result.energy.bitPattern == replayed.result.energy.bitPattern)
            #expect(live.result.startedCold == replayed.result.startedCold)
        }
    }

    @Test("Without vector instructions the answers agree within a tenth of a millimetre")
    func plainPath() throws {
        let replay = try replay()
        _ = try replay.run(from: folder.file("in.mcap"), to: folder.file("best.mcap"))
        _ = try InstructionSet.$forced.withValue(.base) {
            try replay.run(from: folder.file("in.mcap"), to: folder.file("plain.mcap"))
        }
        let (best, plain) = (try answers(folder.file("best.mcap")), try answers(folder.file("plain.mcap")))
        #expect(best.count == 12)
        #expect(difference(best, plain) < 1e-4)
    }
}
