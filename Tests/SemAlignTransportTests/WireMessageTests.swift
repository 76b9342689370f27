// SPDX-License-Identifier: Apache-2.0

import SemAlignTransport
import Testing

@Suite struct WireMessageTests {
    /// Sends frames as they are, and gives what a subscriber makes of them.
    private func roundTrip(_ frames: [[UInt8]], payloadLimit: Int = 100) throws -> Result<
        WireMessage, WireError
    > {
        let context = try Context()
        let sender = try Socket(context, .publisher, SocketConfiguration())
        let endpoint = try sender.bind(Endpoints.inproc())
        var subscriber = try Subscriber(context: context)
        try subscriber.subscribe(to: "")
        try subscriber.connect(endpoint)
        var poller = Poller()
        poller.add(sender)
        #expect(try poller.wait(timeout: patience), "the subscription is there")
        for (index, frame) in frames.enumerated() {
            try sender.sendFrame(frame.span, hasMore: index < frames.count - 1)
        }
        var slots = ReceivedMessage()
        guard try subscriber.receive(into: &slots, timeout: patience) else { throw TransportError.terminated }
        #expect(slots.frameCount == frames.count)
        do throws(WireError) {
            return .success(try WireMessage(decoding: slots, payloadLimit: payloadLimit))
        } catch {
            return .failure(error)
        }
    }

    private static let stamp: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x80]

    @Test("Three frames and four frames are taken, empty payloads too")
    func good() throws {
        #expect(
            try roundTrip([Array("/t".utf8), Array("s".utf8), []]).get()
                == WireMessage(topic: "/t", schema: "s", payload: [], stamp: nil))
        #expect(
            try roundTrip([Array("/é".utf8), Array("s".utf8), [1, 2], Self.stamp]).get()
                == WireMessage(
                    topic: "/é", schema: "s", payload: [1, 2],
                    stamp: WireStamp(sequence: 1, publishTime: 0x8000_0000_0000_0100)))
    }

    @Test(
        "Everything else is refused with its reason",
        arguments: [
            ([[0x61]], .frameCount(found: 1)),
            ([[0x61], [0x62]], .frameCount(found: 2)),
            ([[0x61], [0x62], [], stamp, []], .frameCount(found: 5)),
            ([[[UInt8]]](repeating: [[0x61]], count: 300).flatMap { $0 }, .frameCount(found: 300)),
            ([[], [0x62], []], .nameLength(frame: "topic", found: 0)),
            ([[0x61], [], []], .nameLength(frame: "schema", found: 0)),
            (
                [[UInt8](repeating: 0x61, count: 256), [0x62], []], .nameLength(frame: "topic", found: 256)
            ),
            ([[0x61], [0xFF, 0xFE], []], .notUTF8(frame: "schema")),
            (
                [[0x61], [0x62], [UInt8](repeating: 0, count: 101)],
                .oversize(topic: "a", found: 101, limit: 100)
            ),
            ([[0x61], [0x62], [], [1, 2, 3]], .stampLength(topic: "a", found: 3)),
        ] as [([[UInt8]], WireError)])
    func refused(frames: [[UInt8]], expected: WireError) throws {
        #expect(try roundTrip(frames) == .failure(expected))
    }

    @Test("Gaps in the sequence numbers are counted, restarts are not")
    func gaps() {
        var gaps = SequenceGaps()
        #expect(gaps.missing(topic: "a", before: 5) == 0)
        #expect(gaps.missing(topic: "a", before: 6) == 0)
        #expect(gaps.missing(topic: "a", before: 10) == 3)
        #expect(gaps.missing(topic: "b", before: 0) == 0)
        #expect(gaps.missing(topic: "a", before: 0) == 0)
        #expect(gaps.missing(topic: "a", before: .max) == UInt64.max - 1)
        #expect(gaps.missing(topic: "a", before: 1) == 1)
    }
}
