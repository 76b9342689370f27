// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignCore
import SemAlignDatasets
import SemAlignImages
import SemAlignMessages

/// One image, one answer, one picture.
struct Align: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Align a class with one image of a dataset and print its keypoints.",
        discussion: """
            EXAMPLE: semalign align mugs/dataset.json --image mug1_003 --representation mug.semalign \
            --overlay mug1_003.png
            """)

    @Argument(help: "Dataset file (dataset.json).")
    var dataset: String
    @Option(help: "Id of the image.")
    var image: String
    @Option(name: .shortAndLong, help: "Class representation file.")
    var representation: String
    @OptionGroup var options: ObservationOptions
    @Option(help: "PNG file to draw the answer into; crosses mark annotated keypoints.")
    var overlay: String?
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let file = try RepresentationFile.load(representation)
        let data = try AnnotatedDataset(contentsOf: dataset)
        guard let chosen = data.image(id: image) else {
            let some = data.images.prefix(5).map(\.id).joined(separator: ", ")
            throw CommandFailure.usage("'\(data.path)' has no image '\(image)'; it begins with: \(some)")
        }
        let order = try KeypointOrder(file.representation, in: data)
        let observation = options.reduce(try data.observation(of: chosen))
        try file.representation.check(observation, image: chosen.id)
        var tracker = options.tracker(for: file.representation)
        let result = tracker.update(observation, clock: MonotonicClock.now)
        if let overlay {
            let drawing = Overlay(
                result, of: file.representation, truth: order.annotations(of: chosen).map { $0?.pixel })
            let picture = try drawing.drawn(on: try data.colorImage(of: chosen))
            try OutputFile.write(try ImageEncoder.png(picture), to: overlay)
        }
        let answer = AlignmentAnswer(
            image: chosen.id, names: file.representation.keypointNames, result: result)
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
