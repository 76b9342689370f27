// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignSimulation

/// Both solvers' answers to the same images under one energy: the paper's (equation 13), at its schedule's final weights.
///
/// That energy is what `adamw` goes down and `fast` does not look at, so this is held against `fast`.
struct EnergyComparison {
    /// What one image has to say.
    struct Image {
        /// Energy of each answer; `nil` where there is none.
        let fast: Double?
        let adamw: Double?
        /// Energy of the canonical keypoints placed on the true ones.
        let truth: Double?
        /// Median keypoint error of each answer [m].
        let fastError: Double
        let adamwError: Double
    }

    let representation: ClassRepresentation
    /// Random starts of `adamw` and the steps of its schedule.
    var starts = 16

    /// Aligns the images with both solvers, each without knowledge of the others.
    func compare(_ images: [SyntheticObservation]) throws -> [Image] {
        let model = AlignmentModel(representation)
        var solver = GradientSolver()
        solver.schedule = .metric()
        var workspace = AlignmentWorkspace()
        var tracker = Tracker(representation: representation)
        return try images.map { image in
            let evidence = try ImageEvidence(observation: image.observation, model: model)
            let energy = AlignmentEnergy(model: model, evidence: evidence)
            tracker.reset()
            let result = tracker.update(image.observation) { 0 }
            var random = AlignmentStarts()
            random.rotations = starts
            let states = random.states(for: energy, workspace: &workspace)
            let runs = solver.align(
                starts: states, energy: energy, steps: 0..<solver.schedule.steps, workspace: &workspace)
            let paper = AlignmentSelection().choose(runs, energy: energy, workspace: &workspace)?.best.state
            func value(_ keypoints: [SIMD3<Double>]?, _ workspace: inout AlignmentWorkspace) -> Double? {
                guard let keypoints, !keypoints.isEmpty else { return nil }
                let state = AlignmentState(
                    keypoints: keypoints,
                    focalLengthPixels: image.observation.intrinsics?.focalLength.x ?? result.focalLengthPixels
                )
                let weights = solver.schedule.finalWeights
                return energy.breakdown(of: state, weights: weights, workspace: &workspace).total(weights)
            }
            let (fast, truth) = (result.keypoints.map(\.position), image.keypoints.map(\.position))
            return Image(
                fast: value(fast, &workspace), adamw: value(paper?.keypoints, &workspace),
                truth: value(truth, &workspace), fastError: Self.error(fast, truth),
                adamwError: Self.error(paper?.keypoints ?? [], truth))
        }
    }

    private static func error(_ positions: [SIMD3<Double>], _ truth: [SIMD3<Double>]) -> Double {
        let errors = zip(positions, truth).map { position, truth in
            let d = position - truth
            return (d * d).sum().squareRoot()
        }.sorted()
        return errors.isEmpty ? .nan : errors[errors.count / 2]
    }
}

extension EnergyComparison {
    /// Share of the images in which `fast`'s answer is nearer to the truth than `adamw`'s.
    static func shareNearer(_ images: [Image]) -> Double {
        Double(images.count { $0.fastError < $0.adamwError }) / Double(max(images.count, 1))
    }

    /// The comparison in one table: how often which energy is lower, and the errors beside it.
    static func report(_ images: [Image]) -> String {
        func share(_ isTrue: (Image) -> Bool) -> String {
            let count = images.count(where: isTrue)
            return "\(count) of \(images.count)"
        }
        func median(_ value: (Image) -> Double?) -> String {
            let values = images.compactMap(value).filter(\.isFinite).sorted()
            return values.isEmpty ? "–" : "\((values[values.count / 2] * 1e4).rounded() / 1e4)"
        }
        func isLower(_ a: Double?, _ b: Double?) -> Bool {
            guard let a else { return false }
            return b.map { a <= $0 } ?? true
        }
        return """
            | paper's energy at its final weights | |
            |---|---|
            | `fast` no higher than `adamw` | \(share { isLower($0.fast, $0.adamw) }) |
            | the truth no higher than `adamw` | \(share { isLower($0.truth, $0.adamw) }) |
            | `fast` no higher than the truth | \(share { isLower($0.fast, $0.truth) }) |
            | median energy: `fast`, `adamw`, truth | \(median(\.fast)), \(median(\.adamw)), \(median(\.truth)) |
            | median keypoint error [m]: `fast`, `adamw` | \(median(\.fastError)), \(median(\.adamwError)) |
            | `fast` nearer to the truth than `adamw` | \(share { $0.fastError < $0.adamwError }) |
            """
    }
}
