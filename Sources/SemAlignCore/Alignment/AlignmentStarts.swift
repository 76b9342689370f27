// SPDX-License-Identifier: Apache-2.0

/// Where alignments begin when nothing is known of the pose: the paper's starts.
public struct AlignmentStarts: Hashable, Sendable {
    /// Focal lengths to try where the camera is unknown [normalised].
    public var focalLengths = [10.0, 5.0, 2.5, 1.25]
    /// Rotations for each focal length where the camera is unknown.
    public var rotationsPerFocalLength = 4
    /// Rotations where it is known.
    public var rotations = 16
    /// Seed of the rotations.
    public var seed: UInt64 = 0

    /// The paper's numbers.
    public init() {}

    /// Starts for `energy`: centred on the mask, at the measured depth or at the depth that its size tells.
    ///
    /// Rotations are random, each new one the farthest from those before among twenty draws.
    public func states(for energy: AlignmentEnergy) -> [AlignmentState] {
        let camera = energy.evidence.camera
        let focals: [Double]
        let each: Int
        if let known = camera.knownFocalLength {
            (focals, each) = ([known], rotations)
        } else {
            (focals, each) = (focalLengths, rotationsPerFocalLength)
        }
        let turns = spreadRotations(focals.count * each)
        return turns.enumerated().map { number, rotation in
            state(energy, rotation: rotation, focalLength: focals[number / each])
        }
    }

    /// The start with a given rotation, class frame to camera, and focal length [normalised].
    public func state(
        _ energy: AlignmentEnergy, rotation: Rotation, focalLength: Double
    ) -> AlignmentState {
        let (model, extent) = (energy.model, energy.evidence.extent)
        let canonical = AlignmentState(keypoints: model.canonicalKeypoints, focalLengthPixels: 1)
        // A cloud of radius r, seen from anywhere, has about √(2/3) of it across the line of sight.
        let seenRadius = 0.816 * canonical.radius
        var scale = model.metricScale?.metresPerUnit ?? 1
        var depth = focalLength * scale * seenRadius / max(extent.radius, 1e-6)
        if energy.evidence.isMetric, let measured = extent.depth {
            if model.metricScale == nil {
                scale = measured * extent.radius / (focalLength * seenRadius)
            }
            // The sensor sees the front.
            depth = measured + 0.25 * scale * model.diameter
        }
        let place = SIMD3(
            extent.center.x / focalLength, extent.center.y / (focalLength * energy.evidence.camera.aspect), 1)
        let pose = SimilarityTransform(
            scale: scale, rotation: rotation,
            translation: depth * place - scale * rotation.apply(canonical.centroid))
        return AlignmentState(
            model: model, cameraFromClass: pose,
            focalLengthPixels: focalLength * energy.evidence.camera.unit)
    }

    private func spreadRotations(_ count: Int) -> [Rotation] {
        var generator = SeededGenerator(seed: seed)
        var chosen: [Rotation] = []
        for _ in 0..<count {
            var best = Rotation.random(using: &generator)
            var farthest = -1.0
            for _ in 0..<20 {
                let candidate = Rotation.random(using: &generator)
                let distance = chosen.map { candidate.angle(to: $0) }.min() ?? 0
                if distance > farthest { (best, farthest) = (candidate, distance) }
            }
            chosen.append(best)
        }
        return chosen
    }
}

extension Rotation {
    /// A uniformly distributed rotation.
    static func random(using generator: inout SeededGenerator) -> Rotation {
        // A uniform direction in four dimensions, by rejection from the cube.
        while true {
            var q = SIMD4<Double>.zero
            for i in 0..<4 { q[i] = 2 * generator.uniform() - 1 }
            let square = (q * q).sum()
            if square > 0.01, square <= 1 { return Rotation(quaternion: q) }
        }
    }
}
