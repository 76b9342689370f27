// SPDX-License-Identifier: Apache-2.0

/// Width and height of an image [px].
public struct ImageSize: Hashable, Sendable {
    /// Columns [px].
    public let width: Int
    /// Rows [px].
    public let height: Int

    /// Makes a size of `width` × `height` pixels.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The middle of the image [px, pixel centres].
    public var center: SIMD2<Double> { SIMD2(Double(width - 1), Double(height - 1)) / 2 }
}

/// An axis-aligned rectangle in pixel **edges**: the whole image is (−0.5, −0.5) … (W − 0.5, H − 0.5)
/// in pixel centres and (0, 0) … (W, H) here.
///
/// It may reach outside the image.
public struct PixelRegion: Hashable, Sendable {
    /// Top-left corner [px, edges].
    public let minimum: SIMD2<Double>
    /// Bottom-right corner [px, edges], greater than `minimum` in both coordinates.
    public let maximum: SIMD2<Double>

    /// Makes a region from two corners in pixel edges.
    public init(minimum: SIMD2<Double>, maximum: SIMD2<Double>) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// The region that an image of `size` covers.
    public init(_ size: ImageSize) {
        self.init(minimum: .zero, maximum: SIMD2(Double(size.width), Double(size.height)))
    }

    /// Width and height [px].
    public var extent: SIMD2<Double> { maximum - minimum }

    /// The larger side [px]: m of METHOD's normalised image coordinates.
    public var largerSide: Double { max(extent.x, extent.y) }

    /// True where a pixel [px, pixel centres] lies inside.
    public func contains(_ pixel: SIMD2<Double>) -> Bool {
        let edge = pixel + 0.5
        return edge.x >= minimum.x && edge.y >= minimum.y && edge.x <= maximum.x && edge.y <= maximum.y
    }
}
