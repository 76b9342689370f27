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
        self.init(appearance.vectors, count: appearance.pointCount, channels: appearance.channels)
    }

    /// Packs `count` rows of `channels` numbers.
    init(_ vectors: [Float], count: Int, channels: Int) {
        let padded = (count + 15) / 16 * 16
        var values = [Float](repeating: 0, count: padded * channels)
        for point in 0..<count {
            let block = point / 16 * channels * 16 + point % 16
            for channel in 0..<channels {
                values[block + channel * 16] = vectors[point * channels + channel]
            }
        }
        pointCount = count
        paddedCount = padded
        self.channels = channels
        self.values = values
    }
}
