// SPDX-License-Identifier: Apache-2.0

import SemAlignSimulation
import Testing

@testable import SemAlignCore

/// Frames that run out of time, by a clock that goes on by a millisecond whenever it is asked.
@Suite struct TimeBudgetTests {
    private struct Clock {
        var ticks: UInt64 = 0

        mutating func now() -> UInt64 {
            ticks += 1
            return ticks * 1_000_000
        }
    }

    private func tracker(_ learned: LearnedClass, milliseconds: Double) -> Tracker {
        var configuration = TrackerConfiguration()
        configuration.budgetMilliseconds = milliseconds
        return Tracker(representation: learned.representation, configuration: configuration)
    }

    private func frame(_ learned: LearnedClass) -> Observation {
        learned.synthetic.observations(of: .video, count: 1, seed: 3)[0].observation
    }

    @Test(
        "A warm frame stops between two steps, answers with what it has, and says so", arguments: [3, 5, 7])
    func warm(milliseconds: UInt64) throws {
        let learned = try LearnedClass.truck.get()
        let frame = frame(learned)
        var tracker = tracker(learned, milliseconds: Double(milliseconds))
        // Here time stands still.
        #expect(tracker.update(frame) { 0 }.message.isEmpty)
        var clock = Clock()
        let result = tracker.update(frame) { clock.now() }
        #expect(result.state == .tracking && !result.startedCold)
        // The frame's start and the comparison take a tick each, the last one says that time is over.
        let wanted = PoseRefiner.warmSteps * tracker.hypotheses.count
        #expect(
            result.message
                == "the time budget of \(milliseconds).0 ms ended the refinement after \(milliseconds - 2) of "
                + "\(wanted) steps")
        #expect(clock.ticks <= milliseconds + 6)
    }

    @Test("A search stops too, says so, and the next one goes on with the directions that it did not try")
    func cold() throws {
        let learned = try LearnedClass.truck.get()
        let frame = frame(learned)
        var tracker = tracker(learned, milliseconds: 20)
        var first: UInt64 = 0
        for _ in 0..<3 {
            var clock = Clock()
            let result = tracker.update(frame) { clock.now() }
            #expect(result.startedCold)
            #expect(result.message.contains("the time budget of 20.0 ms ended the search"))
            #expect(clock.ticks <= 30)
            first = max(first, clock.ticks)
            if result.state == .tracking { tracker.reset() }
        }
        #expect(first >= 20)
    }

    @Test("A search in pieces comes to every direction")
    func pieces() throws {
        let learned = try LearnedClass.truck.get()
        let model = EvidenceModel(learned.representation)
        var buffers = FrameBuffers()
        let problems = FrameProblem.problems(
            of: frame(learned), focalLength: nil, model: model, buffers: &buffers)
        let search = PoseSearch(model: model, refiner: problems[0].refiner)
        var memory = SearchBuffers()
        var starts: [Int] = []
        for _ in 0..<40 {
            var clock = Clock()
            let budget = TimeBudget(milliseconds: 21, from: 0)
            let isComplete = search.run(&memory, budget: budget) { clock.now() }
            #expect(!isComplete)
            #expect(!memory.found.isEmpty)
            starts.append(memory.nextDirection)
        }
        let count = model.representation.visibility.directions.count
        #expect(Set(starts).count > count / 20)
        #expect(zip(starts, starts.dropFirst()).allSatisfy { ($1 - $0 + count) % count <= 12 })
    }

    @Test("Without a budget the clock is asked for the stages alone, and nothing is cut short")
    func unlimited() throws {
        let learned = try LearnedClass.truck.get()
        let frame = frame(learned)
        var tracker = tracker(learned, milliseconds: 0)
        for _ in 0..<4 {
            var clock = Clock()
            let result = tracker.update(frame) { clock.now() }
            #expect(result.state == .tracking && result.message.isEmpty)
            #expect(clock.ticks == UInt64(result.stages.count) + 1)
        }
    }

    @Test("What is no time at all is no limit", arguments: [0, -1, .nan, .infinity, 1e300])
    func noLimit(milliseconds: Double) {
        #expect(TimeBudget(milliseconds: milliseconds, from: 5) == .unlimited)
        #expect(TimeBudget(milliseconds: 1, from: .max) == .unlimited)
    }

    @Test("A share of a budget ends before it, and at once where it is used up")
    func shares() {
        let budget = TimeBudget(milliseconds: 1, from: 0)
        #expect(budget.isLeft { 999_999 } && !budget.isLeft { 1_000_000 })
        let half = budget.share(0.5) { 500_000 }
        #expect(half.isLeft { 749_999 } && !half.isLeft { 750_000 })
        #expect(!budget.share(0.5) { 2_000_000 }.isLeft { 2_000_000 })
        #expect(TimeBudget.unlimited.share(0.5) { 7 } == .unlimited)
    }
}
