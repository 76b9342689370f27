// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignSimulation
import Testing

@testable import SemAlignCore

/// Refinement and judgement of poses on images of an instance that the class was not built from.
@Suite struct PoseRefinerTests {
    private struct Scene {
        let problem: FrameProblem
        let model: EvidenceModel
        let truth: PoseHypothesis
        let keypoints: [SIMD3<Double>]

        init?(_ learned: LearnedClass, image: Int) throws {
            let shown = learned.synthetic.observations(of: .unseen, count: 6, seed: 3)[image]
            model = EvidenceModel(learned.representation)
            keypoints = shown.keypoints.map(\.position)
            var buffers = FrameBuffers()
            guard
                let problem = FrameProblem.problems(
                    of: shown.observation, focalLength: nil, model: model, buffers: &buffers
                ).first,
                let fit = SimilarityTransform.fit(
                    from: learned.representation.keypoints, to: keypoints, weights: keypoints.map { _ in 1 })
            else { return nil }
            self.problem = problem
            truth = PoseHypothesis(rotation: fit.rotation, translation: fit.translation, scale: fit.scale)
        }

        /// Median distance of the keypoints from the truth in diameters of the class.
        func error(_ hypothesis: PoseHypothesis) -> Double {
            let errors = zip(problem.refiner.points(hypothesis), keypoints)
                .map { squaredDistance($0, $1).squareRoot() }.sorted()
            return errors[errors.count / 2] / (truth.scale * model.diameter)
        }

        /// The truth turned by `angle` about the class's vertical and moved by a share of its size.
        func disturbed(angle: Double, shift: Double) -> PoseHypothesis {
            var pose = truth
            pose.rotation = truth.rotation.composed(
                with: Rotation(quaternion: [0, 0, sin(angle / 2), cos(angle / 2)]))
            pose.translation += shift * truth.scale * model.diameter * SIMD3(1, -1, 0.5)
            return pose
        }
    }

    @Test("From a disturbed pose the refinement comes back to the object", arguments: 0..<6)
    func comesBack(image: Int) throws {
        guard let scene = try Scene(try LearnedClass.truck.get(), image: image) else { return }
        var pose = scene.disturbed(angle: 0.2, shift: 0.05)
        let before = scene.error(pose)
        var scratch = PoseScratch()
        scene.problem.refiner.refine(
            &pose, steps: 30, reach: (0.3, 0.05), modes: scene.model.modeCount, scratch: &scratch)
        #expect(scene.error(pose) < min(before, 0.08), "\(before) → \(scene.error(pose))")
    }

    @Test("The true pose is judged better than the same turned by a quarter", arguments: 0..<6)
    func judges(image: Int) throws {
        guard let scene = try Scene(try LearnedClass.truck.get(), image: image) else { return }
        var poses = [scene.truth, scene.disturbed(angle: .pi / 2, shift: 0)]
        var scratch = PoseScratch()
        for i in poses.indices {
            scene.problem.refiner.refine(
                &poses[i], steps: 10, reach: (0.1, 0.05), modes: scene.model.modeCount, scratch: &scratch)
        }
        scene.problem.refiner.judge(&poses, reach: 0.1, scratch: &scratch)
        #expect(poses[0].support > poses[1].support)
    }

    @Test("Every copy of the kernels takes the same step and judges alike")
    func copiesAgree() throws {
        guard let scene = try Scene(try LearnedClass.truck.get(), image: 0) else { return }
        let results = InstructionSet.allCases.filter { $0.rawValue <= InstructionSet.best.rawValue }.map {
            copy in
            InstructionSet.$forced.withValue(copy) { () -> PoseHypothesis in
                var poses = [scene.disturbed(angle: 0.1, shift: 0.02)]
                var scratch = PoseScratch()
                scene.problem.refiner.refine(
                    &poses[0], steps: 3, reach: (0.2, 0.1), modes: scene.model.modeCount, scratch: &scratch)
                scene.problem.refiner.judge(&poses, reach: 0.1, scratch: &scratch)
                return poses[0]
            }
        }
        for result in results {
            #expect(abs(result.support - results[0].support) < 1e-3)
            #expect(squaredDistance(result.translation, results[0].translation).squareRoot() < 1e-4)
            #expect(result.rotation.angle(to: results[0].rotation) < 1e-3)
        }
    }

    @Test("Halving a grid keeps the number of patches and each point's mean match")
    func halves() throws {
        guard let scene = try Scene(try LearnedClass.truck.get(), image: 1) else { return }
        let fine = scene.problem.evidence.grids[0]
        let coarse = MatchGrid(halving: fine)
        #expect(coarse.columns == (fine.columns + 1) / 2 && coarse.rows == (fine.rows + 1) / 2)
        #expect(coarse.count.reduce(0, +) == Float(fine.patchCount))
        for point in stride(from: 0, to: scene.model.pointCount, by: 37) {
            func sum(_ grid: MatchGrid) -> Float {
                (0..<grid.cellCount).reduce(0) {
                    $0 + grid.count[$1] * grid.match[point * grid.cellCount + $1]
                }
            }
            #expect(abs(sum(coarse) - sum(fine)) < 1e-3 * sum(fine))
        }
    }
}
