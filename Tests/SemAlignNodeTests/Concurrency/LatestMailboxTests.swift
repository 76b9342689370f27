// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import SemAlignNode

private let never = UInt64.max / 2

extension LatestMailbox {
    fileprivate func next(until deadline: UInt64 = never) -> Value? {
        if case .value(let value) = take(until: deadline) { value } else { nil }
    }
}

@Suite struct LatestMailboxTests {
    @Test("The newest value wins, and the one it replaced comes back to be counted")
    func newestWins() {
        let mailbox = LatestMailbox<Int>()
        #expect(mailbox.put(1) == nil)
        #expect(mailbox.put(2) == 1)
        #expect(mailbox.next() == 2)
        #expect(mailbox.put(3) == nil)
        #expect(mailbox.next() == 3)
    }

    @Test("An empty mailbox times out at once when the deadline has passed")
    func timesOut() {
        guard case .timeout = LatestMailbox<Int>().take(until: 0) else {
            Issue.record("expected a timeout")
            return
        }
    }

    @Test("A closed mailbox gives its last value, then says that it is closed, and takes nothing")
    func closes() {
        let mailbox = LatestMailbox<Int>()
        _ = mailbox.put(1)
        mailbox.close()
        #expect(mailbox.put(2) == 2)
        #expect(mailbox.next() == 1)
        guard case .closed = mailbox.take(until: never) else {
            Issue.record("expected a closed mailbox")
            return
        }
    }

    @Test("Between threads every value is either received or returned as replaced, and the last one arrives")
    func accountsForEveryValue() throws {
        let mailbox = LatestMailbox<Int>()
        let replaced = LatestMailbox<[Int]>()
        let sender = try WorkerThread(name: "sender") {
            let lost = (0..<20_000).compactMap { mailbox.put($0) }
            mailbox.close()
            _ = replaced.put(lost)
        }
        var received: [Int] = []
        while let value = mailbox.next() { received.append(value) }
        let lost = try #require(replaced.next())
        sender.join()
        #expect(received.last == 19_999)
        #expect((received + lost).sorted() == Array(0..<20_000))
        #expect(zip(received, received.dropFirst()).allSatisfy { $0 < $1 })
    }
}
