// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// Carries pixels from one aligned image into another over the class's points (equation 14).
///
/// Unlike the paper, an answer keeps the query's offset from the point that it was given to, so that points of
/// the class may be sparse, a similarity above the mean costs nothing, and a point that faces away is chosen
/// less readily.
public struct PairTransfer: Sendable {
    private let representation: ClassRepresentation
    /// σ^inference of p_spatial, in units of the region's larger side.
    public let sigma: Double
    /// σ beyond which the spatial likelihood of the source is not asked: its own, never wide.
    private static let sourceSigma = 0.03

    /// Prepares a class; `sigma` is Table 5's σ_sparse^inference.
    public init(_ representation: ClassRepresentation, sigma: Double) {
        self.representation = representation
        self.sigma = sigma
    }

    /// The class's point that stands for a pixel, and where the pixel is from there [canonical units].
    public struct Anchor: Hashable, Sendable {
        /// Point index, keypoints first.
        public let point: Int
        let offset: SIMD3<Double>
    }

    /// Vector of a point, to be compared with a target's patches.
    public func vector(of point: Int) -> ArraySlice<Float> {
        let appearance = representation.appearance
        return appearance.vectors[(point * appearance.channels)..<((point + 1) * appearance.channels)]
    }

    /// The point with the largest p_spatial · p_sem at a pixel of an aligned image.
    public func anchor(of pixel: SIMD2<Double>, in image: AlignedImage) -> Anchor? {
        let appearance = representation.appearance
        let feature = image.features.unitVector(at: pixel)
        let unit = Self.sourceSigma * image.features.region.largerSide
        var best: (point: Int, value: Double)?
        for (point, projection) in image.projections.enumerated() where projection.x.isFinite {
            let d = (projection - pixel) / unit
            var value = -0.5 * (d * d).sum()
            // p_sem is at most 1: what is already behind stays behind.
            if let best, value <= best.value { continue }
            value += logarithm(0.1 + 0.9 * image.visibility[point])
            if let feature {
                var similarity: Float = 0
                for (a, b) in zip(feature, vector(of: point)) { similarity += a * b }
                value += Self.logSemantic(similarity, appearance, point)
            }
            if value > best?.value ?? -.infinity { best = (point, value) }
        }
        return best.map { found in
            let depth = image.depths[found.point]
            let seen = image.camera.unproject(pixel, depth: depth)
            let at = image.camera.unproject(image.projections[found.point], depth: depth)
            return Anchor(
                point: found.point,
                offset: image.pose.rotation.applyInverse(seen - at) / image.pose.scale)
        }
    }

    /// log p_sem (equation 4), one-sided.
    private static func logSemantic(_ similarity: Float, _ appearance: PointAppearance, _ point: Int)
        -> Double
    {
        let below = max(0, appearance.similarityMean[point] - similarity)
        let z = Double(below / appearance.similarityDeviation[point])
        return -0.5 * z * z
    }

    /// Where the anchor's point is in a target, and p_spatial · p_sem of all its patches.
    ///
    /// `similarities` are those of the point's vector to the target's patches.
    public func place(
        _ anchor: Anchor, in image: AlignedImage, similarities: ArraySlice<Float>
    ) -> (pixel: SIMD2<Double>, scores: [Float])? {
        guard image.depths[anchor.point] > 0 else { return nil }
        let features = image.features
        let point = image.camera.unproject(image.projections[anchor.point], depth: image.depths[anchor.point])
        let carried = point + image.pose.scale * image.pose.rotation.apply(anchor.offset)
        guard let projection = image.camera.project(carried) else { return nil }
        let unit = sigma * features.region.largerSide
        let appearance = representation.appearance
        var scores = [Float](repeating: 0, count: similarities.count)
        var best = (value: -Double.infinity, patch: 0)
        for (patch, similarity) in similarities.enumerated() {
            let center = features.center(row: patch / features.columns, column: patch % features.columns)
            let d = (center - projection) / unit
            let value = -0.5 * (d * d).sum() + Self.logSemantic(similarity, appearance, anchor.point)
            if value > best.value { best = (value, patch) }
            scores[patch] = Float(exponential(value))
        }
        return (refine(best.patch, projection, unit, similarities, anchor.point, features), scores)
    }

    /// The largest p_spatial · p_sem at quarters of a patch round the best patch, similarities between bilinear.
    private func refine(
        _ patch: Int, _ projection: SIMD2<Double>, _ unit: Double, _ similarities: ArraySlice<Float>,
        _ point: Int, _ features: FeatureMap
    ) -> SIMD2<Double> {
        let appearance = representation.appearance
        func value(at pixel: SIMD2<Double>) -> Double {
            let d = (pixel - projection) / unit
            let place = features.patchCoordinates(of: pixel)
            let x = min(max(place.x, 0), Double(features.columns - 1))
            let y = min(max(place.y, 0), Double(features.rows - 1))
            let (left, top) = (Int(x), Int(y))
            let (right, bottom) = (min(left + 1, features.columns - 1), min(top + 1, features.rows - 1))
            let (fx, fy) = (Float(x) - Float(left), Float(y) - Float(top))
            func at(_ row: Int, _ column: Int) -> Float {
                similarities[similarities.startIndex + row * features.columns + column]
            }
            let upper = (1 - fx) * at(top, left) + fx * at(top, right)
            let lower = (1 - fx) * at(bottom, left) + fx * at(bottom, right)
            let similarity = (1 - fy) * upper + fy * lower
            return -0.5 * (d * d).sum() + Self.logSemantic(similarity, appearance, point)
        }
        let center = features.center(row: patch / features.columns, column: patch % features.columns)
        // The projection itself is a candidate: where the features say nothing it is the answer.
        var best = (pixel: projection, value: value(at: projection))
        for y in -4...4 {
            for x in -4...4 {
                let pixel = center + features.patchSize * SIMD2(Double(x), Double(y)) / 4
                let candidate = value(at: pixel)
                if candidate > best.value { best = (pixel, candidate) }
            }
        }
        return best.pixel
    }
}
