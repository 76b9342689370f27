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
        /// True for the frames of one video, which is a run of the split's name.
        var isVideo = false
        /// Instances that a frame of the video shows next to each other.
        var objects = 1
    }

    /// Name of the split and run that a video makes.
    static let videoName = "video"

    /// Focal length of the camera that sees several objects [larger image sides of one of them].
    private static let longLens = 4.0

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
        var moving = plain
        moving.jumps = scene.jump ? [sets.video / 3, 2 * sets.video / 3] : []
        moving.turningPoint = sets.thereAndBack ? sets.video / 2 : nil
        if sets.objects > 1 {
            // Objects beside the middle look as if seen from the middle: a long lens hides that.
            moving.focal = .known(Self.longLens)
            moving.features.coverage = .image
        }
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
            Split(
                name: Self.videoName, instances: unseen, count: sets.video, configuration: moving,
                isVideo: true, objects: sets.objects),
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
            let image = images(of: split)
            for number in 0..<split.count {
                try writer.append(DatasetFrame(image(number), split: split.name))
                written += 1
                progress(written, total)
            }
        }
        try writer.finish()
        return splits.map { Count(split: $0.name, images: $0.count) }
    }

    /// Writes the splits `trn`, `val` and `test` in a benchmark's layout; features cover the square image.
    func write(
        to folder: String, layout: BenchmarkLayout, category: String, progress: (Int, Int) -> Void
    ) throws -> [Count] {
        var writer = try BenchmarkWriter(root: folder, layout: layout, category: category)
        let names = ["trn": "trn", "seen": "val", "unseen": "test"]
        let chosen = splits.compactMap { split in names[split.name].map { (split, $0) } }
        let total = chosen.reduce(0) { $0 + $1.0.count }
        var written = 0
        for (split, name) in chosen {
            var squared = split.configuration
            let side = max(squared.imageSize.width, squared.imageSize.height)
            squared.imageSize = ImageSize(width: side, height: side)
            squared.features.coverage = .image
            let simulator = Simulator(objectClass, configuration: squared)
            for number in 0..<split.count {
                let image = simulator.imageOfSet(
                    instances: split.instances, number: number, split: split.name, seed: seed)
                try writer.append(DatasetFrame(image, split: name))
                written += 1
                progress(written, total)
            }
        }
        try writer.finish()
        return chosen.map { Count(split: $0.1, images: $0.0.count) }
    }

    /// The images of a split by number, drawn when they are asked for.
    private func images(of split: Split) -> (Int) -> SyntheticObservation {
        let simulator = Simulator(objectClass, configuration: split.configuration)
        if split.isVideo, split.objects > 1 {
            let videos = (0..<split.objects).map { number in
                simulator.video(
                    instance: split.instances[number % split.instances.count], seed: seed &+ UInt64(number),
                    name: split.name)
            }
            return SideBySide(videos).frame
        }
        if split.isVideo {
            return simulator.video(instance: split.instances[0], seed: seed, name: split.name).frame
        }
        return { number in
            simulator.imageOfSet(
                instances: split.instances, number: number, split: split.name, seed: seed)
        }
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
