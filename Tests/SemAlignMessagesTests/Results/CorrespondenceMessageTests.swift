// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignMessages
import Testing

@Suite struct CorrespondenceMessageTests {
    @Test("Answers come back as they went; points of the class frame have no query pixel")
    func roundTrips() throws {
        let received = try CorrespondenceMessage(decoding: Samples.correspondences.encoded())
        #expect(received == Samples.correspondences)
        #expect(received.correspondences[1].queryPixel == nil)
    }
}

@Suite struct DiagnosticsMessageTests {
    @Test("Figures come back as they went")
    func roundTrips() throws {
        #expect(try DiagnosticsMessage(decoding: Samples.diagnostics.encoded()) == Samples.diagnostics)
    }
}
