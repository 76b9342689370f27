// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignCore
import SemAlignSimulation

/// What choices of the tracker do to the error on simulated videos: velocity, searches after the answer, camera poses.
///
/// Unseen instances of several families; 'fast' shows every third frame, as a fast motion would; 'jumps' turns the object
/// by 60 degrees twice.
struct TrackingBenchmark {
    private static let families: [SyntheticFamily] = [.truck, .mug, .animal, .hammer]
    /// Parts of a search that fit between two frames of a 30 Hz camera.
    private static let partsBetweenFrames = 5

    /// One way to track.
    private struct Variant {
        let name: String
        var configuration = TrackerConfiguration()
        var knowsCamera = false
    }

    /// What became of a video.
    private struct Outcome {
        var errors: [Double] = []
        var searches = 0
        var unanswered = 0
        var milliseconds: [Double] = []

        /// Adds another video's.
        mutating func add(_ other: Outcome) {
            errors += other.errors
            milliseconds += other.milliseconds
            searches += other.searches
            unanswered += other.unanswered
        }
    }

    private static var variants: [Variant] {
        var deferred = Variant(name: "searches after the answer")
        deferred.configuration.defersSearches = true
        var camera = Variant(name: "camera's pose known")
        camera.knowsCamera = true
        return [Variant(name: "as replay does"), deferred, camera]
    }

    /// Prints a table; errors are medians over keypoints, as a share of the object's diameter.
    func run(frames count: Int) throws {
        print(
            "| video | tracker | error p50 [%] | p90 | worst tenth, mean | above 15 % | searches | no answer | p99 [ms] |"
        )
        print("|---|---|---|---|---|---|---|---|---|")
        let classes = try Self.families.map { family in
            let objectClass = SyntheticClass(family: family, seed: 5)
            return (objectClass, try representation(of: objectClass))
        }
        for (name, stride, jumps) in [("even", 1, false), ("fast", 3, false), ("jumps", 1, true)] {
            var outcomes = [Outcome](repeating: Outcome(), count: Self.variants.count)
            for (objectClass, representation) in classes {
                let video = frames(of: objectClass, count: count, stride: stride, jumps: jumps)
                let diameter = objectClass.instance(SyntheticSets.unseen[0]).diameter
                for (index, variant) in Self.variants.enumerated() {
                    outcomes[index].add(follow(video, variant, representation, diameter: diameter))
                }
            }
            for (variant, outcome) in zip(Self.variants, outcomes) { report(name, variant.name, outcome) }
        }
    }

    private func representation(of objectClass: SyntheticClass) throws -> ClassRepresentation {
        let description = ClassDescription(
            name: objectClass.name, keypointNames: objectClass.keypointNames, flip: objectClass.flip,
            skeleton: objectClass.skeleton)
        return try RepresentationBuilder(description).build(
            objectClass.observations(of: .training, count: 30, seed: 5).map(\.trainingView),
            provenance: Provenance(programVersion: "", settings: [:], inputHashes: [:])
        ).representation
    }

    private func frames(
        of objectClass: SyntheticClass, count: Int, stride: Int, jumps: Bool
    ) -> [SyntheticObservation] {
        var configuration = SimulationConfiguration()
        if jumps { configuration.jumps = [count / 3, 2 * count / 3] }
        let video = Simulator(objectClass, configuration: configuration).video(
            instance: SyntheticSets.unseen[0], seed: 5, name: "video")
        return (0..<count).map { video.frame($0 * stride) }
    }

    private func follow(
        _ video: [SyntheticObservation], _ variant: Variant, _ representation: ClassRepresentation,
        diameter: Double
    ) -> Outcome {
        var tracker = Tracker(representation: representation, configuration: variant.configuration)
        var outcome = Outcome()
        for (number, frame) in video.enumerated() {
            var observation = frame.observation
            if variant.knowsCamera { observation.cameraPose = frame.cameraFromObject.inverse }
            let start = now()
            let result = tracker.answer(observation, clock: now)
            outcome.milliseconds.append(Double(now() - start) / 1e6)
            var parts = 0
            tracker.explore {
                parts += 1
                return !variant.configuration.defersSearches || parts <= Self.partsBetweenFrames
            }
            guard number > 0 else { continue }
            outcome.searches += result.stages.contains { $0.name == "cold" } ? 1 : 0
            guard result.state == .tracking else {
                outcome.unanswered += 1
                continue
            }
            let errors = zip(result.keypoints, frame.keypoints).map { estimate, truth in
                let d = estimate.position - truth.position
                return (d * d).sum().squareRoot() / diameter
            }
            outcome.errors.append(percentile(errors, 0.5))
        }
        return outcome
    }

    private func report(_ video: String, _ tracker: String, _ outcome: Outcome) {
        let sorted = outcome.errors.sorted()
        let worst = sorted.suffix(max(1, sorted.count / 10))
        let columns = [
            percent(percentile(sorted, 0.5)), percent(percentile(sorted, 0.9)),
            percent(worst.reduce(0, +) / Double(max(worst.count, 1))),
            "\(sorted.count { $0 > 0.15 }) of \(sorted.count)", "\(outcome.searches)",
            "\(outcome.unanswered)",
            "\((percentile(outcome.milliseconds, 0.99) * 10).rounded() / 10)",
        ]
        print("| \(video) | \(tracker) | " + columns.joined(separator: " | ") + " |")
    }

    private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10)" }

    private func percentile(_ values: [Double], _ share: Double) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }

    /// Monotonic time [ns].
    private func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
