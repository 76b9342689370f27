// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignEvaluation
import SemAlignSimulation

/// `fast` against `adamw` on the standard workload, as ratios: a machine's speed falls out of them.
struct SolverBenchmark {
    /// What one solver needs for a frame, median.
    struct Cost {
        let milliseconds: Double
        /// In millions; `nil` where they cannot be counted.
        let instructions: Double?
    }

    /// Images for the paper's solver, and for the comparison of energies.
    var imageCount = 4
    var energyCount = 60

    /// Prints both tables and says which thresholds are missed; true where none is.
    func run(clock: @escaping () -> UInt64) throws -> Bool {
        var workload = StandardWorkload()
        workload.imageCount = energyCount
        let (representation, images) = try workload.prepare()
        let few = Array(images.prefix(imageCount))
        let (cold, warm) = fast(representation, few, repeats: workload.repeats, clock)
        let paper = try adamw(representation, few, clock)
        let descent = try descent(representation, few, clock)
        print("| solver | p50 [ms] | instructions p50 [millions] | times faster | times fewer instructions |")
        print("|---|---|---|---|---|")
        for (name, cost) in [
            ("adamw, 16 × 1000", paper), ("AdamW on the energy of fast, 16 × 1000", descent),
            ("fast, cold", cold),
            ("fast, warm", warm),
        ] {
            let fewer = ratio(paper.instructions, cost.instructions).map(rounded) ?? "not counted here"
            print(
                "| \(name) | \(rounded(cost.milliseconds)) | \(cost.instructions.map(rounded) ?? "–") | "
                    + "\(rounded(paper.milliseconds / cost.milliseconds)) | \(fewer) |")
        }
        let energies = try EnergyComparison(representation: representation).compare(images)
        print("\n\(EnergyComparison.report(energies))\n")
        return report(
            [
                Bar(
                    "times faster, cold", paper.milliseconds / cold.milliseconds,
                    atLeast: Thresholds.coldRatio),
                Bar(
                    "times faster, warm", paper.milliseconds / warm.milliseconds,
                    atLeast: Thresholds.warmRatio),
                Bar(
                    "times fewer instructions, cold", ratio(paper.instructions, cold.instructions),
                    atLeast: Thresholds.coldRatio),
                Bar(
                    "times fewer instructions, warm", ratio(paper.instructions, warm.instructions),
                    atLeast: Thresholds.warmRatio),
                Bar(
                    "share of the images nearer to the truth", EnergyComparison.shareNearer(energies),
                    atLeast: Thresholds.nearerShare),
                Bar(
                    "times faster than first order on the same energy, cold",
                    descent.milliseconds / cold.milliseconds, atLeast: Thresholds.firstOrderRatio),
                Bar(
                    "share of the images with an energy no higher than first order's",
                    EnergyComparison.shareLower(energies, than: \.descent), atLeast: Thresholds.lowerShare),
            ] + instructionBars(cold: cold, warm: warm))
    }

    /// Counts the instructions of a few cold and warm frames of `fast`; true where their thresholds are kept.
    ///
    /// What takes long is to make the images, not to count.
    func countInstructions(clock: @escaping () -> UInt64) throws -> Bool {
        var workload = StandardWorkload()
        workload.imageCount = imageCount
        let (representation, images) = try workload.prepare()
        let (cold, warm) = fast(representation, images, repeats: workload.repeats, clock)
        print("| frame of `fast` | instructions p50 [millions] | at most |")
        print("|---|---|---|")
        let bars = instructionBars(cold: cold, warm: warm)
        for bar in bars {
            let value = bar.value.map(rounded) ?? "not counted here"
            print("| \(bar.name) | \(value) | \(bar.limits.upperBound) |")
        }
        print("")
        return report(bars)
    }

    private func instructionBars(cold: Cost, warm: Cost) -> [Bar] {
        [
            Bar(
                "million instructions, cold", cold.instructions,
                atMost: Thresholds.coldInstructions),
            Bar(
                "million instructions, warm", warm.instructions,
                atMost: Thresholds.warmInstructions),
        ]
    }

