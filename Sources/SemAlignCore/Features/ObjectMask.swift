// SPDX-License-Identifier: Apache-2.0

/// Which object each pixel of the colour image belongs to.
public struct ObjectMask: Hashable, Sendable {
    /// Width and height: those of the colour image.
    public let size: ImageSize
    /// H×W, row-major: 0 = background, otherwise the instance number.
    public let labels: [UInt8]

    /// Makes a mask.
    ///
    /// Precondition: `labels` holds width × height values.
    public init(size: ImageSize, labels: [UInt8]) {
        precondition(labels.count == size.width * size.height, "a mask needs width × height labels")
        self.size = size
        self.labels = labels
    }

    /// True where the pixel (column, row) lies inside the image and carries `instance`.
    public func contains(column: Int, row: Int, instance: UInt8) -> Bool {
        guard column >= 0, row >= 0, column < size.width, row < size.height else { return false }
        return labels[row * size.width + column] == instance
    }

    /// Number of pixels that carry `instance`.
    public func area(of instance: UInt8) -> Int {
        labels.reduce(0) { $0 + ($1 == instance ? 1 : 0) }
    }

    /// The instance number with the largest area; `nil` where everything is background.
    public var largestInstance: UInt8? {
        var counts = [Int](repeating: 0, count: 256)
        for label in labels { counts[Int(label)] += 1 }
        counts[0] = 0
        guard let best = counts.indices.max(by: { counts[$0] < counts[$1] }), counts[best] > 0 else {
            return nil
        }
        return UInt8(best)
    }

    /// The smallest region [px, edges] that holds all pixels of `instance`; `nil` where there are none.
    public func bounds(of instance: UInt8) -> PixelRegion? {
        var low = SIMD2(Int.max, Int.max)
        var high = SIMD2(Int.min, Int.min)
        for row in 0..<size.height {
            for column in 0..<size.width where labels[row * size.width + column] == instance {
                low = SIMD2(min(low.x, column), min(low.y, row))
                high = SIMD2(max(high.x, column + 1), max(high.y, row + 1))
            }
        }
        guard low.x <= high.x else { return nil }
        return PixelRegion(
            minimum: SIMD2(Double(low.x), Double(low.y)), maximum: SIMD2(Double(high.x), Double(high.y)))
    }
}
