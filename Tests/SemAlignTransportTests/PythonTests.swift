// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignTransport
import Testing

/// A Python program at the other end of the wire.
private final class PythonPeer {
    static let interpreter = ProcessInfo.processInfo.environment["SEMALIGN_PYTHON"]

    private let process = Process()
    private let errors = Pipe()

    init(_ program: String, _ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: Self.interpreter ?? "")
        process.arguments = ["-c", program] + arguments
        process.standardError = errors
        try process.run()
    }

    /// Waits for the end of the program; its error output, empty where all its assertions held.
    func finish() -> String {
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? text : "status \(process.terminationStatus): \(text)"
    }
}

@Suite(.enabled(if: PythonPeer.interpreter != nil, "SEMALIGN_PYTHON does not name an interpreter"))
struct PythonTests {
    private func endpoint(_ transport: String, in folder: SocketFolder) -> String {
        transport == "ipc" ? folder.endpoint("wire") : "tcp://127.0.0.1:*"
    }

    @Test("A Python subscriber in another process gets every frame", arguments: ["ipc", "tcp"])
    func subscriber(transport: String) throws {
        let folder = try SocketFolder()
        var publisher = try Publisher(context: Context(), configuration: SocketConfiguration(queueLimit: 100))
        let address = try publisher.bind(endpoint(transport, in: folder))
        let peer = try PythonPeer(
            """
            import struct, sys, zmq
            socket = zmq.Context().socket(zmq.SUB)
            socket.setsockopt(zmq.RCVTIMEO, 20000)
            socket.subscribe('/semalign/keypoints')
            socket.connect(sys.argv[1])
            for number in range(50):
                topic, schema, payload, stamp = socket.recv_multipart()
                assert topic == b'/semalign/keypoints' and schema == b'semalign.KeypointArray', (topic, schema)
                assert payload == bytes([number] * 1000), number
                assert struct.unpack('<QQ', stamp) == (number, 1700000000000000000 + number), stamp
            """, [address])
        #expect(try publisher.waitForSubscriber(to: "/semalign/keypoints", timeout: patience))
        for number in 0..<50 {
            let payload = [UInt8](repeating: UInt8(number), count: 1000)
            try publisher.publish(
                topic: "/semalign/keypoints", schema: "semalign.KeypointArray", payload: payload.span,
                publishTime: 1_700_000_000_000_000_000 + UInt64(number))
        }
        #expect(peer.finish() == "")
    }

    @Test("A Python publisher is heard, with and without stamps", arguments: ["ipc", "tcp"])
    func publisher(transport: String) throws {
        let folder = try SocketFolder()
        var subscriber = try Subscriber(context: Context())
        try subscriber.subscribe(to: "/camera/")
        let address = try subscriber.bind(endpoint(transport, in: folder))
        let peer = try PythonPeer(
            """
            import struct, sys, zmq
            context = zmq.Context()
            socket = context.socket(zmq.XPUB)
            socket.setsockopt(zmq.RCVTIMEO, 20000)
            socket.connect(sys.argv[1])
            assert socket.recv() == b'\\x01/camera/'
            socket.send_multipart([b'/other', b's', b''])
            socket.send_multipart([b'/camera/color/image', b'foxglove.RawImage', b'\\x00\\xff'])
            socket.send_multipart([b'/camera/depth/image', b's', bytes(3000000), struct.pack('<QQ', 5, 2**63)])
            socket.close()
            # A process that merely ends takes what is still to be sent with it.
            context.term()
            """, [address])
        var slots = ReceivedMessage()
        #expect(try subscriber.receive(into: &slots, timeout: patience))
        #expect(
            try WireMessage(decoding: slots)
                == WireMessage(
                    topic: "/camera/color/image", schema: "foxglove.RawImage", payload: [0, 0xFF], stamp: nil)
        )
        #expect(try subscriber.receive(into: &slots, timeout: patience))
        let message = try WireMessage(decoding: slots)
        #expect(message.payload.count == 3_000_000)
        #expect(message.stamp == WireStamp(sequence: 5, publishTime: 1 << 63))
        #expect(peer.finish() == "")
    }
}