    /// Says which thresholds are missed and which cannot be judged here; true where none is missed.
    private func report(_ bars: [Bar]) -> Bool {
        let missed = bars.compactMap(\.miss)
        missed.forEach { print("missed: \($0)") }
        let unknown = bars.filter { $0.value == nil }.map(\.name)
        if !unknown.isEmpty {
            print(
                "Not judged, since the processor's counters are out of reach here (perf_event_open): "
                    + unknown.joined(separator: "; ") + ".")
        }
        if missed.isEmpty { print("All thresholds that can be judged are kept.") }
        return missed.isEmpty
    }

    private func fast(
        _ representation: ClassRepresentation, _ images: [SyntheticObservation], repeats: Int,
        _ clock: () -> UInt64
    ) -> (cold: Cost, warm: Cost) {
        var tracker = Tracker(representation: representation)
        var (cold, warm) = (Samples(), Samples())
        for image in images {
            tracker.reset()
            for _ in 0..<repeats {
                var isCold = false
                let sample = Samples.measure(clock) {
                    isCold = tracker.update(image.observation, clock: clock).startedCold
                }
                if isCold { cold.add(sample) } else { warm.add(sample) }
            }
        }
        return (cold.median, warm.median)
    }

    /// The paper's solver alone, from 16 starts through its whole schedule.
    private func adamw(
        _ representation: ClassRepresentation, _ images: [SyntheticObservation], _ clock: () -> UInt64
    ) throws -> Cost {
        let model = AlignmentModel(representation)
        var workspace = AlignmentWorkspace()
        var solver = GradientSolver()
        solver.schedule = .metric()
        var samples = Samples()
        for image in images {
            let evidence = try ImageEvidence(observation: image.observation, model: model)
            let energy = AlignmentEnergy(model: model, evidence: evidence)
            let starts = AlignmentStarts().states(for: energy, workspace: &workspace)
            samples.add(
                Samples.measure(clock) {
                    _ = solver.align(
                        starts: starts, energy: energy, steps: 0..<solver.schedule.steps,
                        workspace: &workspace)
                })
        }
        return samples.median
    }

    /// First order on the energy of `fast`, from as many starts through as many steps.
    ///
    /// It asks the kernel of the Gauss-Newton steps for its gradient, which makes their matrix beside it.
    private func descent(
        _ representation: ClassRepresentation, _ images: [SyntheticObservation], _ clock: () -> UInt64
    ) throws -> Cost {
        let model = AlignmentModel(representation)
        let tracker = Tracker(representation: representation)
        var workspace = AlignmentWorkspace()
        var samples = Samples()
        for image in images {
            let paper = AlignmentEnergy(
                model: model, evidence: try ImageEvidence(observation: image.observation, model: model))
            let starts = AlignmentStarts().states(for: paper, workspace: &workspace).map(\.keypoints)
            guard let energy = EvidenceEnergy(image.observation, tracker: tracker) else { continue }
            samples.add(Samples.measure(clock) { _ = energy.descend(from: starts) })
        }
        return samples.median
    }

    private func ratio(_ a: Double?, _ b: Double?) -> Double? {
        guard let a, let b, b > 0 else { return nil }
        return a / b
    }

    private func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}

/// Times and instructions of repeated runs.
private struct Samples {
    private var milliseconds: [Double] = []
    private var instructions: [Double] = []

    static func measure(_ clock: () -> UInt64, _ body: () -> Void) -> (UInt64, UInt64?) {
        guard let counter = InstructionCounter() else {
            let start = clock()
            body()
            return (clock() - start, nil)
        }
        let (start, first) = (clock(), counter.value)
        body()
        let (last, end) = (counter.value, clock())
        return (end - start, last - first)
    }

    mutating func add(_ sample: (nanoseconds: UInt64, instructions: UInt64?)) {
        milliseconds.append(Double(sample.nanoseconds) * 1e-6)
        if let count = sample.instructions { instructions.append(Double(count) * 1e-6) }
    }

    var median: SolverBenchmark.Cost {
        SolverBenchmark.Cost(
            milliseconds: percentile(milliseconds, 0.5),
            instructions: instructions.isEmpty ? nil : percentile(instructions, 0.5))
    }
}
