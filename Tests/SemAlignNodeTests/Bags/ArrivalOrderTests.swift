// SPDX-License-Identifier: Apache-2.0
import Foundation
import SemAlignCore
import SemAlignMessages
import Testing

@testable import SemAlignNode

/// A short video whose messages arrive in other orders: the answers are the same bytes.
@Suite struct ArrivalOrderTests {
    /// Orders to try: more where `SEMALIGN_ORDERS` says so.
    private static let count =
        ProcessInfo.processInfo.environment["SEMALIGN_ORDERS"].flatMap { Int($0) } ?? 100
    private static let otherFeatures = "/features/other"
    private static let cameraPose = "/camera/pose"
    private static let frames = 6

    /// The streams of a frame, no two frames alike: parts of different frames that were joined would show.
    private static func streams(of number: Int) throws -> [IncomingMessage] {
        let frame = TinyFrame(number)
        let features = try frame.features(shift: Double(number))
        return try [
            frame.image(),
            frame.message(
                frame.topics.cameraInfo,
                CalibrationMessage(
                    timestamp: frame.stamp, frameID: frame.frameID, size: TinyFrame.size,
                    intrinsics: CameraIntrinsics(
                        focalLength: SIMD2(repeating: 60 + Double(number)), principalPoint: [31.5, 23.5]),
                    distortion: .none)),
            frame.depth(metres: 1 + 0.01 * Float(number)), frame.mask(frame.mask(shift: number)),
            features,
            IncomingMessage(topic: otherFeatures, schema: features.schema, payload: features.payload),
        ]
    }

    /// What holds from when it comes, and is no stream of a frame: a query, and the camera's poses.
    private static func ahead() throws -> [IncomingMessage] {
        let first = TinyFrame(0)
        let query = try first.message(
            first.topics.queries,
            QueryMessage(
                timestamp: first.stamp, reference: "",
                queries: [CorrespondenceQuery(id: "a", place: .position([0, 0, 0]))]))
        return try [query]
            + (0..<frames).map { number in
                try TinyFrame(number).message(
                    cameraPose,
                    CameraPoseMessage(
                        timestamp: TinyFrame(number).stamp, fixedFrame: "map", cameraFrame: first.frameID,
                        pose: SimilarityTransform(
                            scale: 1, rotation: .identity, translation: [0.002 * Double(number), 0, 0])))
            }
    }

    private static func configuration(_ folder: TemporaryFolder) throws -> NodeConfiguration {
        var configuration = NodeConfiguration()
        configuration.representation = try folder.representation()
        configuration.topics.cameraPose = cameraPose
        configuration.objects.limit = 2
        configuration.objects.representations = [configuration.representation]
        configuration.objects.features = [otherFeatures]
        return configuration
    }

    @Test(
        "A bag is answered with the same bytes in whatever order its messages came within the joining window")
    func replay() throws {
        let folder = try TemporaryFolder()
        let configuration = try Self.configuration(folder)
        let window = UInt64(configuration.join.maxWaitMilliseconds) * 1_000_000
        let replay = try BagReplay(configuration)
        let streams = try (0..<Self.frames).map { try Self.streams(of: $0) }
        let ahead = try Self.ahead()
        let early = TinyFrame(0).stamp - 1_000_000_000

        typealias Logged = (message: IncomingMessage, logTime: UInt64)
        func answers(_ messages: [Logged]) throws -> [UInt8] {
            let (input, output) = ("in.mcap", "out.mcap")
            defer { for name in [input, output] { try? folder.remove(name) } }
            try writeBag(folder.file(input), messages)
            let summary = try replay.run(from: folder.file(input), to: folder.file(output))
            #expect(summary.frames == Self.frames && summary.drops.isEmpty, "\(summary)")
            return try folder.bytes(output)
        }

        var inOrder: [Logged] = ahead.map { ($0, early) }
        for (number, all) in streams.enumerated() {
            for message in all { inOrder.append((message, TinyFrame(number).stamp)) }
        }
        let expected = try answers(inOrder)
        var same = 0
        for seed in 0..<UInt64(Self.count) {
            var generator = SeededGenerator(seed: seed)
            var messages: [Logged] = []
            for message in ahead {
                messages.append((message, early + UInt64.random(in: 0..<window, using: &generator)))
            }
            for (number, all) in streams.enumerated() {
                // Of a frame that waits something must have come: before a newer one is complete, one of the streams
                // that need no other network's features.
                let first = Int.random(in: 0..<4, using: &generator)
                for (place, message) in all.enumerated() {
                    let bound = place == first ? TinyFrame(1).stamp - TinyFrame(0).stamp : window
                    let delay = UInt64.random(in: 0..<bound, using: &generator)
                    messages.append((message, TinyFrame(number).stamp + delay))
                }
            }
            // A recorder writes what it gets when it gets it, or not: the file's order is another one again.
            messages.shuffle(using: &generator)
            let isSame = try answers(messages) == expected
            #expect(isSame, "order \(seed)")
            same += isSame ? 1 : 0
        }
        print("orders of arrival in a bag: \(same) of \(Self.count) gave the same answers")
    }

    @Test("A live node's answers are the same bytes however the topics interleave, each in its own order")
    func live() throws {
        let folder = try TemporaryFolder()
        let configuration = try Self.configuration(folder)
        let file = try RepresentationFile.read(path: configuration.representation)
        let appearance = file.representation.appearance
        let streams = try (0..<Self.frames).map { try Self.streams(of: $0) }
        let ahead = try Self.ahead()

        func answers(_ messages: [IncomingMessage]) -> [OutgoingMessage] {
            var intake = FrameIntake(
                configuration, appearance: appearance, others: [appearance], calibration: nil,
                keepsEveryFrame: false)
            var pipeline = FramePipeline(
                configuration, representation: file, others: [file], references: [:], reportsDurations: false)
            var answers: [OutgoingMessage] = []
            for (place, message) in messages.enumerated() {
                let now = UInt64(place) * 1_000_000
                for event in intake.receive(message, at: now, wallTime: TinyFrame(Self.frames).stamp) {
                    switch event {
                    case .frame(let frame):
                        answers += pipeline.process(intake.job(for: frame)) { 0 }.messages
                    case .dropped, .newSequence: Issue.record("\(event)")
                    }
                }
            }
            return answers
        }

        let expected = answers(ahead + streams.flatMap { $0 })
        let states = try expected.filter { $0.topic == configuration.topics.keypoints }.map {
            try KeypointMessage(decoding: $0.payload).result.state
        }
        #expect(states == Array(repeating: .tracking, count: Self.frames))
        var same = 0
        for seed in 0..<UInt64(Self.count) {
            var generator = SeededGenerator(seed: seed)
            var queues = streams[0].indices.map { stream in streams.map { $0[stream] } }
            var messages = ahead.shuffled(using: &generator)
            while let queue = queues.indices.filter({ !queues[$0].isEmpty }).randomElement(using: &generator)
            {
                messages.append(queues[queue].removeFirst())
            }
            let isSame = answers(messages) == expected
            #expect(isSame, "order \(seed)")
            same += isSame ? 1 : 0
        }
        print("orders of arrival at a live node: \(same) of \(Self.count) gave the same answers")
    }
}
