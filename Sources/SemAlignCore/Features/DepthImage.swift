// SPDX-License-Identifier: Apache-2.0

/// Depth along the optical axis, registered to the colour image.
public struct DepthImage: Hashable, Sendable {
    /// Width and height; may be the colour image's divided or multiplied by an integer factor.
    public let size: ImageSize
    /// H×W, row-major; metres where `isMetric`, else any positive unit.
    ///
    /// 0 = no measurement; never NaN, Inf or negative.
    public let values: [Float]
    /// True where values are metres, false for relative depth.
    public let isMetric: Bool

    /// Makes a depth image; values that are not finite or not positive become 0, "no measurement".
    ///
    /// Precondition: `values` holds width × height numbers.
    public init(size: ImageSize, values: [Float], isMetric: Bool) {
        precondition(values.count == size.width * size.height, "a depth image needs width × height values")
        self.size = size
        self.values = values.map { $0 > 0 && $0.isFinite ? $0 : 0 }
        self.isMetric = isMetric
    }

    /// Depth of the sample nearest to a pixel of the colour image of size `imageSize`; 0 = none or outside.
    public func value(at pixel: SIMD2<Double>, in imageSize: ImageSize) -> Float {
        let column = ((pixel.x + 0.5) * Double(size.width) / Double(imageSize.width)).rounded(.down)
        let row = ((pixel.y + 0.5) * Double(size.height) / Double(imageSize.height)).rounded(.down)
        guard column >= 0, row >= 0, column < Double(size.width), row < Double(size.height) else { return 0 }
        return values[Int(row) * size.width + Int(column)]
    }
}
