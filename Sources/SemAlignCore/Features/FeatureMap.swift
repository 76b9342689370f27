// SPDX-License-Identifier: Apache-2.0

/// Patch features of an image (or of a crop of it) as a vision transformer gives them.
public struct FeatureMap: Hashable, Sendable {
    /// Patches from top to bottom, H_p.
    public let rows: Int
    /// Patches from left to right, W_p.
    public let columns: Int
    /// Feature length C.
    public let channels: Int
    /// H_p×W_p×C, row-major, not necessarily of unit length; every value finite.
    public let values: [Float16]
    /// What the patches cover [px, edges of the colour image]; each patch an equal cell of it.
    public let region: PixelRegion
    /// Free text that names the network, such as `dinov2-vits14-reg`; empty where unknown.
    public let model: String

    /// Makes a feature map.
    ///
    /// Precondition: `values` holds rows × columns × channels numbers.
    public init(
        rows: Int, columns: Int, channels: Int, values: [Float16], region: PixelRegion, model: String
    ) {
        precondition(values.count == rows * columns * channels, "a feature map needs H×W×C values")
        self.rows = rows
        self.columns = columns
        self.channels = channels
        self.values = values
        self.region = region
        self.model = model
    }

    /// Width and height of one patch [px].
    public var patchSize: SIMD2<Double> { region.extent / SIMD2(Double(columns), Double(rows)) }

    /// Centre of the patch (row, column) [px, pixel centres].
    public func center(row: Int, column: Int) -> SIMD2<Double> {
        region.minimum + patchSize * SIMD2(Double(column) + 0.5, Double(row) + 0.5) - 0.5
    }

    /// Continuous patch coordinates (column, row) of a pixel: integers at patch centres.
    public func patchCoordinates(of pixel: SIMD2<Double>) -> SIMD2<Double> {
        (pixel + 0.5 - region.minimum) / patchSize - 0.5
    }
}
