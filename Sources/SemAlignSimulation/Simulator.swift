// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Takes pictures of the instances of a class.
public struct Simulator: Sendable {
    /// What is looked at.
    public let objectClass: SyntheticClass
    /// How it is looked at.
    public let configuration: SimulationConfiguration
    let extractor: FeatureExtractor

    /// Prepares the class's features.
    public init(_ objectClass: SyntheticClass, configuration: SimulationConfiguration) {
        self.objectClass = objectClass
        self.configuration = configuration
        self.extractor = FeatureExtractor(
            configuration.features.tuned(for: objectClass.family), classSeed: objectClass.stream,
            isRound: objectClass.family.isRound)
    }

    /// A single image of an instance; the same seed gives the same image.
    public func view(instance index: Int, seed: UInt64, id: String) -> SyntheticObservation {
        let instance = objectClass.instance(index)
        var generator = SeededGenerator(objectClass.stream, seed, 3)
        let intrinsics = configuration.camera(using: &generator)
        let pose = singlePose(of: instance, intrinsics, using: &generator)
        let floor = configuration.viewpoints == .upperSphere ? 0 : -1.5 * instance.diameter
        let shot = Shot(
            id: id, run: nil, timestamp: Self.epoch, seed: seed, intrinsics: intrinsics,
            cameraFromObject: pose,
            room: Room(around: instance, cameraFromWorld: pose, floor: floor), sceneSeed: seed)
        return take(shot, of: instance)
    }

    /// Time of the first frame [ns since the Unix epoch].
    static let epoch: UInt64 = 1_700_000_000_000_000_000

    private func singlePose(
        of instance: SyntheticInstance, _ intrinsics: CameraIntrinsics, using generator: inout SeededGenerator
    ) -> SimilarityTransform {
        let sampler = ViewSampler(instance: instance, size: configuration.imageSize, intrinsics: intrinsics)
        let isFree = configuration.viewpoints == .fullSphere
        while true {
            let roll = isFree ? generator.uniform() : 0.025 * generator.normal()
            let rotation = ViewSampler.orientation(
                from: configuration.direction(using: &generator), roll: roll)
            let side = configuration.side(fill: generator.uniform())
            let offset = SIMD2(generator.uniform(-1, 1), generator.uniform(-1, 1))
            let pose = sampler.place(
                rotation, side: side, middle: configuration.middle(offset: offset, side: side))
            // A camera under the table would see nothing.
            if isFree || pose.applyInverse(.zero).z > 0.05 * instance.diameter { return pose }
        }
    }
}

extension Room {
    /// A room that holds the object and the camera; `floor` is the table's height in the world frame [m].
    init(around instance: SyntheticInstance, cameraFromWorld: SimilarityTransform, floor: Double) {
        let camera = cameraFromWorld.applyInverse(.zero)
        let reach = 1.4 * length(camera) + 3 * instance.diameter
        self.init(
            cameraFromWorld: cameraFromWorld,
            low: [-reach, -reach, min(floor, camera.z - 0.02 < floor ? -reach : floor)],
            high: [reach, reach, reach])
    }
}
