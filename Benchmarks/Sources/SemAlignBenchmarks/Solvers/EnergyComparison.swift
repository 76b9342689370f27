// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignSimulation

/// All solvers' answers to the same images under two energies: the paper's (equation 13), at its schedule's final weights,
/// which `adamw` goes down, and the one that `fast` minimises.
///
/// Under the second a first-order descent is held against `fast` as well, so that the same energy has two solvers.
struct EnergyComparison {
    /// One number for each answer to an image; `nil` where there is none.
    struct Answers {
        var fast: Double?
        var adamw: Double?
        /// AdamW on the energy of `fast`: from the starts of `adamw`, and from those with the solutions of a search first.
        var descent: Double?
        var seededDescent: Double?
        /// What ten further steps of `fast` make of its answer.
        var continued: Double?
        /// The true keypoints.
        var truth: Double?
    }

    /// What one image has to say.
    struct Image {
        var paper = Answers()
        /// The energy of `fast`: what it chooses by and states, and what its last steps go down.
        var judged = Answers()
        var refined = Answers()
        /// Median keypoint error [m].
        var error = Answers()
    }

    /// Energies, as `fast` states them, count as equal up to this.
    ///
    /// Rasters, cut windows and points that come into view make the energy as rough as that: further steps of the same
    /// solver move it as far. A unit counts for eight observations, so this is a likelihood ratio of 1.5.
    static let tolerance = 0.05

    let representation: ClassRepresentation
    /// Starts of `adamw` and of the descents.
    var starts = 16
    /// Solutions of a search that come first in the second descent.
    private let seeds = 4

