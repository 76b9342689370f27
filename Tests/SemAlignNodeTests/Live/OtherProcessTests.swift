// SPDX-License-Identifier: Apache-2.0
import Foundation
import SemAlignMessages
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
