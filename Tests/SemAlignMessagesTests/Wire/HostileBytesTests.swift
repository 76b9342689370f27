// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignMessages
import Testing

/// A sound payload, and what reads payloads of its kind.
struct WireCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let payload: [UInt8]
    let reread: @Sendable ([UInt8]) throws(MessageError) -> [UInt8]

    init<Message: DecodableMessage>(_ message: Message) throws {
        testDescription = Message.schemaName
        payload = try message.encoded()
        reread = { (bytes: [UInt8]) throws(MessageError) in try Message(decoding: bytes).encoded() }
    }

    static func all() throws -> [WireCase] {
        [
            try WireCase(Samples.compressedImage), try WireCase(Samples.rawImage),
            try WireCase(Samples.calibration()), try WireCase(Samples.features),
            try WireCase(Samples.queries), try WireCase(Samples.correspondences),
            try WireCase(Samples.diagnostics), try WireCase(Samples.keypoints()),
        ]
    }
}

@Suite struct HostileBytesTests {
    @Test("What is read is written again as the same bytes", arguments: try WireCase.all())
    func roundTrips(wire: WireCase) throws {
        #expect(try wire.reread(wire.payload) == wire.payload)
    }

    @Test("A payload cut off anywhere is an error or a sound value", arguments: try WireCase.all())
    func survivesTruncation(wire: WireCase) {
        for length in 0..<wire.payload.count {
            survives(wire, [UInt8](wire.payload[..<length]))
        }
    }

    @Test("A payload with random damage is an error or a sound value", arguments: try WireCase.all())
    func survivesMutation(wire: WireCase) {
        var generator = SeededGenerator(seed: 20_25)
        for _ in 0..<1000 {
            survives(wire, mutated(wire.payload, using: &generator))
        }
    }

    @Test("Noise is an error or a sound value", arguments: try WireCase.all())
    func survivesNoise(wire: WireCase) {
        var generator = SeededGenerator(seed: 7)
        for length in 0..<300 {
            survives(wire, (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
    }

    /// Reads `bytes`; what is accepted must be sound: it can be written, and read again.
    private func survives(_ wire: WireCase, _ bytes: [UInt8]) {
        guard let accepted = try? wire.reread(bytes) else { return }
        #expect((try? wire.reread(accepted))?.count == accepted.count, "unsound: \(bytes)")
    }
}

/// `bytes` with one to four of: a changed byte, a flipped bit, a lost byte, an inserted byte, a lost tail.
func mutated(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !result.isEmpty {
        let index = Int.random(in: 0..<result.count, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: result[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: result[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: result.remove(at: index)
        case 3: result.insert(UInt8.random(in: 0...255, using: &generator), at: index)
        default: result.removeLast(Int.random(in: 1...min(8, result.count), using: &generator))
        }
    }
    return result
}
