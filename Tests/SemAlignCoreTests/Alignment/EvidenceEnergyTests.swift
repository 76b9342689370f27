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

        /// Differences of the energy over `step` by each unknown, and its gradient: what `change` leaves of it.
        func slopes(
            step: Double, samples: Int = 1, change: (inout semalign_pulls) -> Void
        ) -> [(differences: Double, gradient: Double)] {
            var pulls = refiner.pulls(reach: 0.2, modes: tracker.model.modeCount, scale: pose.scale)
            change(&pulls)
            var (gradient, scratch) = ([Double](), PoseScratch())
            return (0..<8 + tracker.model.modeCount).map { index in
                func energy(_ part: Double) -> Double {
                    refiner.energy(
                        of: moved(index, by: part * step), reach: 0.2, pulls: pulls, gradient: &gradient,
                        scratch: &scratch)
                }
                let difference = (energy(1) - energy(-1)) / (2 * step)
                var mean = 0.0
                for sample in 0..<samples {
                    _ = energy((Double(2 * sample + 1) / Double(samples)) - 1)
                    mean += gradient[index] / Double(samples)
                }
                return (difference, (3..<6).contains(index) ? mean * size : mean)
            }
        }
    }

    /// Share of the slopes that agree within a tenth of the largest.
    private func agreement(_ slopes: [(differences: Double, gradient: Double)]) -> Double {
        let largest = slopes.map { abs($0.gradient) }.max() ?? 0
        return Double(slopes.count { abs($0.differences - $0.gradient) < 0.1 * largest })
            / Double(slopes.count)
    }

    @Test("The expected pull of the shared-out patches is the gradient of their mixture's likelihood")
    func fisher() throws {
        let slopes = try (0..<6).map { number in
            try Scene(number).slopes(step: 5e-4) { pulls in (pulls.mask_weight, pulls.depth_weight) = (0, 0) }
        }
        for s in slopes {
            print(s.map { "\(Int($0.differences * 10)):\(Int($0.gradient * 10))" }.joined(separator: " "))
        }
        print(slopes.map(agreement))
        #expect(agreement(slopes.flatMap { $0 }) > 0.9)
    }

    @Test("Mask and depth pull along the gradient of their robust squares, over some cells of the raster")
    func maskAndDepth() throws {
        let slopes = try (0..<6).map { number in
            try Scene(number).slopes(step: 0.02, samples: 20) { pulls in pulls.semantic_weight = 0 }
        }
        for s in slopes {
            print(s.map { "\(Int($0.differences * 10)):\(Int($0.gradient * 10))" }.joined(separator: " "))
        }
        print(slopes.map(agreement))
        #expect(agreement(slopes.flatMap { $0 }) > 0.9)
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
