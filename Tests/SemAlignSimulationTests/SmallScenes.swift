// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignSimulation

/// Small images with few channels, so that tests are quick in debug builds too.
enum SmallScenes {
    static var configuration: SimulationConfiguration {
        var configuration = SimulationConfiguration()
        configuration.imageSize = ImageSize(width: 160, height: 120)
        configuration.features.rows = 16
        configuration.features.columns = 16
        configuration.features.channels = 48
        return configuration
    }

    static func simulator(
        _ family: SyntheticFamily = .mug, seed: UInt64 = 3,
        _ change: (inout SimulationConfiguration) -> Void = { _ in }
    ) -> Simulator {
        var configuration = configuration
        change(&configuration)
        return Simulator(SyntheticClass(family: family, seed: seed), configuration: configuration)
    }
}
