// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignCore
import SemAlignImages
import SemAlignMessages
import SemAlignNode

/// One image, one answer, one picture.
struct Align: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Align a class with one image and print its keypoints.",
        discussion: """
            The image is one of a dataset, by its id, or a file of its own with --features and what else there \
            is. Without --camera the focal length is estimated; without it or without depth there are no metres.

            EXAMPLE: semalign align mugs/dataset.json --image mug1_003 --representation mug.semalign \
            --overlay mug1_003.png

            EXAMPLE: semalign align --image cup.jpg --features cup.npy --depth cup_depth.png \
            --mask cup_mask.png --camera calibration/example_rgbd.yaml -r mug.semalign --overlay answer.png
            """)

    @Argument(help: "Dataset file (dataset.json); without one --image is a file.")
    var dataset: String?
    @Option(help: "Id of an image of the dataset, or a picture's file (PNG or JPEG).")
    var image: String
    @Option(name: .shortAndLong, help: "Class representation file.")
    var representation: String
    @OptionGroup(title: "Image files") var files: ImageFileOptions
    @OptionGroup var options: ObservationOptions
    @Option(help: "PNG file to draw the answer into; crosses mark annotated keypoints.")
    var overlay: String?
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard dataset == nil || !files.isGiven else {
            throw ValidationError(
                "--features, --depth, --mask, --camera and --crop are for an image file: leave the dataset out."
            )
        }
    }

    func run() throws {
        let file = try RepresentationFile.load(representation)
        let input =
            try dataset.map { try AlignmentInput(id: image, in: $0, of: file.representation) }
            ?? files.load(image: image)
        let observation = options.reduce(input.observation)
        try file.representation.check(observation, image: input.name)
        var tracker = try options.tracker(for: file.representation)
        let result = tracker.update(observation, clock: MonotonicClock.now)
            .seen(in: observation.imageSize, through: input.lens)
        if let overlay {
            let names = file.representation.keypointNames
            let drawing = Overlay(
                result, of: file.representation, truth: input.annotations ?? names.map { _ in nil })
            try OutputFile.write(
                try ImageEncoder.png(try drawing.drawn(on: try input.picture())), to: overlay)
        }
        let answer = AlignmentAnswer(
            image: input.name, names: file.representation.keypointNames, result: result)
        print(json ? answer.json.line : answer.text)
    }
}

extension ClassRepresentation {
    /// Refuses an image whose features the class cannot be compared with.
    func check(_ observation: Observation, image: String) throws(CommandFailure) {
        guard observation.features.channels == appearance.channels else {
            throw .badData(
                "image '\(image)': features of \(observation.features.channels) channels, "
                    + "the representation has \(appearance.channels)")
        }
    }
}
