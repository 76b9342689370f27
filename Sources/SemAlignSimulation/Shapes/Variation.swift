// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Where a shape's numbers come from: its mean, or the mean varied by a random factor.
///
/// A shape is written once as a function of the numbers that it asks for in a fixed order. Asked without a
/// generator it is the class's mean shape, asked with one it is an instance with the same topology.
struct Variation {
    private var generator: SeededGenerator?
    private let spread: Double
    private let classFactors: [Double]
    private var asked = 0

    /// Varies around means that are themselves multiplied by `classFactors`, cyclically.
    init(classFactors: [Double], generator: SeededGenerator?, spread: Double) {
        self.generator = generator
        self.spread = spread
        self.classFactors = classFactors
    }

    /// The next number of the shape: `mean`, times the class's factor, times e^(spread · normal).
    mutating func callAsFunction(_ mean: Double) -> Double {
        let factor = classFactors[asked % classFactors.count]
        asked += 1
        guard generator != nil else { return mean * factor }
        let draw = generator?.normal() ?? 0
        return mean * factor * exponential(spread * min(max(draw, -2), 2))
    }
}
