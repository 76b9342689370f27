// SPDX-License-Identifier: Apache-2.0

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
            context: context, configuration: SocketConfiguration(security: .server(server)))
        let endpoint = try publisher.bind("tcp://127.0.0.1:*")
        func subscriber(_ security: SocketSecurity, topic: String) throws -> Subscriber {
            var subscriber = try Subscriber(
                context: context, configuration: SocketConfiguration(security: security))
            try subscriber.subscribe(to: topic)
            try subscriber.connect(endpoint)
            return subscriber
        }
        var plain = try subscriber(.none, topic: "/plain")
        var mistaken = try subscriber(.client(client, server: client.publicKey), topic: "/mistaken")
        var friend = try subscriber(.client(client, server: server.publicKey), topic: "/friend")
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

    @Test("What is no key is refused", arguments: ["", "short", String(repeating: "\\", count: 40)])
    func keys(key: String) throws {
        let refusal = TransportError.failed(
            operation: "reading a CURVE key", reason: "it is not 40 characters of Z85")
        #expect(throws: refusal) { try CurveKeys(secretKey: key) }
        let keys = try CurveKeys.generate()
        let configuration = SocketConfiguration(security: .client(keys, server: key))
        #expect(throws: refusal) {
            _ = try Publisher(context: Context(), configuration: configuration)
        }
    }

    @Test("A secret key is not told by any description")
    func secrecy() throws {
        let keys = try CurveKeys.generate()
        let configuration = SocketConfiguration(security: .server(keys))
        var text = "\(configuration)" + String(reflecting: configuration)
        dump(configuration, to: &text)
        #expect(text.contains(keys.publicKey) && !text.contains(keys.secretKey))
    }
}
