// SPDX-License-Identifier: Apache-2.0
import Foundation
import SemAlignCore
import SemAlignImages
import SemAlignMessages
import Testing

@testable import SemAlignNode

/// Damaged messages of every kind that the node takes, on their whole way: decoded, joined, assembled, and aligned.
@Suite struct MutatedMessagesTests {
    /// Damaged messages to send: more where `SEMALIGN_MUTATIONS` says so.
    private static let count =
        ProcessInfo.processInfo.environment["SEMALIGN_MUTATIONS"].flatMap { Int($0) } ?? 4000
    /// Frames whose messages are made once, and sent again and again with other damage.
    private static let framesPerRound = 16

    /// A message of each kind, in an encoding that changes from frame to frame.
    private static func messages(of number: Int) throws -> [IncomingMessage] {
        let frame = TinyFrame(number)
        let (topics, size) = (frame.topics, TinyFrame.size)
        let millimetres = [UInt16](repeating: 1000, count: size.width * size.height)
        let color = ColorImage(size: size, color: [10, 20, 30])
        func compressed(_ topic: String, _ format: String, _ data: [UInt8]) throws -> IncomingMessage {
            try frame.message(
                topic,
                CompressedImageMessage(
                    timestamp: frame.stamp, frameID: frame.frameID, format: format, data: data))
        }
        let image = try [
            frame.image(), compressed(topics.image, "jpeg", ImageEncoder.jpeg(color)),
        ][number % 2]
        let depth = try [
            frame.depth(), compressed(topics.depth, "png", ImageEncoder.png(millimetres, size: size)),
            frame.message(
                topics.depth,
                RawImageMessage(
                    millimetres: millimetres, size: size, timestamp: frame.stamp, frameID: frame.frameID)),
        ][number % 3]
        let mask = try [
            frame.mask(), compressed(topics.mask, "png", ImageEncoder.png(frame.maskValue)),
        ][number % 2]
        let query = try frame.message(
            topics.queries,
            QueryMessage(
                timestamp: frame.stamp, reference: "",
                queries: [CorrespondenceQuery(id: "a", place: .position([0, 0, 0]))]))
        let pose = try frame.message(
            cameraPose,
            CameraPoseMessage(
                timestamp: frame.stamp, fixedFrame: "map", cameraFrame: frame.frameID,
                pose: SimilarityTransform(scale: 1, rotation: .identity, translation: [0, 0, 1])))
        let features = try frame.features()
        return try [
            query, pose, image, frame.camera(), depth, mask, features,
            IncomingMessage(topic: otherFeatures, schema: features.schema, payload: features.payload),
        ]
    }

    private static let cameraPose = "/camera/pose"
    private static let otherFeatures = "/features/other"

    private static let configuration: NodeConfiguration = {
        var configuration = NodeConfiguration()
        configuration.topics.cameraPose = cameraPose
        configuration.objects.features = [otherFeatures]
        configuration.objects.limit = 3
        return configuration
    }()

    @Test(
        "Damaged messages are dropped for a reason or taken as they are, and the next good frame is answered")
    func survives() throws {
        let frames = try (0..<Self.framesPerRound).map { try Self.messages(of: $0) }
        let last = TinyFrame(Self.framesPerRound + 90)
        let good = try Self.messages(of: Self.framesPerRound + 90)
        let folder = try TemporaryFolder()
        let file = try RepresentationFile.read(path: try folder.representation())
        let appearance = file.representation.appearance
        var generator = SeededGenerator(seed: 20_26)
        var (damaged, taken, dropped, round) = (0, 0, 0, 0)
        while damaged < Self.count {
            round += 1
            var intake = FrameIntake(
                Self.configuration, appearance: appearance, others: [appearance], calibration: nil,
                keepsEveryFrame: true)
            var pipeline = FramePipeline(
                Self.configuration, representation: file, others: [file], references: [:],
                reportsDurations: false)
            var answers = 0
            func send(_ message: IncomingMessage, at time: UInt64) {
                take(intake.receive(message, at: time, wallTime: time))
            }
            func take(_ events: [FrameIntake.Event]) {
                for event in events {
                    switch event {
                    case .frame(let frame):
                        let job = intake.job(for: frame)
                        if case .observation = job.frame.content { taken += 1 } else { dropped += 1 }
                        // Aligning costs more than all before it: one round in eight.
                        guard round % 8 == 1 else { continue }
                        answers += pipeline.process(job, clock: { 0 }).messages.isEmpty ? 0 : 1
                    case .dropped: dropped += 1
                    case .newSequence: break
                    }
                }
            }
            for (number, messages) in frames.enumerated() {
                let time = TinyFrame(number).stamp
                for message in messages {
                    guard Int.random(in: 0..<3, using: &generator) > 0 else {
                        send(message, at: time)
                        continue
                    }
                    damaged += 1
                    let other = messages[Int.random(in: 0..<messages.count, using: &generator)].payload
                    send(
                        message.with(payload: damage(message.payload, with: other, using: &generator)),
                        at: time)
                }
                take(intake.advance(to: time))
            }
            let (takenBefore, answersBefore) = (taken, answers)
            for message in good { send(message, at: last.stamp) }
            take(intake.finish())
            #expect(taken > takenBefore, "round \(round)")
            if round % 8 == 1 { #expect(answers > answersBefore, "round \(round)") }
        }
        print("\(damaged) damaged messages: \(dropped) drops, \(taken) frames taken")
        #expect(dropped > Self.count / 100 && taken > 0)
    }

    /// `bytes` with one to four of: a changed byte, a flipped bit, a lost or inserted stretch, a lost tail, a piece of
    /// another message.
    private func damage(
        _ bytes: [UInt8], with other: [UInt8], using generator: inout SeededGenerator
    ) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !result.isEmpty {
            // Fields' heads lie at the beginning, among few bytes of many.
            let bound = Bool.random(using: &generator) ? result.count : min(result.count, 64)
            let place = Int.random(in: 0..<bound, using: &generator)
            let length = Int.random(in: 1...min(16, result.count - place), using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: result[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: result.removeSubrange(place..<place + length)
            case 3:
                result.insert(
                    contentsOf: (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) },
                    at: place)
            case 4: result.removeLast(length)
            default: result.replaceSubrange(place..<place + length, with: other.prefix(length))
            }
        }
        return result
    }
}
