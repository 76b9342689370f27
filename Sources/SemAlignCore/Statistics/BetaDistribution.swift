// SPDX-License-Identifier: Apache-2.0

/// A Beta distribution over [0, 1]: the geometric features of section 3.1 of the paper.
public struct BetaDistribution: Hashable, Sendable {
    /// First shape parameter, > 0.
    public let alpha: Float
    /// Second shape parameter, > 0.
    public let beta: Float

    /// Makes the distribution with shape parameters α, β > 0.
    public init(alpha: Float, beta: Float) {
        self.alpha = alpha
        self.beta = beta
    }
}
