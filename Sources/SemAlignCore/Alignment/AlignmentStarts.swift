// SPDX-License-Identifier: Apache-2.0

/// Where alignments begin when nothing is known of the pose: the paper's starts.
public struct AlignmentStarts: Hashable, Sendable {
    /// Focal lengths to try where the camera is unknown [normalised].
    public var focalLengths = [10.0, 5.0, 2.5, 1.25]
    /// Rotations for each focal length where the camera is unknown.
    public var rotationsPerFocalLength = 4
    /// Rotations where it is known.
    public var rotations = 16
    /// Rotations that are looked at for each start that is wanted; the best ones that differ become the starts.
    ///
    /// Unlike the paper, which starts from random ones: a look costs about as much as one step. 1 = no choice.
    public var looksPerStart = 30
    /// Width at which a look compares model and image [normalised].
    public var lookSigma = 0.15
    /// How much a standard deviation of semantic agreement counts in a look, against p_sem · p_spatial.
    public var agreementWeight = 1.0
    /// Least angle between two starts of the same focal length [rad].
    public var separation = 0.5
    /// Seed of the rotations.
    public var seed: UInt64 = 0

    /// The paper's numbers.
    public init() {}

    /// Starts for `energy`: centred on the mask, at the measured depth or at the depth that its size tells.
    ///
    /// Rotations are random; those are taken under which the visible points agree best with the image.
    public func states(
        for energy: AlignmentEnergy, workspace: inout AlignmentWorkspace
    ) -> [AlignmentState] {
        let camera = energy.evidence.camera
        let focals: [Double]
        let each: Int
        if let known = camera.knownFocalLength {
            (focals, each) = ([known], rotations)
        } else {
            (focals, each) = (focalLengths, rotationsPerFocalLength)
        }
        var generator = SeededGenerator(seed: seed)
        var states: [AlignmentState] = []
        for focal in focals {
            states += promising(energy, focal, count: each, &generator, &workspace)
        }
        return states
    }

    /// The `count` best of many random rotations, no two of them close to one another.
    private func promising(
        _ energy: AlignmentEnergy, _ focalLength: Double, count: Int, _ generator: inout SeededGenerator,
        _ workspace: inout AlignmentWorkspace
    ) -> [AlignmentState] {
        var looks: [(rotation: Rotation, state: AlignmentState, energy: Double)] = []
        for _ in 0..<count * max(looksPerStart, 1) {
            let rotation = Rotation.random(using: &generator)
            let state = state(energy, rotation: rotation, focalLength: focalLength)
            let value = looksPerStart > 1 ? look(at: state, energy, &workspace) : 0
            looks.append((rotation, state, value))
        }
        looks.sort { $0.energy < $1.energy }
        var chosen: [Int] = []
        for (number, look) in looks.enumerated() where chosen.count < count {
            let isNew = chosen.allSatisfy { look.rotation.angle(to: looks[$0].rotation) > separation }
            if isNew || looks.count == count { chosen.append(number) }
        }
        return chosen.map { looks[$0].state }
    }

    /// What speaks against a state, at a glance.
    private func look(
        at state: AlignmentState, _ energy: AlignmentEnergy, _ workspace: inout AlignmentWorkspace
    ) -> Double {
        let terms = energy.breakdown(of: state, weights: lookWeights, workspace: &workspace)
        return terms.total(lookWeights) - agreementWeight * energy.semanticAgreement(workspace)
    }

    private var lookWeights: EnergyWeights {
        var weights = EnergyWeights()
        (weights.dense, weights.sparse, weights.geometry, weights.depth) = (1, 1, 0, 0)
        (weights.measured, weights.visibility) = (0.05, 1)
        (weights.denseSigma, weights.sparseSigma) = (lookSigma, lookSigma)
        return weights
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
