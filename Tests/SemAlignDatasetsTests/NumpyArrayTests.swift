// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignDatasets
import Testing

@Suite struct NumpyArrayTests {
    private func file(
        version: UInt8 = 1, _ dictionary: String, _ data: [UInt8], claimed: Int? = nil
    ) -> [UInt8] {
        let length = claimed ?? dictionary.utf8.count
        let low = [UInt8(length & 0xFF), UInt8(length >> 8 & 0xFF)]
        let prefix = version == 1 ? low : low + [UInt8(length >> 16 & 0xFF), UInt8(length >> 24 & 0xFF)]
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + prefix + Array(dictionary.utf8) + data
    }

    @Test("Every header version is read", arguments: [1, 2, 3] as [UInt8])
    func versions(version: UInt8) throws {
        let bytes = file(
            version: version, "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 1), }  \n",
            [0x00, 0x3C, 0x00, 0xC0])
        let array = try NumpyArray(bytes.span)
        #expect(array.shape == [2, 1] && array.values == [1, -2])
    }

    @Test("Single precision is rounded to half")
    func singlePrecision() throws {
        let data = [Float(0.1), 65504].flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        }
        let array = try NumpyArray(
            file("{\"descr\":\"<f4\",\"fortran_order\":False,\"shape\":(2,)}", data).span)
        #expect(array.values == [Float16(0.1), 65504])
    }

    @Test("What is encoded is read back, and data starts at a multiple of 64")
    func roundTrip() throws {
        for shape in [[], [0], [7], [3, 2], [2, 3, 4]] {
            let count = shape.reduce(1, *)
            let array = NumpyArray(shape: shape, values: (0..<count).map { Float16($0) - 2.5 })
            #expect((array.encoded.count - 2 * count) % 64 == 0)
            #expect(try NumpyArray(array.encoded.span) == array)
        }
    }

    private static let good = "{'descr': '<f2', 'fortran_order': False, 'shape': (1,), }"

    @Test("Damaged and foreign files are named")
    func refusals() {
        let cases: [([UInt8], NumpyError)] = [
            (Array("PK".utf8), .notNumpy),
            (file(version: 9, Self.good, [0, 0]), .unsupportedVersion(found: 9)),
            (
                file(Self.good, [], claimed: 9999),
                .badHeader(reason: "it claims 9999 bytes, the file has 57")
            ),
            (file(Self.good.replacing("<f2", with: ">f2"), [0, 0]), .unsupportedType(found: "'>f2'")),
            (file(Self.good.replacing("<f2", with: "|u1"), [0, 0]), .unsupportedType(found: "'|u1'")),
            (
                file(
                    Self.good.replacing("False", with: "True").replacing("(1,)", with: "(1, 1)"), [0, 0]),
                .fortranOrder
            ),
            (file(Self.good, [0]), .dataLength(found: 1, expected: 2)),
            (file(Self.good, [0, 0, 0]), .dataLength(found: 3, expected: 2)),
            (
                file(Self.good.replacing("(1,)", with: "(4294967296, 4294967296, 4294967296)"), [0, 0]),
                .dataLength(found: 2, expected: .max)
            ),
            (file(Self.good, [0x00, 0x7C]), .notFinite(index: 0)),
            (file(Self.good, [0x01, 0x7E]), .notFinite(index: 0)),
            (
                file(Self.good.replacing("'<f2'", with: "[('a', '<f2')]"), [0, 0]),
                .badHeader(reason: "expected '\"' at byte 10")
            ),
            (
                file(Self.good.replacing("(1,)", with: "(-1,)"), [0, 0]),
                .badHeader(reason: "expected a length at byte 51")
            ),
            (
                file("{'shape': (1,)}", [0, 0]),
                .badHeader(reason: "'descr', 'fortran_order' or 'shape' is missing")
            ),
        ]
        for (bytes, expected) in cases {
            #expect(throws: expected) { try NumpyArray(bytes.span) }
        }
    }

    @Test("A file that is cut off anywhere is refused, never read beyond its end")
    func truncation() {
        let whole = NumpyArray(shape: [2, 2], values: [1, 2, 3, 4]).encoded
        for count in 0..<whole.count {
            #expect(throws: NumpyError.self) { try NumpyArray(whole.span.extracting(first: count)) }
        }
    }

    @Test(
        "NumPy and this reader understand each other",
        .enabled(if: Python.isNamed, "SEMALIGN_PYTHON does not name an interpreter"))
    func python() throws {
        let folder = try TemporaryFolder()
        let array = NumpyArray(shape: [2, 3, 4], values: (0..<24).map { Float16($0) / 3 })
        try Data(array.encoded).write(to: URL(fileURLWithPath: folder.path + "/ours.npy"))
        try Python.run(
            """
            import numpy, sys
            a = numpy.load(sys.argv[1] + '/ours.npy')
            assert a.dtype == numpy.float16 and a.shape == (2, 3, 4) and a.flags['C_CONTIGUOUS']
            numpy.save(sys.argv[1] + '/theirs.npy', a.astype('float32'))
            """, [folder.path])
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path + "/theirs.npy")))
        #expect(try NumpyArray(bytes.span) == array)
    }
}
