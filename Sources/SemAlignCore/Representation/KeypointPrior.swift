// SPDX-License-Identifier: Apache-2.0

/// Angle and length ratio of two edges of the keypoint graph, with their distributions over the class (equations 1 and 2).
public struct EdgePairFeature: Hashable, Sendable {
    /// First edge: from keypoint `first.x` to keypoint `first.y`.
    public let first: SIMD2<Int32>
    /// Second edge, likewise; differs from the first, may share one keypoint with it.
    public let second: SIMD2<Int32>
    /// Distribution of (cos A + 1) / 2, A the angle between the edges.
    public let angle: BetaDistribution
    /// Distribution of R = |first| / (|first| + |second|).
    public let ratio: BetaDistribution

    /// Joins two edges and their distributions.
    public init(
        first: SIMD2<Int32>, second: SIMD2<Int32>, angle: BetaDistribution, ratio: BetaDistribution
    ) {
        self.first = first
        self.second = second
        self.angle = angle
        self.ratio = ratio
    }
}

/// Direction of a fourth keypoint in the axes of a triangle: the feature that tells a shape from its mirror image.
///
/// For corners a, b, c and a fourth point d the unit axes are x ∥ b − a, z ∥ x × (c − a), y = z × x; the
/// feature is the three cosines between d − a and the axes, each mapped by (cos + 1) / 2.
public struct TetrahedronFeature: Hashable, Sendable {
    /// Keypoints a, b, c, d.
    public let corners: SIMD4<Int32>
    /// Distribution of the mapped cosine with the x axis.
    public let x: BetaDistribution
    /// Distribution of the mapped cosine with the y axis.
    public let y: BetaDistribution
    /// Distribution of the mapped cosine with the z axis.
    public let z: BetaDistribution

    /// Joins the corners and the three distributions.
    public init(corners: SIMD4<Int32>, x: BetaDistribution, y: BetaDistribution, z: BetaDistribution) {
        self.corners = corners
        self.x = x
        self.y = y
        self.z = z
    }
}

/// What is known of the shape of a class, independent of pose and scale.
public struct KeypointPrior: Hashable, Sendable {
    /// Edge pairs with enough observations.
    public let edgePairs: [EdgePairFeature]
    /// Tetrahedra with enough observations and a triangle that is not degenerate.
    public let tetrahedra: [TetrahedronFeature]
    /// 3L×3L, row-major: covariance of the keypoints after each instance was laid onto the canonical cloud
    /// by its best similarity transform, in canonical units², with a floor that keeps it invertible.
    public let shapeCovariance: [Double]

    /// Joins the parts of the prior.
    ///
    /// Precondition: the covariance is square.
    public init(
        edgePairs: [EdgePairFeature], tetrahedra: [TetrahedronFeature], shapeCovariance: [Double]
    ) {
        self.edgePairs = edgePairs
        self.tetrahedra = tetrahedra
        self.shapeCovariance = shapeCovariance
    }
}
