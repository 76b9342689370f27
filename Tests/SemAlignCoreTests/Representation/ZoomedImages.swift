// SPDX-License-Identifier: Apache-2.0

import SemAlignSimulation

@testable import SemAlignCore

/// Thirty images of six objects of a class through focal lengths of 1 to 3 image sides, which are told or not.
struct ZoomedImages: Sendable {
    let synthetic: SyntheticClass
    let images: [SyntheticObservation]

    /// Images with exact depth of a class in which objects hide parts of themselves, drawn once for all tests.
    static let exactMugs = ZoomedImages(.mug, depth: .exact)

    init(_ family: SyntheticFamily, depth: SimulationConfiguration.Depth) {
        synthetic = SyntheticClass(family: family, seed: 3)
        var configuration = SimulationConfiguration()
        configuration.focal = .unknown
        configuration.unknownFocalRange = 1...3
        configuration.depth = depth
        configuration.hasClutter = false
        (configuration.features.rows, configuration.features.columns) = (32, 32)
        configuration.features.channels = 8
        images = synthetic.observations(of: .training, count: 30, seed: 5, configuration: configuration)
    }

    var builder: RepresentationBuilder {
        RepresentationBuilder(
            ClassDescription(
                name: synthetic.name, keypointNames: synthetic.keypointNames, flip: synthetic.flip,
                skeleton: []))
    }

    /// The images as they are handed to the builder.
    func views(isTold: Bool) -> [TrainingView] {
        images.map { image in
            let o = image.observation
            return TrainingView(
                id: image.id, instance: image.instance,
                observation: Observation(
                    timestamp: 0, frameID: "", imageSize: o.imageSize,
                    intrinsics: isTold ? image.intrinsics : nil,
                    // Relative: known metres would join the images of an object only where cameras are known.
                    depth: o.depth.map { DepthImage(size: $0.size, values: $0.values, isMetric: false) },
                    mask: o.mask, instance: o.instance, features: o.features),
                keypoints: image.trainingView.keypoints)
        }
    }

    /// Cameras and the sparse cloud: what focal lengths decide, without the statistics that follow.
    func solve(isTold: Bool) throws -> SparseSolution {
        let views = views(isTold: isTold)
        return try builder.solve(builder.select(views).lifted, views, rejected: [])
    }

    /// Estimated by true focal length of each view that served, over their median: the common factor is free.
    func focalRatios(_ solution: SparseSolution) -> [Double] {
        let ratios = zip(solution.lifted, solution.cameras.intrinsics).map { view, camera in
            camera.focalLength.x / images[view.index].intrinsics.focalLength.x
        }
        let middle = ratios.sorted()[ratios.count / 2]
        return ratios.map { $0 / middle }
    }
}
