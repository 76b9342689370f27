// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignDatasets
import SemAlignImages
import SemAlignSimulation

/// Simulates the splits of a dataset and writes them, image by image.
struct Simulation {
    /// Images of one split.
    struct Count {
        let split: String
        let images: Int
    }

    /// One split: its images' instances, number and configuration.
    private struct Split {
        let name: String
        let instances: [Int]
        let count: Int
        let configuration: SimulationConfiguration
    }

    private let objectClass: SyntheticClass
    private let seed: UInt64
    private let splits: [Split]

    /// Plans the splits.
    init(family: SyntheticFamily, sets: SimulatedSetOptions, scene: SimulatedSceneOptions) {
        objectClass = SyntheticClass(family: family, seed: sets.seed)
        seed = sets.seed
        let plain = scene.configuration
        var hidden = plain
        hidden.occlusion = SimulationConfiguration.usualOcclusion
        let seen = Array(0..<sets.instances)
        let unseen = SyntheticSets.unseen
        splits = [
            Split(name: "trn", instances: seen, count: sets.train, configuration: plain),
            Split(name: "seen", instances: seen, count: sets.test, configuration: plain),
            Split(
                name: "unseen", instances: unseen, count: sets.unseen ? sets.test : 0, configuration: plain),
            Split(
                name: "occluded", instances: unseen, count: sets.occluded ? sets.test : 0,
                configuration: hidden),
        ].filter { $0.count > 0 }
    }

    /// Writes the folder; `progress` gets the images written and their number in all.
    func write(to folder: String, progress: (Int, Int) -> Void) throws -> [Count] {
        var writer = try DatasetWriter(
            folder: folder, className: objectClass.name, keypointNames: objectClass.keypointNames,
            flip: objectClass.flip, skeleton: objectClass.skeleton)
        let total = splits.reduce(0) { $0 + $1.count }
        var written = 0
        for split in splits {
            let simulator = Simulator(objectClass, configuration: split.configuration)
            for number in 0..<split.count {
                let image = simulator.imageOfSet(
                    instances: split.instances, number: number, split: split.name, seed: seed)
                try writer.append(DatasetFrame(image, split: split.name))
                written += 1
                progress(written, total)
            }
        }
        try writer.finish()
        return splits.map { Count(split: $0.name, images: $0.count) }
    }
}

extension DatasetFrame {
    /// A simulated image with its truth; the box is that of all keypoints and of the mask.
    init(_ image: SyntheticObservation, split: String) {
        let observation = image.observation
        self.init(
            id: image.id, split: split, instance: image.instance, run: image.run, observation: observation,
            picture: ColorImage(size: observation.imageSize, pixels: image.pixels),
            boundingBox: observation.mask.bounds(of: observation.instance),
            keypoints: image.keypoints.map { truth in
                guard truth.pixel.x.isFinite, truth.pixel.y.isFinite else { return nil }
                return KeypointAnnotation(
                    pixel: truth.pixel, isVisible: truth.isVisible, position: truth.position)
            })
    }
}
