// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignMessages
import Testing

/// Files whose header and checksum are right, and whose content is not.
@Suite struct HostileRepresentationTests {
    @Test("A payload with random damage under a right checksum is an error or a sound value")
    func survivesMutation() throws {
        let payload = [UInt8](try RepresentationFile.encode(Samples.representation())[24...])
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<3000 {
            let file = Self.file(payload: mutated(payload, using: &generator))
            guard let accepted = try? RepresentationFile.decode(file) else { continue }
            #expect((try? RepresentationFile.decode(RepresentationFile.encode(accepted))) == accepted)
        }
    }

    @Test("A payload cut off anywhere under a right checksum is refused or sound")
    func survivesTruncation() throws {
        let payload = [UInt8](try RepresentationFile.encode(Samples.representation())[24...])
        for length in 0..<payload.count {
            _ = try? RepresentationFile.decode(Self.file(payload: [UInt8](payload[..<length])))
        }
    }

    @Test("A class of fewer than four keypoints is refused by their number", arguments: 0...3)
    func refusesFewKeypoints(count: Int) throws {
        let payload = Protobuf.message {
            $0.string(1, "mug")
            for name in ["rim", "base", "left"].prefix(count) { $0.string(2, name) }
            for _ in 0..<3 * count { $0.double(5, 0.5) }
        }
        #expect(
            throws: MessageError.value(field: "number of keypoints", found: "\(count)", expected: "4…1024")
        ) {
            try RepresentationFile.decode(Self.file(payload: payload))
        }
    }

    @Test("The header's checksum is that of zlib")
    func buildsFiles() throws {
        let bytes = try RepresentationFile.encode(Samples.representation())
        #expect(Self.file(payload: [UInt8](bytes[24...])) == bytes)
    }

    @Test("A field that is added at the end spoils the count it belongs to", arguments: Addition.all)
    func refusesAdditions(addition: Addition) throws {
        let payload = [UInt8](try RepresentationFile.encode(Samples.representation())[24...])
        let error = try #require(throws: MessageError.self) {
            try RepresentationFile.decode(Self.file(payload: payload + addition.bytes))
        }
        #expect("\(error)".contains(addition.says), "\(error)")
    }

    @Test("A representation with a number that is not finite is not written")
    func refusesToWrite() {
        let sound = Samples.representation()
        let spoiled = ClassRepresentation(
            className: sound.className, keypointNames: sound.keypointNames, flip: sound.flip,
            skeleton: sound.skeleton, keypoints: [[.nan, 0, 0]] + sound.keypoints.dropFirst(),
            dense: sound.dense, prior: sound.prior, appearance: sound.appearance,
            visibility: sound.visibility, metricScale: sound.metricScale, provenance: sound.provenance)
        #expect(
            throws: MessageError.value(field: "keypoints[0]", found: "nan", expected: "-1000000.0…1000000.0")
        ) {
            try RepresentationFile.encode(spoiled)
        }
    }

    /// Bytes to append to a sound payload, and what the refusal must speak of.
    struct Addition: Sendable, CustomTestStringConvertible {
        let says: String
        let bytes: [UInt8]

        var testDescription: String { says }

        init(_ says: String, _ body: (inout Protobuf) -> Void) {
            self.says = says
            bytes = Protobuf.message(body)
        }

        static let all = [
            Addition("keypoint's name is 'rim'") { $0.string(2, "rim") },
            Addition("keypoint's name is ''") { $0.string(2, "") },
            Addition("coordinates of the keypoints: expected 15") { $0.string(2, "fifth") },
            Addition("coordinates of the keypoints: expected 12") { $0.double(5, 1) },
            Addition("entries of flip: expected 4, found 5") { $0.varint(3, 0) },
            Addition("skeleton entries modulo 2") { $0.varint(4, 0) },
            Addition("skeleton[4] is 4294967295") {
                $0.varint(4, 0xFFFF_FFFF)
                $0.varint(4, 0)
            },
            Addition("deformation.row_starts") { $0.message(6) { $0.varint(1, 4) } },
            Addition("deformation.row_starts[3] is 4294967295") {
                $0.message(6) { $0.varint(1, 0xFFFF_FFFF) }
            },
            Addition("weights of the deformation map") { $0.message(6) { $0.varint(2, 0) } },
            Addition("deformation.columns[5] is 4") {
                $0.message(6) {
                    $0.varint(2, 4)
                    $0.float(3, 0)
                }
            },
            Addition("coordinates of the normals: expected 6, found 7") { $0.float(7, 0) },
            Addition("coordinates of the normals: expected 9") { $0.message(6) { $0.varint(1, 5) } },
            Addition("edge_pairs.keypoints modulo 4") { $0.message(8) { $0.varint(1, 0) } },
            Addition("entries of edge_pairs.angle: expected 2") { $0.message(8) { $0.float(2, 1) } },
            Addition("edge pair 1 is 0–0") {
                $0.message(8) { pairs in
                    for _ in 0..<4 { pairs.varint(1, 0) }
                    for field in [2, 2, 3, 3] { pairs.float(field, 1) }
                }
            },
            Addition("four different keypoints") {
                $0.message(9) { tetrahedra in
                    for _ in 0..<4 { tetrahedra.varint(1, 0) }
                    for _ in 0..<6 { tetrahedra.float(2, 1) }
                }
            },
            Addition("tetrahedra.cosines") { $0.message(9) { $0.float(2, 1) } },
            Addition("shape_covariance: expected 144, found 145") { $0.double(10, 0) },
            Addition("appearance.channels is 0") { $0.message(11) { $0.varint(1, 0) } },
            Addition("entries of appearance.vectors: expected 24") { $0.message(11) { $0.varint(1, 4) } },
            Addition("entries of appearance.similarity_mean") { $0.message(11) { $0.float(4, 0) } },
            Addition("entries of appearance.similarity_deviation") { $0.message(11) { $0.float(5, 1) } },
            Addition("visibility.directions is 7") { $0.message(12) { $0.float(1, 0) } },
            Addition("bytes of visibility.table: expected 12, found 3") {
                $0.message(12) { $0.bytes(2, [1, 2, 3]) }
            },
            Addition("metres_per_unit is nan") { $0.message(13) { $0.double(1, .nan) } },
            Addition("metres_per_unit is 0.0") { $0.message(13) { $0.double(1, 0) } },
            Addition("log_deviation is -1.0") { $0.message(13) { $0.double(2, -1) } },
        ]
    }

    /// A file of version 1 around `payload`.
    private static func file(payload: [UInt8]) -> [UInt8] {
        let length = (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (8 * $0)) }
        let checksum = (0..<4).map { UInt8(truncatingIfNeeded: crc(payload) >> (8 * UInt32($0))) }
        return [UInt8]("SEMALIGN".utf8) + [1, 0, 0, 0] + length + checksum + payload
    }

    /// CRC-32 bit by bit.
    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB8_8320 }
        }
        return ~crc
    }
}
