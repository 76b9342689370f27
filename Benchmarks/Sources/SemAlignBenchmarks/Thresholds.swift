// SPDX-License-Identifier: Apache-2.0

/// What the benchmarks are held to: ratios between programs of the same run where that can be, so that any machine may judge.
enum Thresholds {
    /// Times that a cold start, and a warm frame, of `fast` is faster than 16 starts of `adamw` of 1000 steps each; in time
    /// and, where the processor counts them, in instructions.
    static let coldRatio = 20.0
    static let warmRatio = 300.0
    /// Times that a cold start is faster than 16 starts of first order on the same energy of 1000 steps each.
    static let firstOrderRatio = 15.0
    /// Share of the images in which `fast` ends nearer to the truth than `adamw`.
    static let nearerShare = 0.85
    /// Share of the images in which the energy of `fast` is no higher than what first order reaches on the same energy, but
    /// for its roughness; wanted were 0.95 (docs/design/solver.md).
    static let lowerShare = 0.85
    /// Instructions of a frame of `fast` on the standard workload, median [millions].
    ///
    /// For processors with x86-64-v3; a quarter above what was counted (docs/benchmarks.md).
    static let coldInstructions = 800.0
    static let warmInstructions = 120.0

    /// Speed of reading and writing bags against the named program.
    static let readAgainstCat = 0.7
    static let readAgainstZstd = 0.8
    static let writeAgainstDD = 0.7
    static let readAgainstPython = 20.0
}

/// A measured figure and its threshold.
struct Bar {
    let name: String
    /// `nil` where it cannot be measured on this machine.
    let value: Double?
    let limits: ClosedRange<Double>

    init(_ name: String, _ value: Double?, atLeast least: Double) {
        (self.name, self.value, limits) = (name, value, least...Double.infinity)
    }

    init(_ name: String, _ value: Double?, atMost most: Double) {
        (self.name, self.value, limits) = (name, value, -Double.infinity...most)
    }

    /// One sentence where the threshold is missed.
    var miss: String? {
        guard let value, !limits.contains(value) else { return nil }
        let wanted =
            limits.upperBound.isFinite
            ? "at most \(limits.upperBound)" : "at least \(limits.lowerBound)"
        return "\(name): \((value * 100).rounded() / 100), \(wanted) wanted"
    }
}
