// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignEvaluation
import SemAlignSimulation

/// How often the truth lies inside the 95 % ellipsoids that a solver states, on all simulated classes.
///
/// Each class is built from 30 images of seen instances and judged on unseen ones: `imageCount` single images, as many
/// with 30 to 50 % hidden, both cold, and a tracked video of five times as many frames.
struct CovarianceBenchmark {
    let solver: Solver
    /// Images of each class and set.
    var imageCount = 12

    /// Squared distances of the true keypoints, in deviations of what was answered.
    private struct Distances {
        var visible: [Double] = []
        var hidden: [Double] = []

        /// Adds an answer's keypoints, which are those of `image` with the numbers `known`.
        mutating func add(_ result: TrackingResult, _ image: SyntheticObservation, known: [Int]) {
            guard result.isMetric else { return }
            for (estimate, number) in zip(result.keypoints, known) {
                let truth = image.keypoints[number]
                let distance = estimate.squaredMahalanobisDistance(to: truth.position)
                if truth.isVisible { visible.append(distance) } else { hidden.append(distance) }
            }
        }

        mutating func add(_ others: Distances) {
            visible += others.visible
            hidden += others.hidden
        }

        /// Share inside the ellipsoid of visible and of hidden keypoints; in brackets the factor on the covariances with
        /// which 95 % would be.
        var columns: String {
            [visible, hidden].map { distances in
                guard !distances.isEmpty else { return "–" }
                let bound = KeypointEstimate.bound95
                let share = Double(distances.count { $0 <= bound }) / Double(distances.count)
                return "\(rounded(share, 1000)) (\(rounded(percentile(distances, 0.95) / bound, 10)))"
            }.joined(separator: " | ")
        }

        private func rounded(_ value: Double, _ digits: Double) -> Double {
            (value * digits).rounded() / digits
        }
    }

    /// Prints a row for each class, and one for all of them together, for each of the `seeds`.
    func run(seeds: [UInt64]) throws {
        let sets = [SyntheticSet.unseen, .occluded, .video]
        let names = sets.flatMap { ["\($0.rawValue), visible", "hidden"] }.joined(separator: " | ")
        print("| seed | class | \(names) |")
        print("|---|---|---|---|---|---|---|---|")
        for seed in seeds {
            var all = [Distances](repeating: Distances(), count: sets.count)
            for family in SyntheticFamily.allCases {
                let distances: [Distances]
                do {
                    distances = try judge(SyntheticClass(family: family, seed: seed), sets)
                } catch let error as RepresentationError {
                    print("| \(seed) | \(family.rawValue) | not built: \(error) | | | | | |")
                    continue
                }
                for (number, found) in distances.enumerated() { all[number].add(found) }
                printRow(seed, family.rawValue, distances)
            }
            printRow(seed, "**all**", all)
        }
    }

    private func printRow(_ seed: UInt64, _ name: String, _ distances: [Distances]) {
        print("| \(seed) | \(name) | \(distances.map(\.columns).joined(separator: " | ")) |")
    }

    /// Distances in each of the sets.
    private func judge(_ objectClass: SyntheticClass, _ sets: [SyntheticSet]) throws -> [Distances] {
        let seed = objectClass.seed
        let training = objectClass.observations(
            of: .training, count: SyntheticSets.trainingCount, seed: seed
        ).map(\.trainingView)
        // A keypoint that no image shows is not part of the class.
        let known = objectClass.keypointNames.indices.filter { index in
            training.contains { $0.keypoints[index] != nil }
        }
        let isWhole = known.count == objectClass.keypointNames.count
        let description = ClassDescription(
            name: objectClass.name, keypointNames: known.map { objectClass.keypointNames[$0] },
            flip: isWhole ? objectClass.flip : nil, skeleton: [])
        let representation = try RepresentationBuilder(description).build(
            training.map { view in
                TrainingView(
                    id: view.id, instance: view.instance, observation: view.observation,
                    keypoints: known.map { view.keypoints[$0] })
            },
            provenance: Provenance(programVersion: "", settings: [:], inputHashes: [:])
        ).representation
        var configuration = TrackerConfiguration()
        configuration.solver = solver
        var tracker = Tracker(representation: representation, configuration: configuration)
        return sets.map { set in
            let count = set == .video ? 5 * imageCount : imageCount
            var distances = Distances()
            tracker.reset()
            for image in objectClass.observations(of: set, count: count, seed: seed) {
                if set != .video { tracker.reset() }
                let result = tracker.update(image.observation) { 0 }
                distances.add(result, image, known: known)
            }
            return distances
        }
    }
}
