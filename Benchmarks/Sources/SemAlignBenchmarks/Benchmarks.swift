// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignCore
import SemAlignEvaluation
import SemAlignSimulation

/// Times the solvers on a simulated class, beside the error of the same runs.
///
/// One thread; features in memory to keypoints. The class has 20 keypoints and 300 points in all, the images
/// 200 sampled patches.
@main
struct Benchmarks {
    /// Frames of the video for `fast`, images for `adamw`: it is three orders slower.
    private static let frameCount = 60
    private static let imageCount = 4

    static func main() throws {
        let arguments = CommandLine.arguments
        // launch/measure-bags calls these two.
        if arguments.count == 5, arguments[1] == "bags", let size = Int(arguments[3]), size > 0 {
            try BagBenchmark(folder: arguments[2], mebibytes: size, interpreter: arguments[4]).run()
        } else if arguments.count == 3, arguments[1] == "tracking", let frames = Int(arguments[2]), frames > 0
        {
            try TrackingBenchmark().run(frames: frames)
        } else if arguments.count == 5, arguments[1] == "recording" {
            try RecordingBenchmark(
                bag: arguments[2], representation: arguments[3], folder: arguments[4]
            ).run()
        } else if (2...3).contains(arguments.count), arguments[1] == "solvers" {
            // launch/measure-solvers calls this one.
            var benchmark = SolverBenchmark()
            if arguments.count == 3, let count = Int(arguments[2]), count > 0 {
                benchmark.energyCount = count
            }
            if try !benchmark.run(clock: now) { exit(1) }
        } else if arguments.count == 3, arguments[1] == "views" {
            // launch/measure-views calls this one.
            try ViewsBenchmark(path: arguments[2]).run()
        } else if arguments.count == 2, arguments[1] == "threads" {
            // launch/measure-solvers calls this one.
            if try !ThreadBenchmark().run(clock: now) { exit(1) }
        } else if arguments.count == 2, arguments[1] == "tracing" {
            // launch/measure-tracing calls this one.
            if try !TracingBenchmark().run(clock: now) { exit(1) }
        } else if arguments.count > 3, arguments[1] == "covariance",
            let solver = Solver(rawValue: arguments[2])
        {
            // launch/measure-covariance calls this one.
            try CovarianceBenchmark(solver: solver).run(
                seeds: arguments.dropFirst(3).compactMap { UInt64($0) })
        } else if arguments.count == 2, arguments[1] == "instructions" {
            if try !SolverBenchmark().countInstructions(clock: now) { exit(1) }
        } else {
            try reportStandardWorkload()
            try compareSolvers()
        }
    }

    /// The workload of the solver's bars, then a quarter to four times its patches and its points.
    private static func reportStandardWorkload() throws {
        print("| patches | points | cold p50 [ms] | p99 | warm p50 [ms] | p99 |")
        print("|---|---|---|---|---|---|")
        for (side, points) in [
            (60, 1000), (30, 1000), (120, 1000), (60, 250), (60, 500), (60, 2000), (60, 4000),
        ] {
            var workload = StandardWorkload()
            (workload.side, workload.points) = (side, points)
            let (representation, images) = try workload.prepare()
            let durations = workload.time(representation, images, clock: now)
            let columns = [durations.cold, durations.warm].flatMap { values in
                [0.5, 0.99].map { rounded(percentile(values, $0)) }
            }
            print(
                "| \(Int(percentile(durations.patches, 0.5))) | \(durations.points) | "
                    + columns.joined(separator: " | ") + " |")
        }
        let standard = try StandardWorkload().prepare()
        print("\nThe first row's workload with the paper's solver:\n")
        print("| workload | runs | p50 [ms] | p90 [ms] | p99 [ms] | median error [mm] |")
        print("|---|---|---|---|---|---|")
        try reportPaperSolver(Array(standard.images.prefix(imageCount)), standard.representation)
        print("")
    }

