// SPDX-License-Identifier: Apache-2.0

import SemAlignSimulation
import Testing

@testable import SemAlignCore

/// Mugs hide parts of themselves: the bottom seen past the rim, the far wall past the handle.
@Suite struct SurfaceChoiceTests {
    @Test(
        "Keypoints whose pixel lies at an edge of the object end on their own surface, cameras known or not",
        arguments: [true, false])
    func choosesSurfaces(isTold: Bool) throws {
        let synthetic = SyntheticClass(family: .mug, seed: 3)
        var configuration = SimulationConfiguration()
        configuration.focal = .unknown
        configuration.unknownFocalRange = 1...3
        configuration.depth = .exact
        configuration.hasClutter = false
        (configuration.features.rows, configuration.features.columns) = (32, 32)
        configuration.features.channels = 8
        let images = synthetic.observations(
            of: .training, count: 30, seed: 5, configuration: configuration)
        let views = images.map { image in
            let o = image.observation
            return TrainingView(
                id: image.id, instance: image.instance,
                observation: Observation(
                    timestamp: 0, frameID: "", imageSize: o.imageSize,
                    intrinsics: isTold ? image.intrinsics : nil, depth: o.depth, mask: o.mask,
                    instance: o.instance, features: o.features),
                keypoints: image.trainingView.keypoints)
        }
        /// Keypoints whose depth is off by more than a tenth of the object.
        func wrong(_ lifted: [LiftedView]) -> Int {
            lifted.reduce(0) { count, view in
                let truth = images[view.index].keypoints.map(\.position)
                let limit = 0.1 * diameter(of: truth)
                return count
                    + zip(view.samples, truth).filter { sample, truth in
                        sample.map { abs($0.depth - truth.z) > limit } ?? false
                    }.count
            }
        }
        let builder = RepresentationBuilder(
            ClassDescription(
                name: "mug", keypointNames: synthetic.keypointNames, flip: synthetic.flip, skeleton: []))
        let first = builder.select(views).lifted
        let chosen = try builder.solve(first, views, rejected: []).lifted
        #expect(wrong(first) >= 8 && wrong(chosen) <= wrong(first) / 2, "\(wrong(first)), \(wrong(chosen))")
    }
}
