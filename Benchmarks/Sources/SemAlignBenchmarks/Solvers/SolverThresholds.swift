// SPDX-License-Identifier: Apache-2.0

/// What `fast` must keep against `adamw` on the standard workload: ratios only, so that any machine may judge.
struct SolverThresholds {
    /// Times that a cold start, and a warm frame, is faster than 16 starts of 1000 steps.
    let coldRatio: Double
    let warmRatio: Double
    /// Share of the images in which `fast` ends nearer to the truth.
    let nearerShare: Double

    /// The bars of the project's description, and what was measured less some room.
    static let committed = SolverThresholds(coldRatio: 20, warmRatio: 300, nearerShare: 0.85)

    /// One sentence for each threshold that is missed; instructions count where they can be counted.
    func missed(
        coldRatio: Double, warmRatio: Double, coldInstructionRatio: Double?, warmInstructionRatio: Double?,
        nearerShare: Double
    ) -> [String] {
        let bars = [
            ("times faster, cold", coldRatio as Double?, self.coldRatio),
            ("times faster, warm", warmRatio, self.warmRatio),
            ("times fewer instructions, cold", coldInstructionRatio, self.coldRatio),
            ("times fewer instructions, warm", warmInstructionRatio, self.warmRatio),
            ("share of the images nearer to the truth", nearerShare, self.nearerShare),
        ]
        return bars.compactMap { name, value, least in
            guard let value, !(value >= least) else { return nil }
            return "\(name): \((value * 100).rounded() / 100), at least \(least) are wanted"
        }
    }
}
