// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

@Suite struct ExplorationPlanTests {
    @Test("Every third frame one slice is due, and all slices come once within the frames between checks")
    func takesTurns() {
        var plan = ExplorationPlan(framesBetweenChecks: 48)
        var slices: [Int] = []
        for frame in 1...48 {
            plan.noteFrame()
            #expect(plan.isDue == (frame % 3 == 0))
            if let slice = plan.take() { slices.append(slice) }
        }
        #expect(plan.sliceCount == 16 && slices.sorted() == Array(0..<16))
    }

    @Test("One frame between checks means that nothing is explored beside a track")
    func canBeOff() {
        var plan = ExplorationPlan(framesBetweenChecks: 1)
        for _ in 0..<10 { plan.noteFrame() }
        #expect(!plan.isDue && plan.take() == nil)
    }

    @Test("A slice that found no time waits, is not doubled, and is overdue at last")
    func waits() {
        var plan = ExplorationPlan(framesBetweenChecks: 48)
        for _ in 0..<6 { plan.noteFrame() }
        #expect(plan.isDue && !plan.isOverdue)
        for _ in 0..<9 { plan.noteFrame() }
        #expect(plan.isOverdue)
        #expect(plan.take() != nil && !plan.isDue)
    }

    @Test("A search makes all slices due, and is one until they are done")
    func searches() {
        var plan = ExplorationPlan(framesBetweenChecks: 48)
        plan.startSearch()
        var slices: Set<Int> = []
        while plan.isDue {
            #expect(plan.isSearch)
            if let slice = plan.take() { slices.insert(slice) }
            plan.finishSearch()
        }
        #expect(!plan.isSearch && slices.count == 16)
    }
}
