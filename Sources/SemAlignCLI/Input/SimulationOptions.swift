// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignSimulation

/// Which images are simulated.
struct SimulatedSetOptions: ParsableArguments {
    @Option(help: "Seed of the class and of all images.")
    var seed: UInt64 = 0
    @Option(help: "Images of the split 'trn'.")
    var train = SyntheticSets.trainingCount
    @Option(help: "Instances that they show in turn.")
    var instances = SyntheticSets.seen.count
    @Option(help: "Images of each of the other splits; 0 = none.")
    var test = 12
    @Flag(help: "Add the split 'unseen': instances that 'trn' does not show.")
    var unseen = false
    @Flag(help: "Add the split 'occluded': unseen instances behind something.")
    var occluded = false

    @Option(help: "Add the split and run 'video' of so many frames of an unseen instance, 15 a second.")
    var video = 0

    @Option(help: "Instances next to each other in each frame of the video, under a long lens.")
    var objects = 1
    @Flag(
        help: "Let the video end where it begins, on the way that it came: played in a loop it has no jump.")
    var thereAndBack = false

    func validate() throws {
        guard (1...9).contains(objects), objects == 1 || video > 0 else {
            throw ValidationError(
                "--objects is \(objects), expected 1 to 9, and more than 1 only with --video.")
        }
        guard (0...100_000).contains(video) else {
            throw ValidationError("--video is \(video), expected 0 to 100000 frames.")
        }
        guard (0...100_000).contains(train), (0...100_000).contains(test) else {
            throw ValidationError("--train and --test accept 0 to 100000 images.")
        }
        guard (1...100).contains(instances) else {
            throw ValidationError("--instances is \(instances), expected 1 to 100.")
        }
    }
}

/// How the objects are looked at.
struct SimulatedSceneOptions: ParsableArguments {
    @Flag(help: "Blur the images as motion does.")
    var blur = false
    @Flag(help: "Turn the object by 60 degrees from one frame of the video to the next, once a third.")
    var jump = false
    @Flag(help: "Do not tell the focal length, and vary it from image to image.")
    var unknownFocal = false
    @Flag(help: "Write depth up to an unknown factor.")
    var relativeDepth = false
    @Flag(help: "Write no depth.")
    var noDepth = false
    @Option(help: "Patches along each side of the feature map.")
    var grid = FeatureConfiguration().rows
    @Option(help: "Feature length.")
    var channels = FeatureConfiguration().channels

    func validate() throws {
        guard !(relativeDepth && noDepth) else {
            throw ValidationError("--relative-depth and --no-depth exclude each other.")
        }
        guard (4...256).contains(grid) else { throw ValidationError("--grid is \(grid), expected 4 to 256.") }
        guard (8...4096).contains(channels) else {
            throw ValidationError("--channels is \(channels), expected 8 to 4096.")
        }
    }

    /// The simulator's configuration.
    var configuration: SimulationConfiguration {
        var configuration = SimulationConfiguration()
        configuration.blur = blur ? 4 : 0
        configuration.focal = unknownFocal ? .unknown : configuration.focal
        configuration.depth = noDepth ? .none : relativeDepth ? .relative : .sensor
        configuration.features.rows = grid
        configuration.features.columns = grid
        configuration.features.channels = channels
        return configuration
    }
}
