// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SemAlignCore

/// Compares the size of the object with that of its class.
struct ScaleCheck: Sendable {
    /// Ratio of sizes beyond which something is wrong: instances differ by a fifth, views by as much.
    private static let tolerance = 1.65
    /// Share of the frames in which the class has to be found at its own size to clear the visible surface's, and the ratio
    /// that is its own: the class's prior pulls a wrong size towards it.
    private static let foundShare = 0.8
    private static let ownRatio = 1.35

    private let observations: [Observation]
    private let representation: ClassRepresentation?

    init(_ observations: [Observation], representation: ClassRepresentation?) {
        self.observations = observations
        self.representation = representation
    }

    var findings: [Finding] {
        let distances = observations.compactMap(Self.distance)
        guard !distances.isEmpty else { return [] }
        let distance = median(distances)
        let spreads = observations.compactMap(Self.spread)
        guard let expected = representation.flatMap(Self.expectedSpread), !spreads.isEmpty else {
            return [unit(distance: distance)]
        }
        let ratio = median(spreads) / expected
        // A long object seen from its end shows little surface: then the class itself tells the size.
        if !Self.isUsual(ratio), let aligned = alignedRatio {
            return [Self.scale(aligned, distance: distance)]
        }
        return [Self.scale(ratio, distance: distance)]
    }

    private static func isUsual(_ ratio: Double) -> Bool { ratio <= tolerance && ratio >= 1 / tolerance }

    /// How many times as large as its class the object is where the class is aligned with each frame; `nil` where it is
    /// not found at about its own size in most of them.
    private var alignedRatio: Double? {
        guard let representation, let metres = representation.metricScale?.metresPerUnit else { return nil }
        var tracker = Tracker(representation: representation)
        let ratios = observations.compactMap { observation -> Double? in
            tracker.reset()
            let result = tracker.update(observation, clock: { 0 })
            return result.state == .tracking && result.isMetric
                ? result.cameraFromClass.scale / metres : nil
        }
        let found = ratios.count { $0 <= Self.ownRatio && $0 >= 1 / Self.ownRatio }
        let share = Double(found) / Double(observations.count)
        return share >= Self.foundShare ? median(ratios) : nil
    }

    private static func scale(_ ratio: Double, distance: Double) -> Finding {
        let found =
            "the object is \(short(ratio)) times as large as its class, \(short(distance)) m away"
        if ratio > 150 || ratio < 1 / 150 {
            return Finding(
                "depth_unit", .problem, found: found,
                matter: ratio > 1
                    ? "depth in millimetres is sent as metres" : "depth in metres is sent as millimetres",
                remedy: ratio > 1
                    ? "send 32FC1 in metres (divide by 1000), or 16UC1 in millimetres"
                    : "multiply by 1000 before 16UC1 is written")
        }
        guard !isUsual(ratio) else { return Finding("scale", .good, found: found) }
        return Finding(
            "scale", .problem, found: found,
            matter:
                "objects of one class are not that different: the unit of depth or the focal length is wrong, or "
                + "it is a toy",
            remedy:
                "check the camera's depth unit (a step of 16UC1 is 1 mm here; some cameras use 0.1 or 0.25 mm)"
        )
    }

    /// Without a class only the absurd can be seen.
    private func unit(distance: Double) -> Finding {
        let found = "the object is \(short(distance)) m away"
        guard distance > 30 || distance < 0.03 else { return Finding("depth_unit", .good, found: found) }
        return Finding(
            "depth_unit", .problem, found: found,
            matter: distance > 30
                ? "depth in millimetres seems to be sent as metres"
                : "depth in metres seems to be sent as millimetres",
            remedy: "send 32FC1 in metres, or 16UC1 in millimetres")
    }

    /// Median depth on the mask [m].
    private static func distance(_ observation: Observation) -> Double? {
        let depths = samples(observation).map(\.depth)
        return depths.count > 10 ? median(depths) : nil
    }

    /// Root mean square distance of the visible surface from its middle [m].
    static func spread(_ observation: Observation) -> Double? {
        guard let camera = observation.intrinsics, observation.depth?.isMetric == true else { return nil }
        let samples = samples(observation)
        guard samples.count > 30 else { return nil }
        let middle = median(samples.map(\.depth))
        // Smeared edges lie far behind the object.
        let kept = samples.filter { $0.depth > 0.75 * middle && $0.depth < 1.33 * middle }
        let points = kept.map { sample -> SIMD3<Double> in
            let ray = (sample.pixel - camera.principalPoint) / camera.focalLength
            return SIMD3(ray.x, ray.y, 1) * sample.depth
        }
        return Self.spread(of: points)
    }

    private static func spread(of points: [SIMD3<Double>]) -> Double? {
        guard points.count > 2 else { return nil }
        let mean = points.reduce(SIMD3<Double>.zero, +) / Double(points.count)
        let sum = points.reduce(0.0) { $0 + (($1 - mean) * ($1 - mean)).sum() }
        return (sum / Double(points.count)).squareRoot()
    }

    /// Pixels of the mask with their depth, about a thousand.
    private static func samples(_ observation: Observation) -> [(pixel: SIMD2<Double>, depth: Double)] {
        guard let depth = observation.depth, let box = observation.mask.bounds(of: observation.instance)
        else {
            return []
        }
        let step = max(1, Int((box.largerSide / 40).rounded()))
        var samples: [(pixel: SIMD2<Double>, depth: Double)] = []
        for row in stride(from: Int(box.minimum.y), to: Int(box.maximum.y), by: step) {
            for column in stride(from: Int(box.minimum.x), to: Int(box.maximum.x), by: step)
            where observation.mask.contains(column: column, row: row, instance: observation.instance) {
                let pixel = SIMD2(Double(column), Double(row))
                let value = depth.value(at: pixel, in: observation.imageSize)
                if value > 0 { samples.append((pixel, Double(value))) }
            }
        }
        return samples
    }

    /// The spread that the class has from where it can be seen, in the middle [m].
    private static func expectedSpread(_ representation: ClassRepresentation) -> Double? {
        guard let metres = representation.metricScale?.metresPerUnit else { return nil }
        let points = representation.points
        let visibility = representation.visibility
        let spreads = visibility.directions.indices.compactMap { direction -> Double? in
            spread(
                of: points.indices.filter { visibility.probability(point: $0, direction: direction) > 0.5 }
                    .map { points[$0] })
        }
        return spreads.isEmpty ? nil : metres * median(spreads)
    }
}
