// SPDX-License-Identifier: Apache-2.0
import SemAlignBags
import Testing

@testable import SemAlignNode

@Suite struct BagContentCheckTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func check(_ messages: [(IncomingMessage, UInt64)]) throws -> [BagContentCheck.Finding] {
        try? folder.remove("a.mcap")
        try writeBag(folder.file("a.mcap"), messages.map { (message: $0.0, logTime: $0.1) })
        return try BagContentCheck(FileSource(path: folder.file("a.mcap"))).findings
    }

    private func frames(_ numbers: Range<Int>) throws -> [(IncomingMessage, UInt64)] {
        try numbers.flatMap { number in
            try TinyFrame(number).all().map { ($0, TinyFrame(number).stamp) }
        }
    }

    @Test("A camera's bag has nothing to complain of")
    func sound() throws {
        #expect(try check(frames(0..<8)) == [])
    }

    @Test("A payload that is no message of its schema is an error that names topic and number")
    func malformed() throws {
        var messages = try frames(0..<8)
        messages[13].0 = messages[13].0.with(payload: [0xFF, 0xFF, 0xFF])
        let findings = try check(messages)
        #expect(findings.filter(\.isError).count == 1)
        #expect(findings.first { $0.isError }?.text.contains("1 of 8 messages") == true)
    }

    @Test("Streams that do not meet, stamps that go back or repeat, and gaps are worth a note")
    func notes() throws {
        var messages = try frames(0..<10)
        messages.removeAll { $0.0.topic == "/perception/mask" && $0.1 < TinyFrame(3).stamp }
        #expect(
            try check(messages).map(\.text) == [
                "/perception/mask: 3 of 10 images have no message of their stamp, 0 messages have no image"
            ])
        let back = try check(frames(4..<8) + frames(0..<4) + frames(3..<4))
        #expect(back.contains { $0.text == "/perception/mask: 1 stamps are before the one in front of them" })
        #expect(back.contains { $0.text == "/perception/mask: 1 stamps occur more than once" })
        let gap = try check(frames(0..<10) + frames(40..<50))
        #expect(gap.count { $0.text.contains("a gap of 1.023 s") } == 5)
        #expect((back + gap).allSatisfy { !$0.isError })
    }
}
