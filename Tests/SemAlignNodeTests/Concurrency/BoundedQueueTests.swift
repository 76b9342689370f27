// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import SemAlignNode

@Suite struct BoundedQueueTests {
    @Test("A full queue refuses and counts; it takes again once there is room, and a heavy value alone")
    func bounded() {
        let queue = BoundedQueue<Int>(limit: 10)
        #expect(queue.offer(0, weight: 100))
        #expect(!queue.offer(1, weight: 1))
        #expect(value(queue) == 0)
        #expect(queue.offer(2, weight: 5) && queue.offer(3, weight: 5) && !queue.offer(4, weight: 1))
        #expect(queue.refusedCount == 2)
        queue.close()
        #expect(!queue.offer(5, weight: 1) && !queue.put(6, weight: 1))
        #expect(value(queue) == 2 && value(queue) == 3)
        guard case .closed = queue.take() else {
            Issue.record("not closed")
            return
        }
    }

    @Test("Nothing that comes in time is a timeout")
    func timeout() {
        guard case .timeout = BoundedQueue<Int>(limit: 1).take(until: 0) else {
            Issue.record("no timeout")
            return
        }
    }

    @Test("Who puts waits for room: everything arrives, in order")
    func waits() throws {
        let queue = BoundedQueue<Int>(limit: 3)
        let thread = try WorkerThread(name: "putter") {
            for number in 0..<5000 { _ = queue.put(number, weight: 1) }
            queue.close()
        }
        var received: [Int] = []
        while let number = value(queue) { received.append(number) }
        thread.join()
        #expect(received == Array(0..<5000))
    }

    private func value(_ queue: BoundedQueue<Int>) -> Int? {
        guard case .value(let value) = queue.take() else { return nil }
        return value
    }
}
