// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignMessages
import Testing

@Suite struct ViewerMessageTests {
    @Test("Annotations count pixels from the corner: half a pixel more than ours")
    func addsHalfPixel() throws {
        let payload = try AnnotationsMessage(objects: [Samples.keypoints()], skeleton: []).encoded()
        let position = Protobuf.message {
            $0.double(1, 100.75)
            $0.double(2, 201)
        }
        #expect(occurrences(of: position, in: payload) == 1)
    }

    @Test("A keypoint behind the camera is not drawn on the image, nor a line to it")
    func leavesOutHiddenBehindCamera() throws {
        let payload = try AnnotationsMessage(objects: [Samples.keypoints()], skeleton: [[0, 2]]).encoded()
        #expect(occurrences(of: [UInt8]("base".utf8), in: payload) == 0)
        #expect(occurrences(of: [UInt8]("handle".utf8), in: payload) == 1)
    }

    @Test("A skeleton that names keypoints which do not exist is drawn without them")
    func survivesForeignSkeleton() throws {
        let objects = [Samples.keypoints()]
        let foreign: [SIMD2<Int32>] = [[-1, 0], [0, 3], [Int32.max, Int32.min]]
        for skeleton in [foreign, []] {
            #expect(
                try SceneMessage(objects: objects, skeleton: skeleton).encoded()
                    == SceneMessage(objects: objects, skeleton: []).encoded())
            #expect(
                try AnnotationsMessage(objects: objects, skeleton: skeleton).encoded()
                    == AnnotationsMessage(objects: objects, skeleton: []).encoded())
        }
    }

    @Test("Without an answer the scene's entity goes away and the image says why")
    func takesAway() throws {
        let lost = [Samples.keypoints(state: .lost)]
        let scene = try SceneMessage(objects: lost, skeleton: []).encoded()
        let expected = Protobuf.message {
            $0.message(1) {
                $0.timestamp(1, seconds: 1_700_000_000, nanoseconds: 123_456_789)
                $0.string(3, "mug/7")
            }
        }
        #expect(scene == expected)
        let annotations = try AnnotationsMessage(objects: lost, skeleton: []).encoded()
        #expect(occurrences(of: [UInt8]("mug 7: lost mask is empty".utf8), in: annotations) == 1)
    }

    private func occurrences(of part: [UInt8], in whole: [UInt8]) -> Int {
        whole.indices.filter { whole[$0...].starts(with: part) }.count
    }
}
