// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignSimulation

/// The workload that the solver's bars are set for, and how its cost grows.
///
/// 60×60 patches of 768 half floats, about a fifth of them on the object; 20 keypoints, 1000 dense points, known focal
/// length; seed in the code. From features in memory to keypoints, one thread.
struct StandardWorkload {
    let objectClass = SyntheticClass(family: .locomotive, seed: 5)
    /// Patches along a side of the image, dense points.
    var side = 60
    var points = 1000
    /// Images, and frames for which each is shown to a track.
    var imageCount = 10
    var repeats = 12

    /// Durations of cold and of warm frames [ms], and the patches on the object.
    struct Durations {
        var cold: [Double] = []
        var warm: [Double] = []
        var patches: [Double] = []
        var points = 0
    }

    /// Builds the class and makes the images.
    func prepare() throws -> (representation: ClassRepresentation, images: [SyntheticObservation]) {
        var configuration = SimulationConfiguration()
        configuration.features.rows = side
        configuration.features.columns = side
        configuration.features.channels = 768
        configuration.features.coverage = .object(margin: 1.6)
        let simulator = Simulator(objectClass, configuration: configuration)
        var build = BuildConfiguration()
        build.densePointLimit = points
        let description = ClassDescription(
            name: objectClass.name, keypointNames: objectClass.keypointNames, flip: objectClass.flip,
            skeleton: objectClass.skeleton)
        let training = simulator.images(of: SyntheticSets.seen, count: 30, split: "training", seed: 5)
        let representation = try RepresentationBuilder(description, configuration: build).build(
            training.map(\.trainingView),
            provenance: Provenance(programVersion: "", settings: [:], inputHashes: [:])
        ).representation
        return (
            representation,
            simulator.images(of: SyntheticSets.unseen, count: imageCount, split: "unseen", seed: 9)
        )
    }

    /// Times `fast` on the images; `clock` tells monotonic nanoseconds.
    func time(
        _ representation: ClassRepresentation, _ images: [SyntheticObservation], clock: () -> UInt64
    ) -> Durations {
        var tracker = Tracker(representation: representation)
        var durations = Durations()
        durations.points = representation.appearance.pointCount
        for image in images {
            tracker.reset()
            durations.patches.append(Double(image.patchesOnObject))
            for _ in 0..<repeats {
                let start = clock()
                let result = tracker.update(image.observation, clock: clock)
                let duration = Double(clock() - start) * 1e-6
                if result.startedCold {
                    durations.cold.append(duration)
                } else {
                    durations.warm.append(duration)
                }
            }
        }
        return durations
    }
}

extension SyntheticObservation {
    /// Patches whose centre lies on the object.
    fileprivate var patchesOnObject: Int {
        let features = observation.features
        var count = 0
        for row in 0..<features.rows {
            for column in 0..<features.columns {
                let center = features.center(row: row, column: column)
                let isInside = observation.mask.contains(
                    column: Int(center.x.rounded()), row: Int(center.y.rounded()),
                    instance: observation.instance)
                count += isInside ? 1 : 0
            }
        }
        return count
    }
}
