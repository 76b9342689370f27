// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import Testing

@Suite struct AlignmentScheduleTests {
    @Test("A ramp is linear between its timesteps and constant outside")
    func ramp() {
        let ramp = Ramp([100, 300, 500], [1, 0.2, 0.6])
        #expect(ramp.value(at: 0) == 1 && ramp.value(at: 100) == 1)
        #expect(abs(ramp.value(at: 200) - 0.6) < 1e-12 && abs(ramp.value(at: 400) - 0.4) < 1e-12)
        #expect(ramp.value(at: 500) == 0.6 && ramp.value(at: 9000) == 0.6)
        #expect(Ramp.constant(3).value(at: -1) == 3)
    }

    @Test("The published schedule is Table 5's")
    func published() {
        let other = AlignmentSchedule.published(className: "chair")
        #expect(other.steps == 1000 && other.learningRate.value(at: 500) == 5e-3)
        #expect([0, 300, 500].map { other.weights(at: $0).denseSigma } == [1, 0.1, 0.03])
        #expect([0, 300, 500, 700].map { other.weights(at: $0).sparseSigma } == [1, 0.1, 0.1, 0.05])
        #expect([0, 500, 700, 1000].map { other.weights(at: $0).sparse } == [0, 0, 10, 1])
        #expect([0, 300, 500, 700].map { other.weights(at: $0).background } == [1, 10, 100, 10])
        let bottle = AlignmentSchedule.published(className: "bottle")
        #expect([0, 700, 900, 1000].map { bottle.weights(at: $0).background } == [0, 0, 1, 20])
        #expect([0, 500, 700, 1000].map { bottle.weights(at: $0).sparse } == [0, 0, 1, 10])
        #expect([300, 700].map { bottle.weights(at: $0).sparseSigma } == [0.3, 0.05])
        #expect(other.coldSteps == 0..<1000 && other.warmSteps == 900..<1000)
        #expect(bottle.finalWeights.geometry == 0.5 && bottle.finalWeights.depth == 10)
    }
}
