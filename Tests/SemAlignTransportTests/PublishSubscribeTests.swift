// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignTransport
import Synchronization
import Testing

@Suite struct PublishSubscribeTests {
    private let payload: [UInt8] = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }

    @Test("A message arrives whole over every transport", arguments: ["inproc", "ipc", "tcp"])
    func transports(transport: String) throws {
        let folder = try SocketFolder()
        let context = try Context()
        var publisher = try Publisher(context: context)
        let endpoint =
            switch transport {
            case "inproc": try publisher.bind(Endpoints.inproc())
            case "ipc": try publisher.bind(folder.endpoint("socket"))
            default: try publisher.bind("tcp://127.0.0.1:*")
            }
        #expect(endpoint.hasPrefix(transport) && !endpoint.hasSuffix("*") && !endpoint.hasSuffix(":0"))
        var subscriber = try Subscriber(context: context)
        try subscriber.subscribe(to: "/a")
        try subscriber.connect(endpoint)
        #expect(try publisher.waitForSubscriber(to: "/a", timeout: patience))
        for time in [7, 8] as [UInt64] {
            #expect(
                try publisher.publish(topic: "/a", schema: "s.T", payload: payload.span, publishTime: time))
        }
        var slots = ReceivedMessage()
        for (sequence, time) in [(0, 7), (1, 8)] as [(UInt64, UInt64)] {
            #expect(try subscriber.receive(into: &slots, timeout: patience))
            let message = try WireMessage(decoding: slots)
            #expect(message.topic == "/a" && message.schema == "s.T" && message.payload == payload)
            #expect(message.stamp == WireStamp(sequence: sequence, publishTime: time))
        }
        #expect(try !subscriber.receive(into: &slots))
    }

    @Test("A publisher that dies and comes back while its subscriber does not read is heard again")
    func queueOutlivesConnection() throws {
        let folder = try SocketFolder()
        let endpoint = folder.endpoint("socket")
        var subscriber = try Subscriber(
            context: Context(), configuration: SocketConfiguration(queueLimit: 2))
        try subscriber.subscribe(to: "/a")
        try subscriber.connect(endpoint)
        let large = [UInt8](repeating: 1, count: 300_000)
        var slots = ReceivedMessage()
        let deadline = ContinuousClock.now.advanced(by: patience)
        for round in 0..<4 {
            var publisher = try Publisher(
                context: Context(), configuration: SocketConfiguration(queueLimit: 4, lingerMilliseconds: 0))
            try publisher.bind(endpoint)
            var count = 0
            while try !publisher.hasSubscriber(to: "/a"), ContinuousClock.now < deadline {
                if try subscriber.receive(into: &slots, timeout: .milliseconds(10)) { count += 1 }
            }
            #expect(try publisher.hasSubscriber(to: "/a"), "round \(round)")
            // What the publisher before left behind is not lost.
            #expect(round == 0 || count >= 2, "round \(round)")
            for _ in 0..<20 {
                try publisher.publish(topic: "/a", schema: "s", payload: large.span, publishTime: 0)
            }
            // Nobody reads: two messages lie in the queue, the others on their way to it.
            #expect(try subscriber.receive(into: &slots, timeout: patience))
            usleep(50_000)
        }
    }

    @Test("One subscriber hears several publishers, bound and connected, and only its topics")
    func severalEndpoints() throws {
        let context = try Context()
        var subscriber = try Subscriber(context: context)
        try subscriber.subscribe(to: "/a")
        let bound = Endpoints.inproc()
        try subscriber.bind(bound)
        var first = try Publisher(context: context)
        try first.connect(bound)
        var second = try Publisher(context: context)
        try subscriber.connect(try second.bind("tcp://127.0.0.1:*"))
        #expect(try first.waitForSubscriber(to: "/a", timeout: patience))
        #expect(try second.waitForSubscriber(to: "/a", timeout: patience))
        #expect(try !second.publish(topic: "/b", schema: "s", payload: payload.span, publishTime: 0))
        #expect(try second.publish(topic: "/ab", schema: "s", payload: payload.span, publishTime: 0))
        #expect(try first.publish(topic: "/a", schema: "s", payload: payload.span, publishTime: 0))
        var slots = ReceivedMessage()
        var topics: Set<String> = []
        for _ in 0..<2 {
            #expect(try subscriber.receive(into: &slots, timeout: patience))
            topics.insert(try WireMessage(decoding: slots).topic)
            // Topics are matched as prefixes: the exact comparison is up to the receiver.
            #expect(slots.frame(0, equals: "/a") == !slots.frame(0, equals: "/ab"))
        }
        #expect(topics == ["/a", "/ab"])
    }

    @Test("A subscriber that never reads neither stalls the publisher nor the other subscribers")
    func slowSubscriber() throws {
        let context = try Context()
        var publisher = try Publisher(context: context, configuration: SocketConfiguration(queueLimit: 4))
        let endpoint = try publisher.bind("tcp://127.0.0.1:*")
        let limits = SocketConfiguration(queueLimit: 4)
        var slow = try Subscriber(context: context, configuration: limits)
        try slow.subscribe(to: "/slow")
        try slow.connect(endpoint)
        var quick = try Subscriber(context: context, configuration: limits)
        try quick.subscribe(to: "/quick")
        try quick.connect(endpoint)
        #expect(try publisher.waitForSubscriber(to: "/slow", timeout: patience))
        #expect(try publisher.waitForSubscriber(to: "/quick", timeout: patience))
        let large = [UInt8](repeating: 1, count: 1 << 20)
        var slots = ReceivedMessage()
        for _ in 0..<100 {
            try publisher.publish(topic: "/slow", schema: "s", payload: large.span, publishTime: 0)
            try publisher.publish(topic: "/quick", schema: "s", payload: payload.span, publishTime: 0)
            #expect(try quick.receive(into: &slots, timeout: patience))
        }
        // The oldest few are there, then a gap: the rest was dropped, not kept.
        var received = 0
        while try slow.receive(into: &slots) { received += 1 }
        #expect(received > 0 && received < 60)
    }

    @Test("A message of another size limit is not received, and the subscriber lives on")
    func frameSizeLimit() throws {
        let context = try Context()
        var publisher = try Publisher(context: context)
        let endpoint = try publisher.bind("tcp://127.0.0.1:*")
        var subscriber = try Subscriber(
            context: context, configuration: SocketConfiguration(frameSizeLimit: 2000))
        try subscriber.subscribe(to: "/a")
        try subscriber.connect(endpoint)
        #expect(try publisher.waitForSubscriber(to: "/a", timeout: patience))
        let large = [UInt8](repeating: 1, count: 2001)
        try publisher.publish(topic: "/a", schema: "s", payload: large.span, publishTime: 0)
        // The connection is cut and made again; then good messages arrive.
        var slots = ReceivedMessage()
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: patience)
        var hasArrived = false
        while !hasArrived, clock.now < deadline {
            try publisher.publish(topic: "/a", schema: "s", payload: payload.span, publishTime: 0)
            hasArrived = try subscriber.receive(into: &slots, timeout: .milliseconds(50))
        }
        #expect(hasArrived && subscriber.cutConnections == 1)
        #expect(try WireMessage(decoding: slots).payload == payload)
    }

    @Test("Topics and schemas that are empty or too long are refused")
    func names() throws {
        var publisher = try Publisher(context: Context())
        for name in ["", String(repeating: "x", count: 256)] {
            #expect(throws: TransportError.self) {
                try publisher.send(WireMessage(topic: name, schema: "s", payload: [], stamp: nil))
            }
            #expect(throws: TransportError.self) {
                try publisher.send(WireMessage(topic: "t", schema: name, payload: [], stamp: nil))
            }
        }
    }

    @Test("A socket may be handed to another thread")
    func handingOn() throws {
        let context = try Context()
        var publisher = try Publisher(context: context)
        let endpoint = try publisher.bind(Endpoints.inproc())
        var subscriber = try Subscriber(context: context)
        try subscriber.subscribe(to: "/a")
        try subscriber.connect(endpoint)
        #expect(try publisher.waitForSubscriber(to: "/a", timeout: patience))
        let parcel = Parcel(subscriber)
        let arrived = Mutex(false)
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            defer { done.signal() }
            guard var subscriber = parcel.take() else { return }
            var slots = ReceivedMessage()
            let isHere = (try? subscriber.receive(into: &slots, timeout: patience)) ?? false
            arrived.withLock { $0 = isHere }
        }
        thread.start()
        try publisher.publish(topic: "/a", schema: "s", payload: payload.span, publishTime: 0)
        done.wait()
        #expect(arrived.withLock { $0 })
    }
}

/// Carries a subscriber to another thread.
private final class Parcel: Sendable {
    private let content: Mutex<Subscriber?>

    init(_ subscriber: consuming sending Subscriber) { content = Mutex(consume subscriber) }

    func take() -> sending Subscriber? { content.withLock { $0.take() } }
}
