// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// A video of one instance, frame by frame on demand.
///
/// Frames are drawn one by one, so a run of any length needs the memory of one frame.
public struct VideoRun: Sendable {
    /// Name of the run.
    public let name: String
    private let simulator: Simulator
    private let instance: SyntheticInstance
    private let seed: UInt64
    private let path: VideoPath
    private let intrinsics: CameraIntrinsics

    fileprivate init(_ simulator: Simulator, instance: SyntheticInstance, seed: UInt64, name: String) {
        var generator = SeededGenerator(simulator.objectClass.stream, seed, 6)
        self.name = name
        self.simulator = simulator
        self.instance = instance
        self.seed = seed
        intrinsics = simulator.configuration.camera(using: &generator)
        path = VideoPath(simulator.configuration, using: &generator)
    }

    /// The frame with this number, from 0; it does not depend on which frames were drawn before.
    public func frame(_ number: Int) -> SyntheticObservation {
        let pose = self.pose(number)
        let period = 1_000_000_000 / simulator.configuration.frameRate
        let shot = Shot(
            id: "\(name)-\(number.padded)", run: name,
            timestamp: Simulator.epoch + UInt64((Double(number) * period).rounded()),
            seed: SeededGenerator.mixed(seed, 7, UInt64(number)), intrinsics: intrinsics,
            cameraFromObject: pose,
            room: room(pose), sceneSeed: seed)
        return simulator.take(shot, of: instance)
    }

    /// The first `count` frames.
    public func frames(_ count: Int) -> [SyntheticObservation] { (0..<count).map(frame) }

    private func pose(_ number: Int) -> SimilarityTransform {
        let configuration = simulator.configuration
        let sampler = ViewSampler(instance: instance, size: configuration.imageSize, intrinsics: intrinsics)
        let side = configuration.side(fill: path.fill(frame: number))
        return sampler.place(
            path.orientation(frame: number), side: side,
            middle: configuration.middle(offset: path.offset(frame: number), side: side))
    }

    private func room(_ pose: SimilarityTransform) -> Room {
        guard simulator.configuration.viewpoints == .fullSphere else {
            return Room(around: instance, cameraFromWorld: pose, floor: 0)
        }
        // The camera rests: the room is the same in every frame, and its floor lies under the hand.
        let direction = normalized([0.2, -0.8, 0.5])
        let rotation = ViewSampler.orientation(from: direction, roll: 0)
        let far = 1.3 * instance.diameter * intrinsics.focalLength.x / simulator.configuration.side(fill: 0)
        let rest = SimilarityTransform(scale: 1, rotation: rotation, translation: [0, 0, far])
        return Room(around: instance, cameraFromWorld: rest, floor: -1.2 * instance.diameter)
    }
}

extension Simulator {
    /// A video of an instance; the same seed gives the same video.
    public func video(instance index: Int, seed: UInt64, name: String) -> VideoRun {
        VideoRun(self, instance: objectClass.instance(index), seed: seed, name: name)
    }
}
