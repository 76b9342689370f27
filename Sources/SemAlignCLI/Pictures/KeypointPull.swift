// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A keypoint and how far it is moved, as `NAME=dx,dy,dz`.
struct KeypointPull: ExpressibleByArgument {
    let keypoint: String
    /// Displacement in the class frame [m where the class is metric, else canonical units].
    let offset: SIMD3<Double>

    /// Reads the text; `nil` where it has another form.
    init?(argument: String) {
        let halves = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[0].isEmpty else { return nil }
        let numbers = halves[1].split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard numbers.count == 3, let x = numbers[0], let y = numbers[1], let z = numbers[2],
            [x, y, z].allSatisfy({ abs($0) < 1e6 })
        else { return nil }
        keypoint = String(halves[0])
        offset = [x, y, z]
    }
}
