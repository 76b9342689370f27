// SPDX-License-Identifier: Apache-2.0

/// The class vectors of all L + N points, laid out once per representation for the similarity kernel.
public struct PackedVectors: Hashable, Sendable {
    /// Number of points, L + N.
    public let pointCount: Int
    /// `pointCount` rounded up to a whole number of 16.
    public let paddedCount: Int
    /// Feature length C.
    public let channels: Int
    /// Blocks of 16 points, [paddedCount / 16][C][16]; padding is zero.
    let values: [Float]

    /// Packs the unit vectors of `appearance`.
    public init(_ appearance: PointAppearance) {
        let padded = (appearance.pointCount + 15) / 16 * 16
        let channels = appearance.channels
        var values = [Float](repeating: 0, count: padded * channels)
        for point in 0..<appearance.pointCount {
            let block = point / 16 * channels * 16 + point % 16
            for channel in 0..<channels {
                values[block + channel * 16] = appearance.vectors[point * channels + channel]
            }
        }
        pointCount = appearance.pointCount
        paddedCount = padded
        self.channels = channels
        self.values = values
    }
}
