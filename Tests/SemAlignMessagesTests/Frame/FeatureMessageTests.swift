// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignMessages
import Testing

@Suite struct FeatureMessageTests {
    @Test("A feature map comes back as it went")
    func roundTrips() throws {
        let message = try FeatureMessage(decoding: Samples.features.encoded())
        #expect(message == Samples.features)
        #expect(message.features(imageSize: ImageSize(width: 64, height: 48)) == Samples.featureMap)
    }

    @Test("Without a crop the patches cover the whole image")
    func coversImage() throws {
        let payload = features(type: 0, data: [0, 0x3C, 0, 0x40])
        let map = try FeatureMessage(decoding: payload).features(imageSize: ImageSize(width: 64, height: 48))
        #expect(map.region == PixelRegion(ImageSize(width: 64, height: 48)))
        #expect(map.values == [1, 2])
    }

    @Test("32-bit numbers and scaled bytes are read too")
    func readsOtherTypes() throws {
        let floats = features(type: 1, data: [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
        #expect(try FeatureMessage(decoding: floats).values == [1, -2])
        let bytes = features(type: 2, data: [4, 0xFC], scale: 0.25)
        #expect(try FeatureMessage(decoding: bytes).values == [1, -1])
    }

    @Test("32-bit numbers become the nearest 16-bit numbers, ties to even")
    func rounds() throws {
        var generator = SeededGenerator(seed: 16)
        let halves = (0..<0x7C00 as Range<UInt16>).map { Float(Float16(bitPattern: $0)) }
        let ties = zip(halves, halves.dropFirst()).map { ($0 + $1) / 2 }
        let random = (0..<20_000).map { _ in
            Float(bitPattern: UInt32.random(in: 0...0xFFFF_FFFF, using: &generator))
        }
        let numbers = (halves + ties + ties.map(\.nextUp) + ties.map(\.nextDown) + random)
            .filter { Float16($0).isFinite }
        let payload = Protobuf.message {
            $0.timestamp(1)
            $0.varint(3, 1)
            $0.varint(4, UInt64(numbers.count))
            $0.varint(5, 1)
            $0.varint(6, 1)
            $0.bytes(7, unsafe numbers.withUnsafeBytes { unsafe [UInt8]($0) })
        }
        let values = try FeatureMessage(decoding: payload).values
        #expect(values.map(\.bitPattern) == numbers.map { Float16($0).bitPattern })
    }

    @Test("Data of another length than the sizes say is refused with both values named")
    func refusesWrongLength() {
        let expected = MessageError.count(
            field: "bytes of the features (height × width × channels × 2)", expected: 4, found: 3)
        #expect(throws: expected) { try FeatureMessage(decoding: features(type: 0, data: [0, 0, 0])) }
    }

    @Test("NaN and infinities are refused by index", arguments: [0x7C00, 0xFC00, 0x7E00, 0xFE01] as [UInt16])
    func refusesInfinite(pattern: UInt16) throws {
        let data: [UInt8] = [0, 0x3C, UInt8(pattern & 0xFF), UInt8(pattern >> 8)]
        let error = try #require(throws: MessageError.self) {
            try FeatureMessage(decoding: features(type: 0, data: data))
        }
        #expect("\(error)".hasPrefix("value 1 of the features is \(Float16(bitPattern: pattern))"))
    }

    @Test(
        "32-bit numbers beyond 16 bits and NaN are refused as they were sent",
        arguments: [65520, -1e5, 3e38, .nan, -.infinity] as [Float])
    func refusesOverflow(number: Float) throws {
        let data = [1, number].flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        }
        let error = try #require(throws: MessageError.self) {
            try FeatureMessage(decoding: features(type: 1, data: data))
        }
        #expect("\(error)".hasPrefix("value 1 of the features is \(number);"))
    }

    @Test("Bytes need a scale", arguments: [0, -1, .nan, .infinity] as [Float])
    func refusesScale(scale: Float) {
        #expect(throws: MessageError.self) {
            try FeatureMessage(decoding: features(type: 2, data: [1, 2], scale: scale))
        }
    }

    @Test("Dimensions of zero or of billions are refused", arguments: [3, 4, 5])
    func refusesDimensions(field: Int) {
        for value: UInt64 in [0, 1 << 21, 0xFFFF_FFFF] {
            let payload = Protobuf.message {
                $0.timestamp(1)
                for dimension in 3...5 { $0.varint(dimension, dimension == field ? value : 1) }
                $0.bytes(7, [0, 0])
            }
            #expect(throws: MessageError.self) { try FeatureMessage(decoding: payload) }
        }
    }

    @Test("The largest dimensions do not overflow their product")
    func multipliesSafely() {
        let payload = Protobuf.message {
            $0.timestamp(1)
            for dimension in 3...5 { $0.varint(dimension, 1 << 20) }
            $0.varint(6, 1)
        }
        let expected = MessageError.count(
            field: "bytes of the features (height × width × channels × 4)", expected: 1 << 62, found: 0)
        #expect(throws: expected) { try FeatureMessage(decoding: payload) }
    }

    @Test("An unknown data type is refused by number")
    func refusesType() {
        let expected = MessageError.unknown(
            field: "data_type of the features", found: "9", supported: "FLOAT16, FLOAT32, INT8")
        #expect(throws: expected) { try FeatureMessage(decoding: features(type: 9, data: [0, 0, 0, 0])) }
    }

    @Test(
        "A crop that is empty, turned round or not finite is refused",
        arguments: [
            [0, 0, 0, 5], [5, 0, 0, 5], [0, 0, .nan, 5], [0, 0, 5, .infinity], [-1e300, 0, 5, 5],
        ])
    func refusesCrop(corners: [Double]) {
        #expect(throws: MessageError.self) {
            try FeatureMessage(decoding: features(type: 0, data: [0, 0, 0, 0], crop: corners))
        }
    }

    @Test("The fields may come in any order, and of two that hold data the last one counts")
    func readsAnyOrder() throws {
        let payload = Protobuf.message {
            $0.bytes(7, [0, 0x3C, 0, 0x40])
            $0.varint(5, 2)
            $0.varint(3, 1)
            $0.timestamp(1)
            $0.varint(4, 1)
        }
        #expect(try FeatureMessage(decoding: payload).values == [1, 2])
        let doubled = payload + Protobuf.message { $0.bytes(7, [0, 0x44, 0, 0x3C]) }
        #expect(try FeatureMessage(decoding: doubled).values == [4, 1])
    }

    @Test("A payload with a piece that is no field is refused, wherever it stands", arguments: [true, false])
    func refusesNoField(isFirst: Bool) {
        let sound = features(type: 0, data: [0, 0x3C, 0, 0x40])
        // Wire type 7 does not exist; field number 0 neither.
        for piece in [[0x0F], [0x02, 0x00], [0x3A, 0xFF]] as [[UInt8]] {
            #expect(throws: MessageError.self) {
                try FeatureMessage(decoding: isFirst ? piece + sound : sound + piece)
            }
        }
    }

    /// One patch of two channels.
    private func features(
        type: UInt64, data: [UInt8], scale: Float = 0, crop: [Double]? = nil
    ) -> [UInt8] {
        Protobuf.message {
            $0.timestamp(1)
            $0.varint(3, 1)
            $0.varint(4, 1)
            $0.varint(5, 2)
            $0.varint(6, type)
            $0.bytes(7, data)
            $0.float(11, scale)
            if let crop {
                $0.message(9) { for (index, number) in crop.enumerated() { $0.double(index + 1, number) } }
            }
        }
    }
}
