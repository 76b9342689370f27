// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

@Suite struct BetaFitTests {
    @Test("Digamma and trigamma have their known values at 1 and 1/2")
    func specialFunctions() {
        #expect(abs(digamma(1) + 0.577_215_664_901_533) < 1e-9)
        #expect(abs(digamma(0.5) + 1.963_510_026_021_423) < 1e-9)
        #expect(abs(trigamma(1) - 1.644_934_066_848_226) < 1e-9)
        #expect(abs(trigamma(0.5) - 4.934_802_200_544_679) < 1e-8)
    }

    @Test("A fit recovers the distribution that its samples come from")
    func recovers() throws {
        // Beta(2, 3) is the second smallest of four uniform draws.
        var generator = SeededGenerator(seed: 11)
        var samples = BetaSamples()
        for _ in 0..<40_000 {
            samples.add((0..<4).map { _ in generator.uniform() }.sorted()[1])
        }
        let fit = try #require(samples.fit(concentrationLimit: 1000))
        #expect(abs(fit.alpha - 2) < 0.06)
        #expect(abs(fit.beta - 3) < 0.09)
    }

    @Test("Samples that agree too well stop at the cap, at their mean")
    func capped() throws {
        var samples = BetaSamples()
        for _ in 0..<10 { samples.add(0.25) }
        let fit = try #require(samples.fit(concentrationLimit: 500))
        #expect(fit.alpha + fit.beta <= 500.01)
        #expect(abs(fit.alpha / (fit.alpha + fit.beta) - 0.25) < 0.01)
    }

    @Test("One sample has no distribution")
    func tooFew() {
        var samples = BetaSamples()
        samples.add(0.5)
        #expect(samples.fit(concentrationLimit: 500) == nil)
    }
}
