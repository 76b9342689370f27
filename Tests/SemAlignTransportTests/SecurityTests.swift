// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignTransport
import Testing

@Suite struct SecurityTests {
    @Test("Who has the server's key is answered, who does not hears nothing")
    func curve() throws {
        let context = try Context()
        let server = try CurveKeys.generate()
        let client = try CurveKeys.generate()
        #expect(try CurveKeys(secretKey: server.secretKey) == server)
        var publisher = try Publisher(
            context: context, configuration: SocketConfiguration(security: .curve(server)))
        let endpoint = try publisher.bind("tcp://127.0.0.1:*")
        func subscriber(_ security: SocketSecurity, topic: String) throws -> Subscriber {
            var subscriber = try Subscriber(
                context: context, configuration: SocketConfiguration(security: security))
            try subscriber.subscribe(to: topic)
            try subscriber.connect(endpoint)
            return subscriber
        }
        var plain = try subscriber(.none, topic: "/plain")
        var mistaken = try subscriber(.curve(client, server: client.publicKey), topic: "/mistaken")
        var friend = try subscriber(.curve(client, server: server.publicKey), topic: "/friend")
        #expect(try publisher.waitForSubscriber(to: "/friend", timeout: patience))
        #expect(try !publisher.hasSubscriber(to: "/plain") && !publisher.hasSubscriber(to: "/mistaken"))
        let payload: [UInt8] = [1, 2, 3]
        for topic in ["/plain", "/mistaken", "/friend"] {
            try publisher.publish(topic: topic, schema: "s", payload: payload.span, publishTime: 0)
        }
        var slots = ReceivedMessage()
        #expect(try friend.receive(into: &slots, timeout: patience))
        #expect(try WireMessage(decoding: slots).payload == payload)
        #expect(try !plain.receive(into: &slots) && !mistaken.receive(into: &slots))
    }

    @Test("Of those who know the server's key only clients on the list come in; the others are counted")
    func allowList() throws {
        let context = try Context()
        let (server, friend, stranger) = (
            try CurveKeys.generate(), try CurveKeys.generate(), try CurveKeys.generate()
        )
        let signal = try WakeSignal()
        let (started, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let clients: Set = [friend.publicKey]
        Thread.detachNewThread {
            do {
                var authenticator = try Authenticator(context: context, clients: clients, signal: signal)
                started.signal()
                try authenticator.answer()
            } catch {
                Issue.record("\(error)")
            }
            ended.signal()
        }
        started.wait()
        var publisher = try Publisher(
            context: context, configuration: SocketConfiguration(security: .curve(server)))
        let endpoint = try publisher.bind("tcp://127.0.0.1:*")
        // Another context: another program.
        let others = try Context()
        func subscriber(_ keys: CurveKeys, _ topic: String) throws -> Subscriber {
            let security = SocketSecurity.curve(keys, server: server.publicKey)
            var subscriber = try Subscriber(
                context: others, configuration: SocketConfiguration(security: security))
            try subscriber.subscribe(to: topic)
            try subscriber.connect(endpoint)
            return subscriber
        }
        let refused = try subscriber(stranger, "/stranger")
        let accepted = try subscriber(friend, "/friend")
        #expect(try publisher.waitForSubscriber(to: "/friend", timeout: patience))
        let deadline = ContinuousClock.now.advanced(by: patience)
        while try publisher.refusedPeers() == 0, ContinuousClock.now < deadline {}
        #expect(try publisher.refusedPeers() > 0 && !publisher.hasSubscriber(to: "/stranger"))
        signal.call()
        ended.wait()
        #expect(refused.refusedPeers == 0 && accepted.cutConnections == 0)
    }

    @Test("Keys are for tcp: sockets within the machine are guarded by their files")
    func localSockets() throws {
        let folder = try SocketFolder()
        let context = try Context()
        var publisher = try Publisher(
            context: context, configuration: SocketConfiguration(security: .curve(try CurveKeys.generate())))
        try publisher.bind("tcp://127.0.0.1:*")
        var subscriber = try Subscriber(context: context)
        try subscriber.subscribe(to: "/a")
        try subscriber.connect(publisher.bind(folder.endpoint("a")))
        #expect(try publisher.waitForSubscriber(to: "/a", timeout: patience))
    }

    @Test("What is no key is refused", arguments: ["", "short", String(repeating: "\\", count: 40)])
    func keys(key: String) throws {
        let refusal = TransportError.failed(
            operation: "reading a CURVE key", reason: "it is not 40 characters of Z85")
        #expect(throws: refusal) { try CurveKeys(secretKey: key) }
        let keys = try CurveKeys.generate()
        var publisher = try Publisher(
            context: Context(),
            configuration: SocketConfiguration(security: .curve(keys, server: key)))
        #expect(throws: refusal) { try publisher.connect("tcp://127.0.0.1:1") }
    }

    @Test("A secret key is not told by any description")
    func secrecy() throws {
        let keys = try CurveKeys.generate()
        let configuration = SocketConfiguration(security: .curve(keys))
        var text = "\(configuration)" + String(reflecting: configuration)
        dump(configuration, to: &text)
        #expect(text.contains(keys.publicKey) && !text.contains(keys.secretKey))
    }
}
