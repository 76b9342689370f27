// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SemAlignCore

/// How well mask, depth, picture and features of a bag's frames agree about where the object is.
struct SceneAgreement: Sendable {
    /// Evidence of one frame.
    private struct Frame: Sendable {
        let observation: Observation
        let brightness: [Float]?
        let outline: MaskOutline
        /// Distance from the outline at which inside and outside are compared [px].
        let reach: Double
        let likeness: LikenessMap?
        /// The mask's pixels of the object.
        let objectArea: Double
    }

    /// Share of the image from which on an object fills it.
    private static let fillingShare = 0.6

    private let frames: [Frame]

    init(_ samples: [SampledFrames.Sample], representation: ClassRepresentation?) {
        let vectors = representation.map { PackedVectors($0.appearance) }
        frames = samples.map { sample in
            let observation = sample.observation
            let likeness = representation.flatMap { representation in
                vectors.map { LikenessMap(observation.features, representation.appearance, $0) }
            }
            return Frame(
                observation: observation, brightness: sample.brightness,
                outline: MaskOutline(observation.mask, instance: observation.instance),
                reach: max(2, Double(observation.imageSize.width) / 110), likeness: likeness,
                objectArea: Double(observation.mask.area(of: observation.instance)))
        }
    }

    /// Number of frames whose mask has a border.
    var count: Int { frames.count { !$0.outline.places.isEmpty } }

    /// True where frames have depth.
    var hasDepth: Bool { frames.contains { $0.observation.depth != nil } }

    /// Larger side of the object, typically [px].
    var objectSide: Double {
        median(
            frames.compactMap { $0.observation.mask.bounds(of: $0.observation.instance)?.largerSide })
    }

    /// Mean over the outline of how much nearer depth is inside than outside, -1…1; NaN where that cannot be told.
    ///
    /// 1 = everywhere at least 3 % nearer. Stretches where the object stands on something show no step. Nothing is known
    /// of frames without depth, of those that the object fills, and of those with hardly any depth on both sides of the
    /// outline as it is.
    func depthStep(_ motion: MaskMotion) -> Double {
        mean { frame in
            guard let depth = frame.observation.depth else { return nil }
            let size = frame.observation.imageSize
            guard frame.objectArea < Self.fillingShare * Double(size.width * size.height) else { return nil }
            var (sum, count) = (0.0, 0)
            for place in frame.outline.places {
                let pixel = motion.apply(place.pixel, in: size)
                let outwards = frame.reach * motion.turn(place.outwards)
                let (inner, outer) = (
                    depth.value(at: pixel - outwards, in: size), depth.value(at: pixel + outwards, in: size)
                )
                guard inner > 0, outer > 0 else { continue }
                sum += max(-1, min(1, log(Double(outer / inner)) / 0.03))
                count += 1
            }
            let enough = max(1, frame.outline.places.count / 3)
            return motion == .still && count < enough ? nil : sum / Double(max(count, enough))
        }
    }

    /// Mean change of brightness across the outline, as a multiple of that across any line; NaN without pictures.
    func brightnessStep(_ motion: MaskMotion) -> Double {
        let own = mean { self.brightnessStep($0, motion) }
        var others: [Double] = []
        let side = objectSide
        for angle in 0..<8 {
            var moved = motion
            let turn = Double(angle) * .pi / 4
            moved.shift += 0.35 * side * SIMD2(cos(turn), sin(turn))
            others.append(mean { self.brightnessStep($0, moved) })
        }
        return own / max(others.reduce(0, +) / 8, 1)
    }

    private func brightnessStep(_ frame: Frame, _ motion: MaskMotion) -> Double? {
        guard let brightness = frame.brightness else { return nil }
        let size = frame.observation.imageSize
        func value(_ pixel: SIMD2<Double>) -> Float? {
            let (x, y) = (Int(pixel.x.rounded()), Int(pixel.y.rounded()))
            guard x >= 0, y >= 0, x < size.width, y < size.height else { return nil }
            return brightness[y * size.width + x]
        }
        var (sum, count) = (0.0, 0)
        for place in frame.outline.places {
            let pixel = motion.apply(place.pixel, in: size)
            let outwards = frame.reach * motion.turn(place.outwards)
            guard let inner = value(pixel - outwards), let outer = value(pixel + outwards) else { continue }
            sum += Double(abs(inner - outer))
            count += 1
        }
        return count > 0 ? sum / Double(count) : nil
    }

    /// Share of class-like patches on the mask less that beside it, -1…1; NaN without a class.
    ///
    /// A mask that no patch lies on has 0.
    func likeness(_ motion: MaskMotion) -> Double { mean { Self.agreement($0, motion)?.contrast } }

    /// Overlap of mask and class-like patches where the features covered the region of `guess`, 0…1; NaN without a class.
    func overlap(_ guess: RegionGuess) -> Double {
        mean { frame in
            let (features, size) = (frame.observation.features, frame.observation.imageSize)
            let region = guess.region(said: features.region, in: size)
            let patch = region.extent / SIMD2(Double(features.columns), Double(features.rows))
            return Self.agreement(frame, .still, region: region)?
                .overlap(objectPatches: frame.objectArea / (patch.x * patch.y))
        }
    }

    /// The region that the features would have to cover for the best overlap.
    var bestRegion: (guess: RegionGuess, overlap: Double) {
        var best = (guess: RegionGuess.said, overlap: overlap(.said))
        for guess in RegionGuess.all {
            let overlap = overlap(guess)
            if overlap > best.overlap { best = (guess, overlap) }
        }
        return best
    }

    private static func agreement(
        _ frame: Frame, _ motion: MaskMotion, region: PixelRegion? = nil
    ) -> LikenessMap.Agreement? {
        guard let likeness = frame.likeness else { return nil }
        let observation = frame.observation
        return likeness.agreement(over: region ?? observation.features.region) { pixel in
            observation.mask.contains(motion.undo(pixel, in: observation.imageSize), observation.instance)
        }
    }

    /// How similar the most class-like tenth of the patches is to the class, as a share of what is usual.
    var likenessPeak: Double { mean { $0.likeness?.peak } }

    /// Share of the mask that the features cover, 0…1.
    var coveredShare: Double {
        mean { frame in
            let observation = frame.observation
            guard !frame.outline.places.isEmpty else { return nil }
            let region = observation.features.region
            let inside = frame.outline.places.count {
                let edge = $0.pixel + 0.5
                return edge.x >= region.minimum.x && edge.y >= region.minimum.y && edge.x <= region.maximum.x
                    && edge.y <= region.maximum.y
            }
            return Double(inside) / Double(frame.outline.places.count)
        }
    }

    private func mean(_ value: (Frame) -> Double?) -> Double {
        let values = frames.compactMap { frame in frame.outline.places.isEmpty ? nil : value(frame) }
        return values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
    }
}

extension ObjectMask {
    /// True where the pixel nearest to `place` [px] carries `instance`.
    fileprivate func contains(_ place: SIMD2<Double>, _ instance: UInt8) -> Bool {
        guard abs(place.x) < 1e6, abs(place.y) < 1e6 else { return false }
        return contains(column: Int(place.x.rounded()), row: Int(place.y.rounded()), instance: instance)
    }
}
