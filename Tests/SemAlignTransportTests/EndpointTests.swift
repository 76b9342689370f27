// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignTransport
import Testing

@Suite struct EndpointTests {
    @Test("An address in use is named, over tcp and over ipc")
    func addressInUse() throws {
        let folder = try SocketFolder()
        let context = try Context()
        var first = try Publisher(context: context)
        for endpoint in [try first.bind("tcp://127.0.0.1:*"), try first.bind(folder.endpoint("a"))] {
            // Another context stands for another process: they share nothing but the system.
            var second = try Publisher(context: Context())
            #expect(throws: TransportError.addressInUse(endpoint: endpoint)) { try second.bind(endpoint) }
        }
        #expect(folder.exists("a"))
    }

    @Test("Only the owner may connect to a socket file, and it is gone with its socket")
    func socketFile() throws {
        let folder = try SocketFolder()
        do {
            var publisher = try Publisher(context: Context())
            try publisher.bind(folder.endpoint("a"))
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/a")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try publisher.hasSubscriber(to: "/a") == false)
        }
        #expect(!folder.exists("a"))
    }

    @Test("A socket file that a crashed program left is replaced, any other file is left alone")
    func filesInTheWay() throws {
        let folder = try SocketFolder()
        // A bound socket that nobody listens to.
        let stale = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: "\(folder.path)/a".utf8)
        }
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(stale, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0 && folder.exists("a"))
        close(stale)
        var publisher = try Publisher(context: Context())
        try publisher.bind(folder.endpoint("a"))

        try Data("precious".utf8).write(to: URL(fileURLWithPath: folder.path + "/b"))
        #expect(
            throws: TransportError.cannotBind(
                endpoint: folder.endpoint("b"), reason: "a file that is no socket is in the way")
        ) { try publisher.bind(folder.endpoint("b")) }
        #expect(folder.exists("b"))
    }

    @Test(
        "What is no endpoint is refused",
        arguments: [
            "", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:99999", "http://a", "ipc://",
            "ipc:///tmp/" + String(repeating: "x", count: 120), "tcp://203.0.113.7:5555",
            "ipc:///nowhere/at/all",
        ])
    func malformed(endpoint: String) throws {
        var publisher = try Publisher(context: Context())
        #expect(throws: TransportError.self) { try publisher.bind(endpoint) }
    }

    @Test("Shutting the context down ends a wait on another thread")
    func shutDown() throws {
        let context = try Context()
        var subscriber = try Subscriber(context: context)
        let thread = Thread { context.shutDown() }
        thread.start()
        var slots = ReceivedMessage()
        #expect(throws: TransportError.terminated) { try subscriber.receive(into: &slots, timeout: patience) }
    }

    @Test("A closed publisher does not keep its program for longer than it was told to")
    func linger() throws {
        let clock = ContinuousClock()
        let duration = try clock.measure {
            var publisher = try Publisher(
                context: Context(), configuration: SocketConfiguration(lingerMilliseconds: 50))
            // Nobody listens there: what is sent can never leave.
            try publisher.connect("tcp://127.0.0.1:9")
            try publisher.send(WireMessage(topic: "t", schema: "s", payload: [1], stamp: nil))
        }
        #expect(duration < patience)
    }
}

@Suite struct PollerTests {
    @Test("A poller says which subscriber has a message, and when it was called")
    func readiness() throws {
        let context = try Context()
        let signal = try WakeSignal()
        var poller = Poller(signal: signal)
        var publisher = try Publisher(context: context)
        let endpoint = try publisher.bind(Endpoints.inproc())
        var silent = try Subscriber(context: context)
        var subscriber = try Subscriber(context: context)
        for topic in ["/a", "/b"] { try subscriber.subscribe(to: topic) }
        try silent.connect(endpoint)
        try subscriber.connect(endpoint)
        let (first, second) = (poller.add(silent), poller.add(subscriber))
        #expect(try publisher.waitForSubscriber(to: "/b", timeout: patience))
        #expect(try !poller.wait(timeout: .zero))

        let nothing: [UInt8] = []
        try publisher.publish(topic: "/b", schema: "s", payload: nothing.span, publishTime: 0)
        #expect(try poller.wait(timeout: patience))
        #expect(!poller.isReady(first) && poller.isReady(second) && !poller.isCalled)
        var slots = ReceivedMessage()
        #expect(try subscriber.receive(into: &slots))

        Thread { signal.call() }.start()
        #expect(try poller.wait(timeout: nil))
        #expect(poller.isCalled && !poller.isReady(second))
        signal.reset()
        #expect(try !poller.wait(timeout: .zero))
    }
}
