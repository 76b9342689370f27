// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignKernels
import SemAlignSimulation
import Testing

@testable import SemAlignCore

/// The energy that solver `fast` minimises: its gradient, its value at answers, and a first-order way down.
@Suite struct EvidenceEnergyTests {
    private struct Scene {
        let image: SyntheticObservation
        let tracker: Tracker
        let energy: EvidenceEnergy
        /// The class mean on the true keypoints, bent a little.
        let pose: PoseHypothesis

        var refiner: PoseRefiner { energy.refiner }

        init(_ number: Int) throws {
            let learned = try LearnedClass.truck.get()
            image = learned.synthetic.observations(of: .unseen, count: 6, seed: 3)[number]
            tracker = Tracker(representation: learned.representation)
            energy = try #require(EvidenceEnergy(image.observation, tracker: tracker))
            var pose = try #require(
                PoseHypothesis(fitting: image.keypoints.map(\.position), model: tracker.model))
            for k in 0..<tracker.model.modeCount { pose.modes[k] = 0.3 * Float(k % 3 - 1) }
            self.pose = pose
        }

        /// `pose` with unknown number `index` changed: radians, diameters, logarithms, deviations.
        func moved(_ index: Int, by step: Double) -> PoseHypothesis {
            var moved = pose
            var offset = SIMD3<Double>.zero
            if index < 6 { offset[index % 3] = step }
            switch index {
            case ..<3: moved.rotation = Rotation(rotationVector: offset).composed(with: pose.rotation)
            case ..<6: moved.translation += offset * size
            case 6: moved.scale *= exp(step)
            case 7: moved.logFocalChange += step
            default: moved.modes[index - 8] += Float(step)
            }
            return moved
        }

        var size: Double { pose.scale * tracker.model.diameter }

        /// Differences of the energy over a small step by each unknown but the focal length, which is known, and its
        /// gradient; `change` says which terms count.
        func slopes(change: (inout semalign_pulls) -> Void) -> [(differences: Double, gradient: Double)] {
            var pulls = refiner.pulls(reach: 0.2, modes: tracker.model.modeCount, scale: pose.scale)
            change(&pulls)
            var (gradient, scratch) = ([Double](), PoseScratch())
            let step = 1e-4
            return (0..<8 + tracker.model.modeCount).filter { $0 != 7 }.map { index in
                func energy(_ offset: Double) -> Double {
                    refiner.energy(
                        of: moved(index, by: offset), reach: 0.2, pulls: pulls, gradient: &gradient,
                        scratch: &scratch)
                }
                let difference = (energy(step) - energy(-step)) / (2 * step)
                _ = energy(0)
                return (difference, (3..<6).contains(index) ? gradient[index] * size : gradient[index])
            }
        }
    }

    /// Share of the slopes by turn, shift and scale in all images that agree.
    ///
    /// Not all do: where a point comes into view, or a cell into its window, the energy has a step.
    private func agreement(change: (inout semalign_pulls) -> Void) throws -> Double {
        var agreeing: [Double] = []
        for number in 0..<6 {
            let slopes = try Scene(number).slopes(change: change).prefix(7)
            let largest = slopes.map { abs($0.gradient) }.max() ?? 0
            agreeing += slopes.map { slope in
                let margin = 0.05 * abs(slope.gradient) + 0.02 * largest
                return abs(slope.differences - slope.gradient) < margin ? 1 : 0
            }
        }
        return agreeing.reduce(0, +) / Double(agreeing.count)
    }

    @Test("The expected pull of the shared-out patches is the gradient of their mixture's likelihood")
    func fisher() throws {
        #expect(try agreement { ($0.mask_weight, $0.depth_weight) = (0, 0) } > 0.7)
    }

    @Test("Points beside the object are pulled along the gradient of a robust square")
    func mask() throws {
        #expect(try agreement { ($0.semantic_weight, $0.depth_weight) = (0, 0) } > 0.7)
    }

    @Test("Along the line of sight depth pulls along the gradient of a robust square")
    func depth() throws {
        // Elsewhere it follows the surface's slope, while a cell of the raster has one depth.
        let shifts = try (0..<6).map { number in
            try Scene(number).slopes { pulls in
                (pulls.semantic_weight, pulls.mask_weight, pulls.log_scale_deviation) = (0, 0, 0)
            }[5]
        }
        #expect(shifts.count { abs($0.differences - $0.gradient) < 0.2 * abs($0.gradient) } >= 4)
    }

    @Test("The energy of an answer's keypoints is the one that the answer states", arguments: 0..<6)
    func stated(number: Int) throws {
        let scene = try Scene(number)
        var tracker = scene.tracker
        let result = tracker.update(scene.image.observation) { 0 }
        try #require(result.state == .tracking)
        let value = try #require(scene.energy.value(of: result.keypoints.map(\.position)))
        #expect(abs(value.judged - result.energy) < 0.01, "\(value.judged), \(result.energy)")
    }

    @Test("A pose and shape are found again from the keypoints that they make")
    func fits() throws {
        let scene = try Scene(0)
        let keypoints = Array(scene.refiner.points(scene.pose).prefix(scene.tracker.model.keypointCount))
        let fit = try #require(PoseHypothesis(fitting: keypoints, model: scene.tracker.model))
        for (a, b) in zip(scene.refiner.points(fit), keypoints) {
            #expect(squaredDistance(a, b).squareRoot() < 1e-4 * scene.size)
        }
        #expect(PoseHypothesis(fitting: keypoints.map { _ in .zero }, model: scene.tracker.model) == nil)
    }

    @Test("The first-order descent goes down, and comes back to the object", arguments: [0, 2])
    func descends(number: Int) throws {
        let scene = try Scene(number)
        let truth = scene.image.keypoints.map(\.position)
        let start = Array(scene.refiner.points(scene.moved(2, by: 0.3)).prefix(truth.count))
        var descent = EvidenceDescent()
        descent.steps = 300
        let end = try #require(scene.energy.descend(from: [start], by: descent))
        let before = try #require(scene.energy.value(of: start))
        #expect(end.value.refined < before.refined && end.value.judged < before.judged)
        func error(_ keypoints: [SIMD3<Double>]) -> Double {
            let errors = zip(keypoints, truth).map { squaredDistance($0, $1).squareRoot() }.sorted()
            return errors[errors.count / 2] / scene.size
        }
        #expect(error(end.keypoints) < min(0.08, error(start)))
    }
}
