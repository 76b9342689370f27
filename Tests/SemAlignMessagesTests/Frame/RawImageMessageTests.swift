// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignMessages
import Testing

@Suite struct RawImageMessageTests {
    @Test("Bytes between the rows are no pixels")
    func honoursStep() throws {
        let payload = image(width: 2, height: 2, encoding: "8UC1", step: 3, data: [1, 2, 99, 3, 0, 99])
        let mask = try RawImageMessage(decoding: payload).mask()
        #expect(mask == ObjectMask(size: ImageSize(width: 2, height: 2), labels: [1, 2, 3, 0]))
    }

    @Test("Millimetres become metres, zero stays no measurement")
    func readsMillimetres() throws {
        let payload = image(width: 2, height: 1, encoding: "16UC1", step: 4, data: [0xDC, 0x05, 0, 0])
        let depth = try RawImageMessage(decoding: payload).depth()
        #expect(depth.values == [1.5, 0])
        #expect(depth.isMetric)
    }

    @Test("NaN, infinities and negative depths become no measurement")
    func cleansMetres() throws {
        let values: [Float] = [0.5, .nan, .infinity, -1]
        let data = values.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        }
        let payload = image(width: 4, height: 1, encoding: "32FC1", step: 16, data: data)
        #expect(try RawImageMessage(decoding: payload).depth().values == [0.5, 0, 0, 0])
    }

    @Test("Depth and mask come back as they went")
    func roundTripsCoreValues() throws {
        let size = ImageSize(width: 3, height: 2)
        let depth = DepthImage(size: size, values: [0, 0.5, 1.25, 2, 3, 4.5], isMetric: true)
        let mask = ObjectMask(size: size, labels: [0, 1, 1, 2, 0, 255])
        let asDepth = try RawImageMessage(depth: depth, timestamp: 5, frameID: "c")
        let asMask = RawImageMessage(mask: mask, timestamp: 5, frameID: "c")
        let asMillimetres = RawImageMessage(
            millimetres: [0, 500, 1250, 2000, 3000, 4500], size: size, timestamp: 5, frameID: "c")
        #expect(try RawImageMessage(decoding: asDepth.encoded()).depth() == depth)
        #expect(try RawImageMessage(decoding: asMillimetres.encoded()).depth() == depth)
        #expect(try RawImageMessage(decoding: asMask.encoded()).mask() == mask)
    }

    @Test("Relative depth is not sent: readers would take it for metres")
    func refusesRelativeDepth() {
        let depth = DepthImage(size: ImageSize(width: 1, height: 1), values: [0.5], isMetric: false)
        #expect(throws: MessageError.self) { try RawImageMessage(depth: depth, timestamp: 5, frameID: "c") }
    }

    @Test("All colour encodings become red, green, blue", arguments: ["rgb8", "bgr8", "8UC3", "mono8"])
    func readsColours(encoding: String) throws {
        let data: [UInt8] = encoding == "mono8" ? [9] : encoding == "rgb8" ? [1, 2, 3] : [3, 2, 1]
        let payload = image(width: 1, height: 1, encoding: encoding, step: UInt32(data.count), data: data)
        let rgb = try RawImageMessage(decoding: payload).rgb()
        #expect(rgb == (encoding == "mono8" ? [9, 9, 9] : [1, 2, 3]))
    }

    @Test("Sizes that disagree are refused with both values named")
    func refusesWrongLength() {
        let payload = image(width: 2, height: 2, encoding: "mono8", step: 2, data: [1, 2, 3])
        #expect(throws: MessageError.count(field: "bytes of the image", expected: 4, found: 3)) {
            try RawImageMessage(decoding: payload)
        }
    }

    @Test("A step shorter than a row is refused")
    func refusesShortStep() {
        let payload = image(width: 2, height: 2, encoding: "rgb8", step: 5, data: [])
        let expected = MessageError.value(field: "step of the image", found: "5", expected: "6 or more")
        #expect(throws: expected) { try RawImageMessage(decoding: payload) }
    }

    @Test(
        "No pixels, or more than 64 million of them, are refused before anything is allocated",
        arguments: [(0, 4), (4, 0), (10_000, 10_000), (UInt32.max, UInt32.max)])
    func refusesSizes(width: UInt32, height: UInt32) {
        let payload = image(width: width, height: height, encoding: "mono8", step: width, data: [1])
        let expected = MessageError.value(
            field: "size of the image", found: "\(width)×\(height)", expected: "1×1 to 67108864 pixels in all"
        )
        #expect(throws: expected) { try RawImageMessage(decoding: payload) }
    }

    @Test("An unknown encoding is refused with the known ones named")
    func refusesEncoding() {
        let payload = image(width: 1, height: 1, encoding: "bayer_rggb8", step: 1, data: [1])
        let expected = MessageError.unknown(
            field: "encoding of the image", found: "bayer_rggb8",
            supported: "rgb8, bgr8, mono8, 16UC1, 32FC1")
        #expect(throws: expected) { try RawImageMessage(decoding: payload) }
    }

    @Test("Colours are no depth, depth is no mask and no colour")
    func refusesWrongUse() throws {
        let depth = RawImageMessage(
            millimetres: [1], size: ImageSize(width: 1, height: 1), timestamp: 0, frameID: "")
        #expect(throws: MessageError.self) { try Samples.rawImage.depth() }
        #expect(throws: MessageError.self) { try depth.mask() }
        #expect(throws: MessageError.self) { try depth.rgb() }
    }

    @Test("An image without a time is refused: frames are joined by it")
    func refusesMissingTime() {
        let payload = Protobuf.message { $0.string(4, "mono8") }
        #expect(throws: MessageError.missing(field: "timestamp of the image")) {
            try RawImageMessage(decoding: payload)
        }
    }

    private func image(
        width: UInt32, height: UInt32, encoding: String, step: UInt32, data: [UInt8]
    ) -> [UInt8] {
        Protobuf.message {
            $0.timestamp(1)
            $0.fixed32(2, width)
            $0.fixed32(3, height)
            $0.string(4, encoding)
            $0.fixed32(5, step)
            $0.bytes(6, data)
            $0.string(7, "camera")
        }
    }
}
