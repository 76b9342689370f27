// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import SemAlignCore

/// What an aligner is told about an image, and how it looks for the object.
struct ObservationOptions: ParsableArguments {
    @Option(help: "fast searches over the evidence; adamw is the paper's gradient descent from many starts.")
    var solver = TrackerConfiguration().solver
    @Option(help: "Starts of adamw where nothing is known of the pose.")
    var starts = TrackerConfiguration().starts
    @Option(help: "Seed of adamw's random starts.")
    var seed: UInt64 = 0
    @OptionGroup(title: "Schedule of adamw") var schedule: ScheduleOptions
    @Flag(help: "Leave the measured depth out.")
    var noDepth = false
    @Flag(help: "Leave the camera's intrinsics out; the focal length is then estimated.")
    var unknownFocal = false

    func validate() throws {
        guard (1...10_000).contains(starts) else {
            throw ValidationError("--starts is \(starts), expected 1 to 10000.")
        }
        guard solver == .adamw || !schedule.isGiven else {
            throw ValidationError(
                "--schedule, --steps, --set and --without are adamw's: add --solver adamw.")
        }
    }

    /// The observation without what the options leave out.
    func reduce(_ observation: Observation) -> Observation {
        guard noDepth || unknownFocal else { return observation }
        return Observation(
            timestamp: observation.timestamp, frameID: observation.frameID, imageSize: observation.imageSize,
            intrinsics: unknownFocal ? nil : observation.intrinsics,
            depth: noDepth ? nil : observation.depth, mask: observation.mask, instance: observation.instance,
            features: observation.features)
    }

    /// A tracker for a class, with the options' settings.
    func tracker(for representation: ClassRepresentation) throws -> Tracker {
        var configuration = TrackerConfiguration()
        configuration.solver = solver
        configuration.starts = starts
        configuration.seed = seed
        configuration.schedule = try schedule.configuration()
        return Tracker(representation: representation, configuration: configuration)
    }
}

extension Solver: ExpressibleByArgument {}
