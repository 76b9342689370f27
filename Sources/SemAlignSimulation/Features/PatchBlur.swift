// SPDX-License-Identifier: Apache-2.0

/// Lets neighbouring patches bleed into each other.
struct PatchBlur {
    let rows: Int
    let columns: Int
    /// Numbers per patch.
    let depth: Int

    /// Smooths rows×columns×depth numbers by a kernel of the given standard deviation [patches]; the border
    /// patches are repeated outside.
    func blur(_ values: inout [Float], deviation: Double) {
        // A pass of (t, 1 − 2t, t) has the variance 2t; a quarter is the largest t without ringing.
        let variance = deviation * deviation
        let passes = max(1, Int((variance / 0.5).rounded(.up)))
        let side = Float(variance / Double(passes) / 2)
        for _ in 0..<passes {
            pass(&values, side: side, lines: rows, length: columns, lineStep: columns * depth, step: depth)
            pass(&values, side: side, lines: columns, length: rows, lineStep: depth, step: columns * depth)
        }
    }

    private func pass(
        _ values: inout [Float], side: Float, lines: Int, length: Int, lineStep: Int, step: Int
    ) {
        guard length > 1 else { return }
        let middle = 1 - 2 * side
        var before = [Float](repeating: 0, count: depth)
        var span = values.mutableSpan
        var old = before.mutableSpan
        for line in 0..<lines {
            let start = line * lineStep
            for index in 0..<depth { old[index] = span[start + index] }
            for place in 0..<length {
                let here = start + place * step
                let next = here + (place + 1 < length ? step : 0)
                for index in 0..<depth {
                    let value = span[here + index]
                    span[here + index] = side * old[index] + middle * value + side * span[next + index]
                    old[index] = value
                }
            }
        }
    }
}
