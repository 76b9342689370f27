// SPDX-License-Identifier: Apache-2.0
import SemAlignMessages
import SemAlignTransport
import Testing

@testable import SemAlignNode

@Suite struct LiveDoctorTests {
    /// What a doctor says that hears `count` frames; `change` spoils their messages, or keeps them back.
    private func findings(
        frames count: Int, _ change: (TinyFrame, IncomingMessage) throws -> IncomingMessage? = { $1 }
    ) throws -> [Finding] {
        let folder = try TemporaryFolder()
        var configuration = NodeConfiguration()
        configuration.subscribe.bind = ["ipc://" + folder.file("in.sock")]
        configuration.subscribe.highWaterMark = 1000
        let sent = try (0..<count).flatMap { number in
            let frame = TinyFrame(number)
            return try frame.all().compactMap { try change(frame, $0) }
        }
        let doctor = try LiveDoctor(configuration, seconds: 600)
        let (stop, result) = (StopFlag(), Mailbox<Result<[Finding], NodeError>>())
        let thread = try WorkerThread(name: "doctor") { [total = sent.count] in
            do throws(NodeError) {
                let found = try doctor.findings(until: stop) { _, heard in
                    if heard >= total { stop.set() }
                }
                _ = result.put(.success(found))
            } catch {
                _ = result.put(.failure(error))
            }
        }
        var publisher = try Publisher(
            context: try Context(), configuration: SocketConfiguration(queueLimit: 1000))
        try publisher.connect(configuration.subscribe.bind[0])
        for topic in MessageDecoder(configuration).topics {
            _ = try publisher.waitForSubscriber(to: topic, timeout: LiveNode.patience)
        }
        for message in sent {
            try publisher.publish(
                topic: message.topic, schema: message.schema, payload: message.payload.span, publishTime: 1)
        }
        thread.join()
        guard case .value(let outcome) = result.take(until: 0) else { return [] }
        return try outcome.get()
    }

    private func problems(_ findings: [Finding]) -> [String] {
        findings.filter { $0.verdict == .problem }.map(\.name)
    }

    @Test("Streams whose stamps fit are said to, and a frame of them is looked at")
    func soundStamps() throws {
        let found = try findings(frames: 8)
        #expect(found.contains { $0.name == "stamps" && $0.verdict == .good }, "\(found)")
        #expect(found.contains { $0.name == "frames" && $0.verdict == .good })
        #expect(!found.contains { $0.name == "lost_messages" || $0.name == "wire_frames" })
    }

    @Test("A live stream that is stamped by another clock is named")
    func otherClock() throws {
        let found = try findings(frames: 8) { frame, message in
            guard message.topic == frame.topics.mask else { return message }
            return try TinyFrame(0, start: frame.stamp + 3_600_000_000_000).mask()
        }
        #expect(problems(found) == ["stamps_clock"], "\(found)")
    }

    @Test("A topic on which nothing comes is named, with the setting that mends it")
    func missingTopic() throws {
        let found = try findings(frames: 4) { frame, message in
            message.topic == frame.topics.features ? nil : message
        }
        #expect(problems(found) == ["missing_features"])
        #expect(found.contains { $0.remedy.contains("topics.features") })
    }

    @Test("Times that are none are refused before anything is opened")
    func refusesTimes() {
        for seconds in [0, -1, .nan, 1e9] {
            #expect(throws: NodeError.self) { try LiveDoctor(NodeConfiguration(), seconds: seconds) }
        }
    }
}
