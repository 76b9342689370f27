// SPDX-License-Identifier: Apache-2.0

/// A point that somebody asks for: a pixel of a reference view, or a point of the class frame.
public struct CorrespondenceQuery: Hashable, Sendable {
    /// What is known of the point.
    public enum Place: Hashable, Sendable {
        /// A pixel of the reference view [px].
        case pixel(SIMD2<Double>)
        /// A point of the class frame [canonical units].
        case position(SIMD3<Double>)
    }

    /// The asker's name for the point.
    public let id: String
    /// Where it is.
    public let place: Place

    /// Joins name and place.
    public init(id: String, place: Place) {
        self.id = id
        self.place = place
    }
}

/// Where a queried point is in the current image (equation 14).
public struct Correspondence: Hashable, Sendable {
    /// The query's name.
    public let id: String
    /// The query's pixel in its reference view [px]; `nil` for points of the class frame.
    public let queryPixel: SIMD2<Double>?
    /// Pixel in the current image [px].
    public let pixel: SIMD2<Double>
    /// Position in the current camera's optical frame [m where metric].
    public let position: SIMD3<Double>
    /// 3×3 covariance of the position, row-major, nine numbers [m²].
    public let covariance: [Double]
    /// p_spatial · p_sem at the answer, 0…1.
    public let score: Double
    /// Probability, 0…1, that the point is seen.
    public let visible: Double

    /// Joins the parts of an answer.
    public init(
        id: String, queryPixel: SIMD2<Double>?, pixel: SIMD2<Double>, position: SIMD3<Double>,
        covariance: [Double], score: Double, visible: Double
    ) {
        self.id = id
        self.queryPixel = queryPixel
        self.pixel = pixel
        self.position = position
        self.covariance = covariance
        self.score = score
        self.visible = visible
    }
}
