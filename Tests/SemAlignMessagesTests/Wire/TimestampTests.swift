// SPDX-License-Identifier: Apache-2.0

import SemAlignMessages
import Testing

@Suite struct TimestampTests {
    @Test(
        "Nanoseconds survive the wire, from the epoch to the last representable",
        arguments: [0, 1, 999_999_999, 1_000_000_000, Samples.stamp, UInt64.max])
    func roundTrips(timestamp: UInt64) throws {
        let image = CompressedImageMessage(timestamp: timestamp, frameID: "", format: "png", data: [1])
        #expect(try CompressedImageMessage(decoding: image.encoded()).timestamp == timestamp)
    }

    @Test("A time that does not fit is refused with both its parts named", arguments: outside)
    func refusesOthers(time: SIMD2<Int64>) {
        let payload = Protobuf.message {
            $0.timestamp(1, seconds: time.x, nanoseconds: time.y)
            $0.bytes(2, [1])
        }
        let expected = MessageError.timestampOutOfRange(seconds: time.x, nanoseconds: Int32(time.y))
        #expect(throws: expected) { try CompressedImageMessage(decoding: payload) }
    }

    /// Seconds and nanoseconds.
    private static let outside: [SIMD2<Int64>] = [
        [-1, 0], [0, -1], [0, 1_000_000_000], [18_446_744_073, 709_551_616], [Int64.max, 0],
    ]
}
