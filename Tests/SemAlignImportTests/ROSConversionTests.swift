// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignMessages
import Testing

@testable import SemAlignImport

@Suite struct ROSConversionTests {
    private static let image = "sensor_msgs/msg/Image"

    private func raw(_ bytes: [UInt8], type: String = image) throws -> RawImageMessage {
        let (schema, payload) = try ROSConversion.convert(type: type, bytes)
        #expect(schema == "foxglove.RawImage")
        return try RawImageMessage(decoding: payload)
    }

    @Test("An image keeps stamp, frame and pixels; gaps between rows are left out")
    func image() throws {
        let rows = Array(UInt8(0)..<16)
        let message = try raw(
            CDRWriter.image(width: 2, height: 2, encoding: "rgb8", step: 8, data: rows))
        #expect(message.timestamp == 5_000_000_007 && message.frameID == "optical")
        #expect(message.size == ImageSize(width: 2, height: 2) && message.encoding == .rgb8)
        #expect(message.data == Array(rows[0..<6]) + Array(rows[8..<14]))
    }

    @Test("Depth in the other byte order is turned; opacity is dropped; grey 16-bit is depth")
    func encodings() throws {
        let depth = try raw(
            CDRWriter.image(
                width: 2, height: 1, encoding: "16UC1", step: 4, data: [0x01, 0x02, 0x03, 0x04],
                isBigEndian: true))
        #expect(depth.encoding == .depthMillimetres && depth.data == [2, 1, 4, 3])
        let metres = try raw(
            CDRWriter.image(
                width: 1, height: 1, encoding: "32FC1", step: 4, data: [0x3F, 0x80, 0, 0], isBigEndian: true))
        #expect(metres.encoding == .depthMetres && metres.data == [0, 0, 0x80, 0x3F])
        let opaque = try raw(
            CDRWriter.image(
                width: 2, height: 1, encoding: "bgra8", step: 8, data: [1, 2, 3, 255, 4, 5, 6, 255]))
        #expect(opaque.encoding == .bgr8 && opaque.data == [1, 2, 3, 4, 5, 6])
        let grey = try raw(CDRWriter.image(width: 1, height: 1, encoding: "mono16", step: 2, data: [1, 2]))
        #expect(grey.encoding == .depthMillimetres)
    }

    @Test("A camera's region and binning become the camera of the images that are sent")
    func camera() throws {
        let (schema, payload) = try ROSConversion.convert(
            type: "sensor_msgs/msg/CameraInfo", CDRWriter.camera(binning: 2, region: [20, 40, 400, 600]))
        let message = try CalibrationMessage(decoding: payload)
        #expect(schema == "foxglove.CameraCalibration")
        #expect(message.size == ImageSize(width: 300, height: 200))
        #expect(message.intrinsics?.focalLength == [300, 305])
        #expect(message.intrinsics?.principalPoint == [150, 100])
        #expect(message.distortion.model == .plumbBob)
        #expect(throws: ImportError.self) {
            try ROSConversion.convert(type: "sensor_msgs/msg/CameraInfo", CDRWriter.camera(focal: 0))
        }
    }

    @Test(
        "The z of an organised cloud is depth, in either byte order; an unorganised one is refused",
        arguments: [false, true])
    func cloud(isBigEndian: Bool) throws {
        let type = "sensor_msgs/msg/PointCloud2"
        let message = try raw(
            CDRWriter.cloud(depths: [1, 2, 0.5, .nan], isBigEndian: isBigEndian), type: type)
        #expect(message.size == ImageSize(width: 2, height: 2) && message.encoding == .depthMetres)
        let bits = (0..<4).map { index in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(message.data[4 * index + $1]) << UInt32(8 * $1) }
        }
        #expect(bits.map(Float.init(bitPattern:)) == [1, 2, 0.5, 0])
        #expect(throws: ImportError.self) {
            try ROSConversion.convert(type: type, CDRWriter.cloud(depths: [1, 2], height: 1))
        }
    }

    @Test("Pictures are taken as they are; depth of image_transport loses its twelve bytes")
    func pictures() throws {
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 1, 2]
        for (format, data, expected) in [
            ("rgb8; jpeg compressed bgr8", [0xFF, 0xD8, 9] as [UInt8], "jpeg"), ("png", png, "png"),
            ("16UC1; compressedDepth png", [UInt8](repeating: 0, count: 12) + png, "png"),
        ] {
            var writer = CDRWriter()
            writer.header(7, "optical")
            writer.text(format)
            writer.data(data)
            let payload = try ROSConversion.convert(
                type: "sensor_msgs/msg/CompressedImage", writer.bytes
            ).payload
            let message = try CompressedImageMessage(decoding: payload)
            #expect(message.format == expected && message.timestamp == 7)
            #expect(message.data == (data.count > 12 ? png : data))
        }
    }

    @Test("What cannot be taken over is named with what was found")
    func refusals() {
        func reason(_ type: String, _ bytes: [UInt8]) -> String {
            do {
                _ = try ROSConversion.convert(type: type, bytes)
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(reason("tf2_msgs/msg/TFMessage", []).contains("tf2_msgs/msg/TFMessage"))
        #expect(reason(Self.image, [0, 7, 0, 0]).contains("[0, 7]"))
        let wrong = CDRWriter.image(width: 1, height: 1, encoding: "bayer_rggb8", step: 1, data: [1])
        #expect(reason(Self.image, wrong).contains("bayer_rggb8"))
        let short = CDRWriter.image(width: 4, height: 4, encoding: "mono8", step: 4, data: [1])
        #expect(reason(Self.image, short).contains("16 bytes needed, 1 there"))
        let huge = CDRWriter.image(width: .max, height: 1, encoding: "mono8", step: 4, data: [1])
        #expect(reason(Self.image, huge).contains("4294967295"))
    }

    @Test("Cut, flipped and random messages are converted or refused, never a trap")
    func hostile() {
        let good: [(String, [UInt8])] = [
            (
                Self.image,
                CDRWriter.image(width: 2, height: 2, encoding: "rgb8", step: 8, data: Array(0..<16))
            ),
            ("sensor_msgs/msg/CameraInfo", CDRWriter.camera(region: [1, 1, 100, 100])),
            ("sensor_msgs/msg/PointCloud2", CDRWriter.cloud(depths: [1, 2, 3, 4])),
            ("sensor_msgs/msg/PointCloud2", CDRWriter.cloud(depths: [1, 2, 3, 4], isBigEndian: true)),
        ]
        var random = Generator(state: 9)
        for (type, bytes) in good {
            for length in 0..<bytes.count {
                #expect(throws: ImportError.self) {
                    // The last byte of a cloud says nothing that matters here, but it must be there.
                    _ = try ROSConversion.convert(type: type, Array(bytes[..<length]))
                    if type.hasSuffix("PointCloud2"), length >= bytes.count - 1 {
                        throw ImportError.message("")
                    }
                }
            }
            for bit in 0..<bytes.count * 8 {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                _ = try? ROSConversion.convert(type: type, flipped)
            }
            for _ in 0..<3000 {
                var changed = bytes
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    changed[Int.random(in: 0..<changed.count, using: &random)] =
                        [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)]
                        .randomElement(using: &random) ?? 0
                }
                _ = try? ROSConversion.convert(type: type, changed)
            }
        }
    }
}

/// A small generator with a seed.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        let mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        return mixed ^ mixed >> 27
    }
}
