// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a maximum-likelihood fit of a Beta distribution needs to know of its samples.
struct BetaSamples {
    /// Number of samples.
    private(set) var count = 0.0
    private var sum = 0.0
    private var squares = 0.0
    private var logSum = 0.0
    private var complementLogSum = 0.0

    /// Adds a sample, clamped to [1e-6, 1 − 1e-6].
    mutating func add(_ sample: Double) {
        let x = min(max(sample, 1e-6), 1 - 1e-6)
        count += 1
        sum += x
        squares += x * x
        logSum += log(x)
        complementLogSum += log(1 - x)
    }

    /// The maximum-likelihood distribution, α + β at most `concentrationLimit`; `nil` for fewer than two samples.
    ///
    /// Newton steps on (α, β) from the moments' estimate: ψ(α) − ψ(α + β) = mean log x, likewise for 1 − x.
    func fit(concentrationLimit: Double) -> BetaDistribution? {
        guard count >= 2 else { return nil }
        let mean = sum / count
        let variance = max(squares / count - mean * mean, 1e-9)
        let concentration = min(max(mean * (1 - mean) / variance - 1, 0.5), concentrationLimit)
        var alpha = mean * concentration
        var beta = (1 - mean) * concentration
        let (logMean, complementLogMean) = (logSum / count, complementLogSum / count)
        for _ in 0..<20 {
            let shared = digamma(alpha + beta)
            let g = (digamma(alpha) - shared - logMean, digamma(beta) - shared - complementLogMean)
            let t = trigamma(alpha + beta)
            let (a, d) = (trigamma(alpha) - t, trigamma(beta) - t)
            let determinant = a * d - t * t
            guard determinant > 0 else { break }
            let step = ((d * g.0 + t * g.1) / determinant, (t * g.0 + a * g.1) / determinant)
            // Halved where a full step would leave the positive quadrant.
            alpha = max(alpha - step.0, alpha / 2)
            beta = max(beta - step.1, beta / 2)
            if alpha + beta > concentrationLimit { break }
            if abs(step.0) < 1e-6 * alpha, abs(step.1) < 1e-6 * beta { break }
        }
        let excess = max((alpha + beta) / concentrationLimit, 1)
        return BetaDistribution(
            alpha: Float(max(alpha / excess, 1e-3)), beta: Float(max(beta / excess, 1e-3)))
    }
}

/// ψ(x) for x > 0: recurrence up to 6, then the asymptotic series; error below 1e-9.
func digamma(_ argument: Double) -> Double {
    var x = argument
    var value = 0.0
    while x < 6 {
        value -= 1 / x
        x += 1
    }
    let f = 1 / (x * x)
    return value + log(x) - 0.5 / x
        - f * (1.0 / 12 - f * (1.0 / 120 - f * (1.0 / 252 - f * (1.0 / 240 - f / 132))))
}

/// ψ′(x) for x > 0, likewise.
func trigamma(_ argument: Double) -> Double {
    var x = argument
    var value = 0.0
    while x < 6 {
        value += 1 / (x * x)
        x += 1
    }
    let f = 1 / (x * x)
    return value + 1 / x + f / 2
        + f / x * (1.0 / 6 - f * (1.0 / 30 - f * (1.0 / 42 - f * (1.0 / 30 - f * 5 / 66))))
}
