// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import Testing

@Suite struct ScheduleConfigurationTests {
    @Test("Unchanged it is the metric schedule where depth is metric, else Table 5's for the class")
    func automatic() {
        let configuration = ScheduleConfiguration()
        #expect(configuration.schedule(className: "mug", isMetric: true) == .metric(className: "mug"))
        #expect(
            configuration.schedule(className: "bottle", isMetric: false) == .published(className: "bottle"))
    }

    @Test("A base that is named holds whatever the frame brings")
    func bases() {
        var configuration = ScheduleConfiguration()
        configuration.base = .published
        #expect(configuration.schedule(className: "mug", isMetric: true) == .published())
        configuration.base = .metric
        #expect(configuration.schedule(className: "mug", isMetric: false) == .metric())
    }

    @Test("A term that is left out weighs nothing in any step", arguments: EnergyTerm.allCases)
    func without(term: EnergyTerm) {
        var configuration = ScheduleConfiguration()
        configuration.ramps[term.parameter] = Ramp([0, 1000], [1, 3])
        let terms: [EnergyTerm: KeyPath<EnergyWeights, Double>] = [
            .dense: \.dense, .sparse: \.sparse, .geometry: \.geometry, .background: \.background,
            .depth: \.depth, .measured: \.measured, .scale: \.scale, .visibility: \.visibility,
        ]
        let weight = terms[term] ?? \.dense
        let with = configuration.schedule(className: "", isMetric: true)
        #expect(with.weights(at: 500)[keyPath: weight] == 2)
        configuration.without = [term]
        let without = configuration.schedule(className: "", isMetric: true)
        #expect([0, 250, 500, 1000].allSatisfy { without.weights(at: $0)[keyPath: weight] == 0 })
        let other = terms[term == .dense ? .geometry : .dense] ?? \.dense
        #expect(without.weights(at: 500)[keyPath: other] == with.weights(at: 500)[keyPath: other])
    }

    @Test("A stretched schedule has the same phases in proportion", arguments: [10, 500, 3000])
    func stretched(steps: Int) {
        let schedule = AlignmentSchedule.metric()
        let stretched = schedule.stretched(to: steps)
        #expect(stretched.steps == steps && stretched.warmSteps == (steps - steps / 10)..<steps)
        #expect(stretched.finalWeights == schedule.finalWeights)
        for part in [0, 300, 500, 700, 1000] {
            let (before, after) = (schedule.weights(at: part), stretched.weights(at: part * steps / 1000))
            #expect(after == before, "\(part)")
        }
    }

    @Test("However few the steps are, the schedule ends where it should", arguments: 1...9)
    func fewSteps(steps: Int) {
        let schedule = AlignmentSchedule.published().stretched(to: steps)
        #expect(schedule.finalWeights == AlignmentSchedule.published().finalWeights)
        #expect(schedule.coldSteps.count == steps && schedule.warmSteps.count == 1)
    }

    @Test("Numbers given over a chosen length are stretched with the whole at the end only")
    func lengthAndStretch() {
        var configuration = ScheduleConfiguration()
        configuration.base = .published
        configuration.steps = 200
        configuration.ramps[.geometry] = Ramp([0, 200], [0, 1])
        let plain = configuration.schedule(className: "", isMetric: false)
        #expect(plain.weights(at: 100).geometry == 0.5 && plain.weights(at: 60).denseSigma == 0.1)
        configuration.stretchedSteps = 400
        let long = configuration.schedule(className: "", isMetric: false)
        #expect(long.weights(at: 200).geometry == 0.5 && long.weights(at: 120).denseSigma == 0.1)
    }
}
