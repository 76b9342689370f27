// SPDX-License-Identifier: Apache-2.0

/// Weights and widths of the energy's terms at one step of a schedule (equations 9 and 13).
public struct EnergyWeights: Hashable, Sendable {
    /// w_dense: each sampled patch is explained by some point.
    public var dense = 1.0
    /// w_sparse: each keypoint finds its patch.
    public var sparse = 0.0
    /// w_geom: the shape is one of the class.
    public var geometry = 0.5
    /// w_background: no point lies on the background.
    public var background = 0.0
    /// w_depth: the free scale where depth is not metric; unused where it is.
    public var depth = 10.0
    /// Agreement with measured depth (not in the paper); unused without metric depth.
    public var measured = 0.0
    /// Agreement with the class's metric scale (not in the paper); unused without metric depth.
    public var scale = 0.0
    /// How much a point's chance to be seen counts in the image terms: exponent of it, 0 = all points alike.
    public var visibility = 0.0
    /// σ of equation 5 in the dense term [normalised image coordinates].
    public var denseSigma = 0.03
    /// σ of equation 5 in the sparse term [normalised image coordinates].
    public var sparseSigma = 0.05

    /// Makes the weights with which Table 5 begins its last stage.
    public init() {}
}

/// Values of the energy's terms before weighting.
public struct EnergyBreakdown: Hashable, Sendable {
    /// L_dense (equations 7 and 8), −1…0.
    public var dense = 0.0
    /// L_sparse, −1…0.
    public var sparse = 0.0
    /// L_geom (equation 10).
    public var geometry = 0.0
    /// L_background (equation 11), ≥ 0.
    public var background = 0.0
    /// L_depth (equation 12), ≥ 0.
    public var depth = 0.0
    /// Disagreement with measured depth, ≥ 0.
    public var measured = 0.0
    /// Disagreement with the class's metric scale, ≥ 0.
    public var scale = 0.0

    /// All zero.
    public init() {}

    /// The energy (equation 13).
    public func total(_ weights: EnergyWeights) -> Double {
        weights.dense * dense + weights.sparse * sparse + weights.geometry * geometry
            + weights.background * background + weights.depth * depth + weights.measured * measured
            + weights.scale * scale
    }
}
