// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignCore
import SemAlignMessages
import Testing

@Suite struct RepresentationFileTests {
    @Test("A representation comes back as it went", arguments: [nil, [0, 1, 3, 2]])
    func roundTrips(flip: [Int]?) throws {
        let representation = Samples.representation(flip: flip)
        let bytes = try RepresentationFile.encode(representation)
        #expect(try RepresentationFile.decode(bytes) == representation)
    }

    @Test("The same values make the same bytes, whatever the order of the settings was")
    func isDeterministic() throws {
        let bytes = try RepresentationFile.encode(Samples.representation())
        for _ in 0..<20 {
            #expect(try RepresentationFile.encode(Samples.representation()) == bytes)
        }
        #expect(RepresentationFile.hash(of: bytes) == RepresentationFile.hash(of: bytes))
    }

    @Test("The fingerprint is FNV-1a with its published values")
    func hashes() {
        #expect(RepresentationFile.hash(of: []) == "fnv1a64:cbf29ce484222325")
        #expect(RepresentationFile.hash(of: [UInt8]("foobar".utf8)) == "fnv1a64:85944171f73967e8")
    }

    @Test("A file cut off anywhere is refused")
    func refusesTruncation() throws {
        let bytes = try RepresentationFile.encode(Samples.representation())
        for length in 0..<bytes.count {
            #expect(throws: MessageError.self) { try RepresentationFile.decode([UInt8](bytes[..<length])) }
        }
        #expect(throws: MessageError.self) { try RepresentationFile.decode(bytes + [0]) }
    }

    @Test("Every single flipped bit is found")
    func refusesBitFlips() throws {
        let bytes = try RepresentationFile.encode(Samples.representation())
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(index % 8)
            #expect(throws: MessageError.self) { try RepresentationFile.decode(damaged) }
        }
    }

    @Test("A newer format is refused as such")
    func refusesNewerVersion() throws {
        var bytes = try RepresentationFile.encode(Samples.representation())
        bytes[8] = 2
        #expect(throws: MessageError.unsupportedVersion(found: 2, supported: 1...1)) {
            try RepresentationFile.decode(bytes)
        }
    }

    @Test("A length beyond all memory is refused")
    func refusesHugeLength() throws {
        var bytes = try RepresentationFile.encode(Samples.representation())
        for index in 12..<20 { bytes[index] = 0xFF }
        let expected = MessageError.fileLength(expected: .max, found: UInt64(bytes.count))
        #expect(throws: expected) { try RepresentationFile.decode(bytes) }
    }

    @Test("Another kind of file is refused as such")
    func refusesOthers() {
        #expect(throws: MessageError.notARepresentation) { try RepresentationFile.decode([1, 2, 3]) }
    }

    @Test("A file on disk has the name and fingerprint of what was written")
    func writesAndReads() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("mugs.v2.semalign").path
        let identity = try RepresentationFile.write(Samples.representation(), path: path)
        let file = try RepresentationFile.read(path: path)
        #expect(file.representation == Samples.representation())
        #expect(file.identity == identity)
        #expect(file.identity.name == "mugs.v2")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["mugs.v2.semalign"])
    }

    @Test("A file that is not there and a folder that is not there are named with the reason")
    func namesMissingFiles() {
        let path = "/nonexistent/mugs.semalign"
        let reason = "No such file or directory"
        #expect(throws: MessageError.cannotRead(path: path, reason: reason)) {
            try RepresentationFile.read(path: path)
        }
        #expect(throws: MessageError.cannotWrite(path: path, reason: reason)) {
            try RepresentationFile.write(Samples.representation(), path: path)
        }
    }
}
