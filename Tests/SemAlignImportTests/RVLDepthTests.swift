// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignMessages
import Testing

@testable import SemAlignImport

@Suite struct RVLDepthTests {
    /// 4×2 pixels, worked out by hand from the paper: the nibbles are 2 3 A1 2 0, 2 1 91.
    private static let small: [UInt8] =
        [4, 0, 0, 0, 2, 0, 0, 0] + [0x21, 0x20, 0xA1, 0x23, 0, 0, 0, 0x91]

    private func image(_ format: String, header: [UInt8]? = nil, _ data: [UInt8]) throws -> RawImageMessage {
        var writer = CDRWriter()
        writer.header(7, "optical")
        writer.text(format)
        writer.data((header ?? [UInt8](repeating: 0, count: 12)) + data)
        let type = "sensor_msgs/msg/CompressedImage"
        let (schema, payload) = try ROSConversion.convert(type: type, writer.bytes)
        #expect(schema == "foxglove.RawImage")
        return try RawImageMessage(decoding: payload)
    }

    @Test("Bytes worked out by hand become the depth that they stand for")
    func byHand() throws {
        let (size, values) = try RVLDepth.decode(Self.small[...])
        #expect(size == ImageSize(width: 4, height: 2))
        #expect(values == [0, 0, 5, 6, 6, 0, 0, 1])
    }

    @Test("Depth in millimetres and inverse depth become images of ours with stamp and frame")
    func messages() throws {
        let millimetres = try image("16UC1; compressedDepth rvl", Self.small)
        #expect(millimetres.encoding == .depthMillimetres && millimetres.timestamp == 7)
        #expect(millimetres.frameID == "optical")
        #expect(millimetres.data == [0, 0, 0, 0, 5, 0, 6, 0, 6, 0, 0, 0, 0, 0, 1, 0])
        let quantisation = [Float(0), 12, 2].flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
        }
        let inverse = try image("32FC1; compressedDepth rvl", header: quantisation, Self.small)
        // 12 / (q - 2); that of the last pixel lies behind the camera.
        #expect(try inverse.depth().values == [0, 0, 4, 3, 3, 0, 0, 0])
    }

    @Test("Every picture comes back as it was encoded", arguments: 0..<200)
    func roundTrip(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let size = ImageSize(
            width: Int.random(in: 1...40, using: &random), height: Int.random(in: 1...40, using: &random))
        let picture = RVLEncoder.picture(size, using: &random)
        let bytes = RVLEncoder.bytes(of: picture, size)
        let decoded = try RVLDepth.decode(bytes[...])
        #expect(decoded.size == size && decoded.values == picture)
        #expect(try RVLDepth.decode((bytes + [1, 2, 3])[...]).values == picture)
    }

    @Test("A stream that is cut off anywhere is refused")
    func truncation() throws {
        var random = SeededGenerator(seed: 3)
        let size = ImageSize(width: 9, height: 7)
        let bytes = RVLEncoder.bytes(of: RVLEncoder.picture(size, using: &random), size)
        for length in 0..<bytes.count {
            #expect(throws: ImportError.self, "\(length)") { try RVLDepth.decode(bytes[..<length]) }
        }
    }

    @Test("Changed streams are decoded to a picture of their size or refused, never a trap")
    func hostile() throws {
        var random = SeededGenerator(seed: 4)
        let size = ImageSize(width: 9, height: 7)
        let bytes = RVLEncoder.bytes(of: RVLEncoder.picture(size, using: &random), size)
        for bit in 8 * 8..<8 * bytes.count {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            if let decoded = try? RVLDepth.decode(changed[...]) { #expect(decoded.values.count == 63) }
        }
        for _ in 0..<2000 {
            let count = Int.random(in: 0...60, using: &random)
            let noise = bytes[..<8] + (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            if let decoded = try? RVLDepth.decode(noise) { #expect(decoded.values.count == 63) }
        }
    }

    @Test("Sizes, runs and values that cannot be are named, before any memory is spent on them")
    func limits() {
        func reason(_ width: UInt32, _ height: UInt32, _ words: [UInt32]) -> String {
            let bytes = ([width, height] + words).flatMap { word in
                (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
            }
            do throws(ImportError) {
                _ = try RVLDepth.decode(bytes[...])
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(reason(.max, .max, []).contains("4294967295×4294967295"))
        #expect(reason(0, 5, []).contains("0×5"))
        #expect(reason(8193, 8192, []).contains("8193×8192"))
        #expect(reason(2, 1, [0x3000_0000]).contains("3 pixels, expected 2 at most"))
        #expect(reason(2, 1, [0x0300_0000]).contains("3 pixels, expected 2 at most"))
        #expect(reason(2, 1, [0x0110_0000]).contains("RVL depth is -1"))
        #expect(reason(2, 1, [0xFFFF_FFFF, 0xFFFF_FFFF]).contains("over 27 bits"))
        // Empty runs without end stop with the data.
        #expect(reason(2, 1, [0, 0, 0]).contains("RVL data"))
    }
}

/// The encoder of the paper, for tests.
private struct RVLEncoder {
    private var nibbles: [UInt32] = []

    /// Runs of nothing, of plain surfaces and of noise, over all of the sixteen bits.
    static func picture(_ size: ImageSize, using random: inout SeededGenerator) -> [UInt16] {
        var values: [UInt16] = []
        while values.count < size.width * size.height {
            let base = UInt16.random(in: 1...65535, using: &random)
            let kind = Int.random(in: 0...2, using: &random)
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                values.append(
                    kind == 0 ? 0 : kind == 1 ? base : UInt16.random(in: 0...65535, using: &random))
            }
        }
        return Array(values.prefix(size.width * size.height))
    }

    static func bytes(of picture: [UInt16], _ size: ImageSize) -> [UInt8] {
        var encoder = RVLEncoder()
        var (position, last) = (0, 0)
        while position < picture.count {
            let zeros = picture[position...].prefix { $0 == 0 }.count
            position += zeros
            let run = picture[position...].prefix { $0 != 0 }
            encoder.number(zeros)
            encoder.number(run.count)
            for value in run {
                let difference = Int(value) - last
                encoder.number(difference >= 0 ? 2 * difference : -2 * difference - 1)
                last = Int(value)
            }
            position += run.count
        }
        while encoder.nibbles.count % 8 != 0 { encoder.nibbles.append(0) }
        let words = stride(from: 0, to: encoder.nibbles.count, by: 8).map { start in
            encoder.nibbles[start..<start + 8].reduce(0) { $0 << 4 | $1 }
        }
        return ([UInt32(size.width), UInt32(size.height)] + words).flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
    }

    private mutating func number(_ number: Int) {
        var rest = number
        repeat {
            nibbles.append(UInt32(rest & 7) | (rest > 7 ? 8 : 0))
            rest >>= 3
        } while rest > 0
    }
}
