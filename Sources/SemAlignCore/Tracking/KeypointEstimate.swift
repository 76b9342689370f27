// SPDX-License-Identifier: Apache-2.0

/// Where one keypoint is.
public struct KeypointEstimate: Hashable, Sendable {
    /// Position in the camera's optical frame [m; canonical units times an unknown scale where not metric].
    public let position: SIMD3<Double>
    /// Projection [px, integers at pixel centres]; NaN where the point lies behind the camera.
    public let pixel: SIMD2<Double>
    /// 3×3 covariance of the position, row-major, nine numbers [m²].
    public var covariance: [Double] { matrix.rows }
    /// Probability, 0…1, that the point is seen in this image.
    public let visible: Double
    /// How well the image agrees with the point being there, 0…1.
    public let score: Double
    private let matrix: CovarianceMatrix

    /// Joins the parts of an estimate.
    ///
    /// Precondition: the covariance has nine entries.
    public init(
        position: SIMD3<Double>, pixel: SIMD2<Double>, covariance: [Double], visible: Double, score: Double
    ) {
        self.init(
            position: position, pixel: pixel, covariance: CovarianceMatrix(rows: covariance),
            visible: visible, score: score)
    }

    /// Joins the parts of an estimate without memory of its own.
    init(
        position: SIMD3<Double>, pixel: SIMD2<Double>, covariance: CovarianceMatrix, visible: Double,
        score: Double
    ) {
        self.position = position
        self.pixel = pixel
        matrix = covariance
        self.visible = visible
        self.score = score
    }
}
