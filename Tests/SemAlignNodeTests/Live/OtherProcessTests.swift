// SPDX-License-Identifier: Apache-2.0
import Foundation
import SemAlignMessages
import SemAlignTransport
import Testing

@testable import SemAlignNode

private let python = ProcessInfo.processInfo.environment["SEMALIGN_PYTHON"]

/// Prints ten answers as they come.
private let script = """
    import sys, zmq
    socket = zmq.Context().socket(zmq.SUB)
    socket.setsockopt(zmq.RCVTIMEO, 20000)
    socket.connect(sys.argv[1])
    socket.subscribe(b"/semalign/keypoints")
    for _ in range(10):
        topic, schema, payload, stamp = socket.recv_multipart()
        print(schema.decode(), len(stamp), payload.hex())
    """

/// Takes ten answers, or ends with 3 where none came.
///
/// Arguments: endpoint, patience [ms], the server's key, its own two.
private let encryptedScript = """
    import sys, zmq
    socket = zmq.Context().socket(zmq.SUB)
    socket.setsockopt(zmq.RCVTIMEO, int(sys.argv[2]))
    if len(sys.argv) > 4:
        socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = (
            key.encode() for key in sys.argv[3:6])
    socket.connect(sys.argv[1])
    socket.subscribe(b"/semalign/keypoints")
    try:
        for _ in range(10):
            assert socket.recv_multipart()[1] == b"semalign.KeypointArray"
    except zmq.Again:
        sys.exit(3)
    """

@Suite struct OtherProcessTests {
    @Test(
        "A Python subscriber in another process gets every answer, in order",
        .enabled(if: python != nil, "SEMALIGN_PYTHON names no Python with pyzmq"), arguments: ["ipc", "tcp"])
    func pythonSubscriber(transport: String) throws {
        var live = try LiveNode(transport)
        let process = Process()
        process.executableURL = URL(filePath: try #require(python))
        process.arguments = ["-c", script, live.output]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        try live.settle()
        var answered: [UInt64] = []
        while process.isRunning, answered.count < 5000 {
            try live.send(try TinyFrame(answered.count).all())
            answered.append(try live.nextKeypoints().timestamp)
        }
        _ = try live.stop()
        process.waitUntilExit()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let heard = try text.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            try #require(words.count == 3)
            #expect(words[0] == "semalign.KeypointArray" && words[1] == "16")
            return try KeypointMessage(decoding: bytes(ofHexadecimal: words[2]))
        }
        #expect(heard.count == 10)
        let numbers = heard.map(\.sequence)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 })
        #expect(heard.map(\.timestamp).allSatisfy { $0 < TinyFrame.start || answered.contains($0) })
    }

    @Test(
        "Over tcp only a program with a key on the list hears the node; strangers are counted",
        .enabled(if: python != nil, "SEMALIGN_PYTHON names no Python with pyzmq"))
    func curve() throws {
        let folder = try TemporaryFolder()
        let node = try CurveKeyFile.make(path: folder.file("node.key"))
        let client = try CurveKeyFile.make(path: folder.file("client.key"))
        let stranger = try CurveKeyFile.make(path: folder.file("stranger.key"))
        try folder.write("clients", Array("# who may listen\n\(client.publicKey) laptop\n".utf8))
        var live = try LiveNode {
            $0.publish.bind.append("tcp://127.0.0.1:*")
            $0.curve.secretKeyFile = folder.file("node.key")
            $0.curve.clientsFile = folder.file("clients")
        }
        func listen(_ keys: CurveKeys?, server: CurveKeys, patience: Int = 2000) throws -> Process {
            let process = Process()
            process.executableURL = URL(filePath: try #require(python))
            process.arguments =
                ["-c", encryptedScript, live.outputs[1], "\(patience)", server.publicKey]
                + (keys.map { [$0.publicKey, $0.secretKey] } ?? [])
            try process.run()
            return process
        }
        let refused = [
            try listen(stranger, server: node), try listen(client, server: stranger),
            try listen(nil, server: node),
        ]
        let accepted = try listen(client, server: node, patience: 20000)
        try live.settle()
        var number = 0
        while accepted.isRunning, number < 5000 {
            try live.send(try TinyFrame(number).all())
            _ = try live.nextKeypoints()
            number += 1
        }
        #expect(accepted.terminationStatus == 0)
        for process in refused { process.waitUntilExit() }
        #expect(refused.allSatisfy { $0.terminationStatus == 3 }, "a stranger heard something")
        // Counted with the next report.
        #expect(live.log.wait(for: "refused_peer"))
        #expect(try live.stop().drops[.refusedPeer, default: 0] >= 3)
    }

    private func bytes(ofHexadecimal text: Substring) -> [UInt8] {
        var digits = text.utf8.makeIterator()
        var bytes: [UInt8] = []
        func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }
        while let high = digits.next(), let low = digits.next() {
            bytes.append(value(high) << 4 | value(low))
        }
        return bytes
    }
}
