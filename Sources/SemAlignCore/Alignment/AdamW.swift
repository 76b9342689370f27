// SPDX-License-Identifier: Apache-2.0

/// AdamW (Loshchilov and Hutter): steps from running means of gradients and of their squares.
struct AdamW: Sendable {
    /// Decay of the running mean of gradients.
    let firstDecay: Double
    /// Decay of the running mean of squared gradients.
    let secondDecay: Double
    private var mean: [Double]
    private var square: [Double]
    private var firstPower = 1.0
    private var secondPower = 1.0

    /// Starts without history for `count` unknowns.
    init(count: Int, firstDecay: Double = 0.9, secondDecay: Double = 0.999) {
        self.firstDecay = firstDecay
        self.secondDecay = secondDecay
        mean = [Double](repeating: 0, count: count)
        square = mean
    }

    /// Begins a step: the corrections for the short history.
    mutating func beginStep() {
        firstPower *= firstDecay
        secondPower *= secondDecay
    }

    /// Direction of unknown `index` for its gradient, to be subtracted times the learning rate: about −1…1.
    mutating func direction(_ index: Int, gradient: Double) -> Double {
        mean[index] += (1 - firstDecay) * (gradient - mean[index])
        square[index] += (1 - secondDecay) * (gradient * gradient - square[index])
        let unbiased = square[index] / (1 - secondPower)
        return mean[index] / (1 - firstPower) / (unbiased.squareRoot() + 1e-8)
    }
}
