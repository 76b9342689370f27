// SPDX-License-Identifier: Apache-2.0

import SemAlignMessages
import Testing

@Suite struct CompressedImageMessageTests {
    @Test("Field numbers are Foxglove's, the format's case does not matter")
    func readsFields() throws {
        let payload = Protobuf.message {
            $0.timestamp(1, seconds: 3, nanoseconds: 5)
            $0.bytes(2, [1, 2, 3])
            $0.string(3, "PNG")
            $0.string(4, "camera")
        }
        let expected = CompressedImageMessage(
            timestamp: 3_000_000_005, frameID: "camera", format: "png", data: [1, 2, 3])
        #expect(try CompressedImageMessage(decoding: payload) == expected)
    }

    @Test("A picture of no bytes and a picture of no time are refused")
    func refusesMissing() {
        let timeless = Protobuf.message { $0.bytes(2, [1]) }
        let empty = Protobuf.message { $0.timestamp(1) }
        #expect(throws: MessageError.missing(field: "timestamp of the image")) {
            try CompressedImageMessage(decoding: timeless)
        }
        #expect(throws: MessageError.missing(field: "data of the image")) {
            try CompressedImageMessage(decoding: empty)
        }
    }
}
