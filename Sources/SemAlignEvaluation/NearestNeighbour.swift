// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// The baseline: each keypoint at the patch inside the mask that is most similar to its mean feature.
public struct NearestNeighbour: Sendable {
    private let appearance: PointAppearance
    private let keypointCount: Int

    /// Prepares the baseline for a class.
    public init(_ representation: ClassRepresentation) {
        appearance = representation.appearance
        keypointCount = representation.keypoints.count
    }

    /// One pixel per keypoint: the centre of the patch chosen; `nil` where no patch lies in the mask.
    public func pixels(in observation: Observation) -> [SIMD2<Double>?] {
        let features = observation.features
        guard features.channels == appearance.channels else {
            return [SIMD2<Double>?](repeating: nil, count: keypointCount)
        }
        var best = [Float](repeating: -.infinity, count: keypointCount)
        var pixels = [SIMD2<Double>?](repeating: nil, count: keypointCount)
        for row in 0..<features.rows {
            for column in 0..<features.columns {
                let center = features.center(row: row, column: column)
                guard observation.showsObject(at: center) else { continue }
                let start = (row * features.columns + column) * features.channels
                let patch = features.values[start..<(start + features.channels)].map { Float($0) }
                let square = patch.reduce(0) { $0 + $1 * $1 }
                guard square > 0 else { continue }
                for i in 0..<keypointCount {
                    var product: Float = 0
                    for c in 0..<features.channels {
                        product += patch[c] * appearance.vectors[i * features.channels + c]
                    }
                    let similarity = product / square.squareRoot()
                    if similarity > best[i] { (best[i], pixels[i]) = (similarity, center) }
                }
            }
        }
        return pixels
    }
}
