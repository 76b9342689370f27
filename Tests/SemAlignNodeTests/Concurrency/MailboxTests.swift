// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import SemAlignNode

private let never = UInt64.max / 2

extension Mailbox {
    fileprivate func next(until deadline: UInt64 = never) -> Value? {
        if case .value(let value) = take(until: deadline) { value } else { nil }
    }
}

@Suite struct MailboxTests {
    @Test("The newest value wins, and the one it overtook comes back to be counted")
    func newestWins() {
        let mailbox = Mailbox<Int>()
        #expect(mailbox.put(1) == [])
        #expect(mailbox.put(2) == [1])
        #expect(mailbox.next() == 2)
        #expect(mailbox.put(3) == [])
        #expect(mailbox.next() == 3)
    }

    @Test("An empty mailbox times out at once when the deadline has passed")
    func timesOut() {
        guard case .timeout = Mailbox<Int>().take(until: 0) else {
            Issue.record("expected a timeout")
            return
        }
    }

    @Test("A closed mailbox gives its last value, then says that it is closed, and takes nothing")
    func closes() {
        let mailbox = Mailbox<Int>()
        _ = mailbox.put(1)
        mailbox.close()
        #expect(mailbox.put(2) == [2])
        #expect(mailbox.next() == 1)
        guard case .closed = mailbox.take(until: never) else {
            Issue.record("expected a closed mailbox")
            return
        }
    }

    @Test("Values come in order while there are places, and one too many overtakes all others")
    func leapsWhereFull() {
        let mailbox = Mailbox<Int>(places: 3)
        for value in 1...3 { #expect(mailbox.put(value) == []) }
        #expect(mailbox.next() == 1)
        #expect(mailbox.put(4) == [])
        #expect(mailbox.put(5) == [2, 3, 4])
        #expect(mailbox.next() == 5)
        #expect(!mailbox.hasValue)
    }

    @Test("What is too old is overtaken by the newest, what is alone is delivered however old it is")
    func leapsWhereLate() {
        let mailbox = Mailbox<Int>(places: 5, patience: 50, clock: { 1000 })
        _ = mailbox.put(1, since: 950)
        _ = mailbox.put(2, since: 990)
        #expect([mailbox.next(), mailbox.next()] == [1, 2])
        for (value, time) in [(3, 949), (4, 960), (5, 990)] as [(Int, UInt64)] {
            _ = mailbox.put(value, since: time)
        }
        guard case .overtaken([3, 4]) = mailbox.take(until: never) else {
            Issue.record("expected that the newest overtakes the others")
            return
        }
        #expect(mailbox.next() == 5)
        _ = mailbox.put(6, since: 1)
        #expect(mailbox.next() == 6)
        // A clock that is ahead makes nothing old.
        _ = mailbox.put(7, since: 2000)
        _ = mailbox.put(8, since: 2000)
        #expect([mailbox.next(), mailbox.next()] == [7, 8])
    }

    @Test(
        "Between threads every value is either received or returned as overtaken, and the last one arrives",
        arguments: [1, 5])
    func accountsForEveryValue(places: Int) throws {
        let mailbox = Mailbox<Int>(places: places)
        let replaced = Mailbox<[Int]>()
        let sender = try WorkerThread(name: "sender") {
            let lost = (0..<20_000).flatMap { mailbox.put($0) }
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