    private static func compareSolvers() throws {
        let objectClass = SyntheticClass(family: .locomotive, seed: 5)
        let training = objectClass.observations(of: .training, count: 30, seed: 5)
        var configuration = BuildConfiguration()
        configuration.densePointLimit = 300 - objectClass.keypointNames.count
        let description = ClassDescription(
            name: objectClass.name, keypointNames: objectClass.keypointNames, flip: objectClass.flip,
            skeleton: objectClass.skeleton)
        let built = now()
        let representation = try RepresentationBuilder(description, configuration: configuration).build(
            training.map(\.trainingView),
            provenance: Provenance(programVersion: "", settings: [:], inputHashes: [:])
        ).representation
        print("build, 30 images: \(rounded(milliseconds(since: built))) ms")
        print(
            "L = \(representation.keypoints.count), \(representation.appearance.pointCount) points, "
                + "\(representation.appearance.channels) channels\n")
        print("| workload | runs | p50 [ms] | p90 [ms] | p99 [ms] | median error [mm] |")
        print("|---|---|---|---|---|---|")
        let images = objectClass.observations(of: .unseen, count: imageCount * 4, seed: 5)
        let video = objectClass.observations(of: .video, count: frameCount, seed: 5)
        report("fast, cold", run(.fast, images, representation) { $0.reset() })
        report("fast, tracked video", run(.fast, video, representation) { _ in })
        report(
            "adamw, cold, 16 starts",
            run(.adamw, Array(images.prefix(imageCount)), representation) { $0.reset() })
        report(
            "adamw, tracked video", run(.adamw, Array(video.prefix(imageCount * 2)), representation) { _ in })
        try reportPaperSolver(Array(images.prefix(imageCount)), representation)
    }

    /// Durations [ms] and median keypoint errors [m] of the images in turn; `prepare` comes before each.
    private static func run(
        _ solver: Solver, _ images: [SyntheticObservation], _ representation: ClassRepresentation,
        prepare: (inout Tracker) -> Void
    ) -> [(duration: Double, error: Double)] {
        var configuration = TrackerConfiguration()
        configuration.solver = solver
        var tracker = Tracker(representation: representation, configuration: configuration)
        return images.map { image in
            prepare(&tracker)
            let start = now()
            let result = tracker.update(image.observation, clock: now)
            return (milliseconds(since: start), error(result.keypoints.map(\.position), image))
        }
    }

    /// The solver alone, 16 random starts × 1000 steps, 200 patches: the bar of the reference.
    private static func reportPaperSolver(
        _ images: [SyntheticObservation], _ representation: ClassRepresentation
    ) throws {
        let model = AlignmentModel(representation)
        var workspace = AlignmentWorkspace()
        var solver = GradientSolver()
        solver.schedule = .metric()
        var runs: [(duration: Double, error: Double)] = []
        for image in images {
            let evidence = try ImageEvidence(observation: image.observation, model: model)
            let energy = AlignmentEnergy(model: model, evidence: evidence)
            let starts = AlignmentStarts().states(for: energy, workspace: &workspace)
            let start = now()
            let results = solver.align(
                starts: starts, energy: energy, steps: 0..<solver.schedule.steps, workspace: &workspace)
            let duration = milliseconds(since: start)
            let best = AlignmentSelection().choose(results, energy: energy, workspace: &workspace)?.best
            runs.append((duration, error(best?.state.keypoints ?? [], image)))
        }
        report("adamw's solver alone, 16 × 1000 steps", runs)
    }

    private static func error(_ positions: [SIMD3<Double>], _ image: SyntheticObservation) -> Double {
        percentile(
            zip(positions, image.keypoints).map { position, truth in
                let d = position - truth.position
                return (d * d).sum().squareRoot()
            }, 0.5)
    }

    private static func report(_ name: String, _ runs: [(duration: Double, error: Double)]) {
        let durations = runs.map(\.duration)
        let columns = [0.5, 0.9, 0.99].map { rounded(percentile(durations, $0)) }.joined(separator: " | ")
        let error = percentile(runs.map(\.error).filter { !$0.isNaN }, 0.5) * 1000
        print("| \(name) | \(runs.count) | \(columns) | \(rounded(error)) |")
    }

    private static func rounded(_ value: Double) -> String {
        value.isFinite ? "\((value * 10).rounded() / 10)" : "none"
    }

    private static func milliseconds(since start: UInt64) -> Double { Double(now() - start) * 1e-6 }

    /// Monotonic time [ns].
    private static func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
