// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SemAlignDatasets

@Suite struct MatlabFileTests {
    /// A packed 3×2 matrix `kps`: (1.5, 10), (NaN, NaN), (3, 30.25).
    private static let packed =
        "DwAAADsAAAB42uNjYGBIAGI2IOaA0iDACuUzAzETEDMCWdkFxQycQLYBAwz8sIfS9RCawwFCqzigiDvYOQAAE1wHrw=="

    private static func file(_ elements: [UInt8]) -> [UInt8] {
        let text = Array("MATLAB 5.0 MAT-file".utf8)
        return text + [UInt8](repeating: 0x20, count: 124 - text.count) + [0, 1, 0x49, 0x4D] + elements
    }

    private static func bytes(_ base64: String) throws -> [UInt8] {
        Array(try #require(Data(base64Encoded: base64)))
    }

    @Test("A packed matrix is unpacked and laid out by rows")
    func packed() throws {
        let kps = try #require(try MatlabFile(Self.file(Self.bytes(Self.packed))).matrices["kps"])
        #expect(kps.rows == 3 && kps.columns == 2)
        #expect(kps.values[0] == 1.5 && kps.values[1] == 10 && kps.values[5] == 30.25)
        #expect(kps.values[2].isNaN && kps.values[3].isNaN)
    }

    @Test("Cut-off and damaged files are refused or read short, and never crash")
    func damaged() throws {
        let whole = Self.file(try Self.bytes(Self.packed))
        for count in 0..<whole.count { _ = try? MatlabFile(Array(whole.prefix(count))) }
        for position in 128..<whole.count {
            for bit in 0..<8 {
                var changed = whole
                changed[position] ^= 1 << UInt8(bit)
                _ = try? MatlabFile(changed)
            }
        }
        #expect(throws: MatlabFile.Failure.self) { try MatlabFile(Array(whole.prefix(whole.count - 8))) }
    }

    @Test(
        "Fixed and dynamic codes decompress to what zlib packed",
        arguments: [
            (
                "eNorTs1NzMlMz1MoHmXQksHAyMTMwsrGzsHJxc3Dy8cvICgkLCIqJi4hKSUtIysnr6CopKyiqqauoamlraOrp29gaGRsYmpmbmFpZQ0A8tGQaw==",
                420, "semalign semalign "
            ),
            (
                "eNotUtsBxDAIWoXVfKDuP8FBej9NEwGRpEAymcc7LDsvyF2dBk+lRnIiAgguehloQ3vaP4ItCSLrExp6a77K+jtCm7h+qjV49cmDhMXZOVXDpxCyCh1qavpiCJVdeW0eVRyV4jhAY7XuhBGCwtQCSkbw8CFn+W/QPq1hVmmFEWLfpSabfWW3VQrRsRUsmbf7Z+daEaz6qO9Krlri+TgsgSqcmcCC1udV+J4Uz8ldShgXSkCjhOjjaWZFSB3hJQe1bBmWx3oJqps+M2lhIU7jMSc2pVLipwGbDuOl7/L5JsJ2ELm2GC36Vorecify8rsKni36ip/nOWWhyAb3b2mIzInI1jiW1izA+DFMzUOwbcTvoH1/mz9fG8si",
                600, "c eeebebhehh gedbhae"
            ),
        ])
    func inflate(packed: String, count: Int, start: String) throws {
        let data = try Self.bytes(packed)
        let content = try Inflate.decompress(data, limit: 1000)
        #expect(content.count == count && content.starts(with: start.utf8))
        #expect(throws: Inflate.Failure.self) { try Inflate.decompress(data, limit: count - 1) }
        #expect(throws: Inflate.Failure.self) {
            try Inflate.decompress(Array(data.dropLast(40)), limit: 1000)
        }
    }
}
