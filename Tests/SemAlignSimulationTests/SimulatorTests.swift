// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignSimulation
import Testing

@Suite struct SimulatorTests {
    private func simulator(_ family: SyntheticFamily = .mug) -> Simulator {
        var configuration = SimulationConfiguration()
        configuration.imageSize = ImageSize(width: 160, height: 120)
        configuration.features.rows = 16
        configuration.features.columns = 16
        configuration.features.channels = 32
        return Simulator(SyntheticClass(family: family, seed: 3), configuration: configuration)
    }

    @Test("The same seed gives the same image, another seed another one")
    func isDeterministic() {
        let first = simulator().view(instance: 0, seed: 5, id: "a")
        let again = simulator().view(instance: 0, seed: 5, id: "a")
        let other = simulator().view(instance: 0, seed: 6, id: "a")
        #expect(first.observation == again.observation)
        #expect(first.pixels == again.pixels)
        #expect(first.keypoints == again.keypoints)
        #expect(first.observation != other.observation)
    }
}
