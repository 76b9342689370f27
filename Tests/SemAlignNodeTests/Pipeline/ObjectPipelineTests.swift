// SPDX-License-Identifier: Apache-2.0
import SemAlignCore
import SemAlignMessages
import Testing

@testable import SemAlignNode

@Suite struct ObjectPipelineTests {
    /// Two rectangles with these mask numbers.
    private func mask(_ left: UInt8, _ right: UInt8) -> ObjectMask {
        let size = TinyFrame.size
        var labels = [UInt8](repeating: 0, count: size.width * size.height)
        for row in 12..<36 {
            for column in 4..<24 { labels[row * size.width + column] = left }
            for column in 36..<60 { labels[row * size.width + column] = right }
        }
        return ObjectMask(size: size, labels: labels)
    }

    private func answers(_ masks: [ObjectMask], limit: Int) throws -> [FramePipeline.Answer] {
        let folder = try TemporaryFolder()
        var configuration = NodeConfiguration()
        configuration.objects.limit = limit
        let file = try RepresentationFile.read(path: try folder.representation())
        var intake = FrameIntake(
            configuration, appearance: file.representation.appearance, calibration: nil, keepsEveryFrame: true
        )
        var pipeline = FramePipeline(
            configuration, representation: file, references: [:], reportsDurations: false)
        var answers: [FramePipeline.Answer] = []
        for (number, mask) in masks.enumerated() {
            let frame = TinyFrame(number)
            let messages = [
                try frame.image(), try frame.camera(), try frame.depth(), try frame.mask(mask),
                try frame.features(),
            ]
            var events: [FrameIntake.Event] = []
            for message in messages { events += intake.receive(message, at: frame.stamp, wallTime: nil) }
            events += intake.finish()
            for case .frame(let joined) in events {
                answers.append(pipeline.process(intake.job(for: joined)) { 0 })
            }
        }
        return answers
    }

    private func keypoints(_ answer: FramePipeline.Answer) throws -> [KeypointMessage] {
        try answer.messages.filter { $0.topic == TopicNames().keypoints }.map {
            try KeypointMessage(decoding: $0.payload)
        }
    }

    @Test(
        "Each object gets its own answer under the frame's stamp, with an identity that the mask's numbers do not change"
    )
    func severalObjects() throws {
        let answers = try answers([mask(1, 2), mask(2, 1), mask(7, 3)], limit: 4)
        try #require(answers.count == 3)
        for (number, answer) in answers.enumerated() {
            let messages = try keypoints(answer)
            // The larger one came first and has the number that its mask had then.
            #expect(messages.map(\.instance) == [2, 1])
            #expect(messages.allSatisfy { $0.timestamp == TinyFrame(number).stamp })
            #expect(messages.map(\.sequence) == [UInt64(2 * number), UInt64(2 * number + 1)])
            #expect(answer.messages.filter { $0.topic == TopicNames().scene }.count == 1)
            #expect(answer.drops.isEmpty)
        }
    }

    @Test("With a limit of one object the mask's largest instance is answered as before")
    func oneObject() throws {
        let answers = try answers([mask(1, 2), mask(2, 1)], limit: 1)
        #expect(try answers.map { try keypoints($0).map(\.instance) } == [[2], [1]])
    }

    @Test("An empty mask is answered once, with NO_OBJECT")
    func emptyMask() throws {
        let answers = try answers([mask(0, 0)], limit: 4)
        let messages = try keypoints(try #require(answers.first))
        #expect(
            messages.count == 1 && messages[0].result.state == .noObject
                && !messages[0].result.message.isEmpty)
    }
}
