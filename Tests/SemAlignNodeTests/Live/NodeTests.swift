// SPDX-License-Identifier: Apache-2.0
import SemAlignCore
import SemAlignMessages
import SemAlignTransport
import Testing

@testable import SemAlignNode

@Suite struct NodeTests {
    @Test(
        "A subscriber gets one message for every frame, under the image's stamp",
        arguments: ["ipc", "tcp", "inproc"])
    func oneAnswerAFrame(transport: String) throws {
        var live = try LiveNode(transport)
        try live.settle()
        for number in 0..<5 {
            try live.send(try TinyFrame(number).all())
            let answer = try live.nextKeypoints()
            #expect(answer.timestamp == TinyFrame(number).stamp && answer.frameID == "camera_optical")
            #expect(answer.className == "tiny" && answer.representation.name == "tiny")
        }
        let summary = try live.stop()
        #expect(summary.drops.keys.allSatisfy { $0 == .superseded }, "\(summary)")
    }

    @Test(
        "A spoilt message is named and counted, and the next good frame is answered",
        arguments: SpoiltMessage.all)
    func survivesSpoiltMessages(spoilt: SpoiltMessage) throws {
        var live = try LiveNode()
        try live.settle()
        let frame = TinyFrame(0)
        let bad = try spoilt.make(frame)
        try live.send(try frame.all().map { $0.topic == bad.topic ? bad : $0 })
        let log = live.log
        #expect(log.wait(for: spoilt.reason.rawValue, spoilt.detail))
        if spoilt.isRefusal {
            let refusal = try live.nextKeypoints()
            #expect(refusal.timestamp == frame.stamp && refusal.result.keypoints.isEmpty)
            #expect(refusal.result.message.contains(spoilt.detail))
            #expect(refusal.result.state != .tracking)
        }
        try live.send(try TinyFrame(40).all())
        var answer = try live.nextKeypoints()
        while answer.timestamp < TinyFrame(40).stamp { answer = try live.nextKeypoints() }
        #expect(answer.timestamp == TinyFrame(40).stamp && answer.result.state == .tracking)
        let summary = try live.stop()
        #expect(summary.drops[spoilt.reason] == 1)
    }
}
