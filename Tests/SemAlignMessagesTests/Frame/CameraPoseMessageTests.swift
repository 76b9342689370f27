// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignMessages
import Testing

@Suite struct CameraPoseMessageTests {
    private static let transform = "foxglove.FrameTransform"
    private static let pose = "foxglove.PoseInFrame"

    /// A quarter turn about z at (1, 2, 3), written by hand in either schema.
    private func payload(
        _ schema: String, quaternion: [Double] = [0, 0, 0.5.squareRoot(), 0.5.squareRoot()],
        place: [Double] = [1, 2, 3], hasStamp: Bool = true
    ) -> [UInt8] {
        Protobuf.message {
            if hasStamp { $0.timestamp(1) }
            $0.string(2, "map")
            if schema == Self.transform {
                $0.string(3, "camera")
                $0.message(4) { for (index, number) in place.enumerated() { $0.double(index + 1, number) } }
                $0.message(5) {
                    for (index, number) in quaternion.enumerated() { $0.double(index + 1, number) }
                }
            } else {
                $0.message(3) {
                    $0.message(1) {
                        for (index, number) in place.enumerated() { $0.double(index + 1, number) }
                    }
                    $0.message(2) {
                        for (index, number) in quaternion.enumerated() { $0.double(index + 1, number) }
                    }
                }
            }
        }
    }

    @Test("Both schemas carry the camera's frame into the fixed one", arguments: [transform, pose])
    func reads(schema: String) throws {
        let message = try CameraPoseMessage(decoding: payload(schema), schema: schema)
        #expect(
            message.fixedFrame == "map" && message.cameraFrame == (schema == Self.transform ? "camera" : ""))
        let apart = message.pose.apply([1, 0, 0]) - [1, 3, 3]
        #expect((apart * apart).sum() < 1e-12 && message.pose.scale == 1)
    }

    @Test("What is written is read again")
    func roundTrips() throws {
        let message = try CameraPoseMessage(decoding: payload(Self.transform), schema: Self.transform)
        let again = try CameraPoseMessage(decoding: message.encoded(), schema: Self.transform)
        #expect(again.timestamp == message.timestamp && again.cameraFrame == "camera")
        let apart = again.pose.apply([3, 2, 1]) - message.pose.apply([3, 2, 1])
        #expect((apart * apart).sum() < 1e-20)
    }

    @Test(
        "A quaternion without unit length, places that are none, and a missing stamp are refused",
        arguments: [transform, pose])
    func refuses(schema: String) {
        for quaternion in [[0, 0, 0, 0], [0, 0, 0, 2], [.nan, 0, 0, 1]] as [[Double]] {
            #expect(throws: MessageError.self) {
                try CameraPoseMessage(decoding: payload(schema, quaternion: quaternion), schema: schema)
            }
        }
        for place in [[.infinity, 0, 0], [0, .nan, 0], [0, 0, 1e12]] as [[Double]] {
            #expect(throws: MessageError.self) {
                try CameraPoseMessage(decoding: payload(schema, place: place), schema: schema)
            }
        }
        #expect(throws: MessageError.self) {
            try CameraPoseMessage(decoding: payload(schema, hasStamp: false), schema: schema)
        }
    }
}