    /// Aligns the images with all solvers, each without knowledge of the others but where said otherwise.
    func compare(_ images: [SyntheticObservation]) throws -> [Image] {
        let model = AlignmentModel(representation)
        var solver = GradientSolver()
        solver.schedule = .metric()
        let weights = solver.schedule.finalWeights
        var workspace = AlignmentWorkspace()
        var tracker = Tracker(representation: representation)
        return try images.map { image in
            let evidence = try ImageEvidence(observation: image.observation, model: model)
            let paper = AlignmentEnergy(model: model, evidence: evidence)
            let own = EvidenceEnergy(image.observation, tracker: tracker)
            tracker.reset()
            let result = tracker.update(image.observation) { 0 }
            var random = AlignmentStarts()
            random.rotations = starts
            let states = random.states(for: paper, workspace: &workspace)
            let runs = solver.align(
                starts: states, energy: paper, steps: 0..<solver.schedule.steps, workspace: &workspace)
            let best = AlignmentSelection().choose(runs, energy: paper, workspace: &workspace)?.best.state
            let rotations = states.map(\.keypoints)
            let found = Array((own?.found() ?? []).prefix(seeds))
            var seen = Image()
            let truth = image.keypoints.map(\.position)
            func note(_ keypoints: [SIMD3<Double>]?, as answer: WritableKeyPath<Answers, Double?>) {
                guard let keypoints, !keypoints.isEmpty else { return }
                let state = AlignmentState(
                    keypoints: keypoints,
                    focalLengthPixels: image.observation.intrinsics?.focalLength.x ?? result.focalLengthPixels
                )
                seen.paper[keyPath: answer] =
                    paper.breakdown(of: state, weights: weights, workspace: &workspace).total(weights)
                let value = own?.value(of: keypoints)
                seen.judged[keyPath: answer] = value?.judged
                seen.refined[keyPath: answer] = value?.refined
                seen.error[keyPath: answer] = Self.error(keypoints, truth)
            }
            let fast = result.keypoints.map(\.position)
            note(fast, as: \.fast)
            note(own?.refine(fast, steps: 10), as: \.continued)
            note(best?.keypoints, as: \.adamw)
            note(own?.descend(from: rotations)?.keypoints, as: \.descent)
            let seeded = found + rotations.prefix(starts - found.count)
            note(own?.descend(from: seeded)?.keypoints, as: \.seededDescent)
            note(truth, as: \.truth)
            return seen
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
        share(images) { isLower($0.error.fast, $0.error.adamw, by: .leastNonzeroMagnitude) }
    }

    /// Share of the images in which the energy of `fast`'s answer, as it states it, is no higher than that of the answer
    /// of `other`.
    static func shareLower(_ images: [Image], than other: KeyPath<Answers, Double?>) -> Double {
        share(images) { isLower($0.judged.fast, $0.judged[keyPath: other], by: -tolerance) }
    }

    private static func share(_ images: [Image], _ isTrue: (Image) -> Bool) -> Double {
        Double(images.count(where: isTrue)) / Double(max(images.count, 1))
    }

    /// True where `a` is below `b` by `margin` at least, or there is no `b`.
    private static func isLower(_ a: Double?, _ b: Double?, by margin: Double = 0) -> Bool {
        guard let a else { return false }
        return b.map { a + margin <= $0 } ?? true
    }

    /// The comparison in two tables: how often which energy is lower, and the medians beside the errors.
    static func report(_ images: [Image]) -> String {
        let energies = [\Image.paper, \Image.judged, \Image.refined]
        func lower(_ name: String, _ a: KeyPath<Answers, Double?>, _ b: KeyPath<Answers, Double?>) -> String {
            let counts = energies.map { energy in
                images.count { isLower($0[keyPath: energy][keyPath: a], $0[keyPath: energy][keyPath: b]) }
            }
            return "| \(name) | \(counts.map(String.init).joined(separator: " | ")) |"
        }
        func equal(_ b: KeyPath<Answers, Double?>) -> String {
            let count = images.count { isLower($0.judged.fast, $0.judged[keyPath: b], by: -tolerance) }
            return "| the same, or higher by less than \(tolerance) | | \(count) | |"
        }
        func median(_ values: [Double?], digits: Double = 100) -> String {
            let known = values.compactMap(\.self).filter(\.isFinite).sorted()
            return known.isEmpty ? "–" : "\((known[known.count / 2] * digits).rounded() / digits)"
        }
        func medians(_ name: String, _ answer: KeyPath<Answers, Double?>) -> String {
            let columns = energies.map { energy in median(images.map { $0[keyPath: energy][keyPath: answer] })
            }
            let error = median(images.map { $0.error[keyPath: answer].map { $0 * 1000 } })
            return "| \(name) | \(columns.joined(separator: " | ")) | \(error) |"
        }
        let nearer = images.count {
            isLower($0.error.fast, $0.error.adamw, by: .leastNonzeroMagnitude)
        }
        let rough = median(
            images.map { image in
                guard let a = image.judged.fast, let b = image.judged.continued else { return nil }
                return abs(a - b)
            }, digits: 1000)
        return """
            | of \(images.count) images | paper's energy | `fast`'s, as stated | as its last steps go down |
            |---|---|---|---|
            \(lower("`fast` no higher than `adamw`", \.fast, \.adamw))
            \(equal(\.adamw))
            \(lower("the truth no higher than `adamw`", \.truth, \.adamw))
            \(lower("`fast` no higher than the truth", \.fast, \.truth))
            \(lower("`fast` no higher than first order", \.fast, \.descent))
            \(equal(\.descent))
            \(lower("`fast` no higher than first order from its solutions too", \.fast, \.seededDescent))
            \(equal(\.seededDescent))

            | median | paper's energy | `fast`'s, as stated | as its last steps go down | keypoint error [mm] |
            |---|---|---|---|---|
            \(medians("`fast`", \.fast))
            \(medians("`fast`, ten further steps", \.continued))
            \(medians("`adamw`", \.adamw))
            \(medians("first order", \.descent))
            \(medians("first order from `fast`'s solutions too", \.seededDescent))
            \(medians("truth", \.truth))

            `fast` nearer to the truth than `adamw`: \(nearer) of \(images.count). Ten further steps change the energy that \
            `fast` states by \(rough) in the median.
            """
    }
}
