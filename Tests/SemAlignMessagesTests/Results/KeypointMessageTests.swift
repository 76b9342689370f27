// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignMessages
import Testing

@Suite struct KeypointMessageTests {
    @Test("An answer comes back as it went, keypoints in order")
    func roundTrips() throws {
        let sent = Samples.keypoints()
        let received = try KeypointMessage(decoding: sent.encoded())
        #expect(received.timestamp == Samples.stamp)
        #expect(received.sequence == 41)
        #expect(received.instance == 7)
        #expect(received.representation == sent.representation)
        #expect(received.keypointNames == Samples.keypointNames)
        #expect(received.result.keypoints[..<2] == sent.result.keypoints[..<2])
        #expect(received.result.keypoints[2].pixel.x.isNaN)
        #expect(received.result.stages == sent.result.stages)
        #expect(received.result.cameraFromClass == sent.result.cameraFromClass)
    }

    @Test("The same answer makes the same bytes")
    func isDeterministic() throws {
        #expect(try Samples.keypoints().encoded() == Samples.keypoints().encoded())
    }

    @Test("An unknown energy gap stays NaN")
    func keepsNaN() throws {
        let received = try KeypointMessage(decoding: Samples.keypoints(gap: .nan).encoded())
        #expect(received.result.energyGap.isNaN)
    }

    @Test(
        "Without an answer there is a state and a reason, and neither keypoints nor pose",
        arguments: [TrackingState.searching, .lost, .noObject])
    func saysNothingOld(state: TrackingState) throws {
        let received = try KeypointMessage(decoding: Samples.keypoints(state: state).encoded())
        #expect(received.result.state == state)
        #expect(received.result.message == "mask is empty")
        #expect(received.result.keypoints.isEmpty)
        #expect(received.result.cameraFromClass.translation == .zero)
        #expect(received.timestamp == Samples.stamp)
    }

    @Test("Keypoints out of order, states out of range and short covariances are refused")
    func refusesNonsense() {
        let disordered = Protobuf.message {
            $0.varint(7, 2)
            $0.message(15) { $0.varint(2, 1) }
        }
        let unknownState = Protobuf.message { $0.varint(7, 9) }
        let thin = Protobuf.message {
            $0.varint(7, 2)
            $0.message(15) { $0.doubles(5, [1, 2, 3]) }
        }
        #expect(
            throws: MessageError.value(
                field: "index of keypoint ''", found: "1",
                expected: "0: keypoints are in the order of the representation")
        ) { try KeypointMessage(decoding: disordered) }
        #expect(
            throws: MessageError.unknown(
                field: "state", found: "9", supported: "SEARCHING, TRACKING, LOST, NO_OBJECT")
        ) { try KeypointMessage(decoding: unknownState) }
        #expect(throws: MessageError.count(field: "covariance of keypoint ''", expected: 9, found: 3)) {
            try KeypointMessage(decoding: thin)
        }
    }
}
