// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignDatasets
import SemAlignEvaluation

/// Aligns images of a dataset one after the other and keeps answer and truth.
struct Evaluation {
    private let dataset: AnnotatedDataset
    private let options: ObservationOptions
    private let order: KeypointOrder
    private let representation: ClassRepresentation
    private let neighbour: NearestNeighbour
    private var tracker: Tracker
    /// Truth, answer and baseline of the images so far.
    private(set) var images: [EvaluatedImage] = []
    /// What could not be judged, and why.
    private(set) var failures: [String]

    /// Prepares to judge a class; throws where the dataset shows another one.
    init(
        of representation: ClassRepresentation, on dataset: AnnotatedDataset, options: ObservationOptions
    ) throws {
        self.dataset = dataset
        self.options = options
        order = try KeypointOrder(representation, in: dataset)
        failures = order.unknown.map { "keypoint '\($0)' is not in the representation: it is not judged" }
        self.representation = representation
        neighbour = NearestNeighbour(representation)
        tracker = try options.tracker(for: representation)
    }

    /// Forgets what was seen: the next image starts cold.
    mutating func startSequence() { tracker.reset() }

    /// Aligns one image; an image that cannot be loaded counts as not answered.
    mutating func evaluate(_ image: AnnotatedImage) {
        let annotations = order.annotations(of: image)
        let truth = annotations.map { annotation in
            annotation.map {
                KeypointTruth(pixel: $0.pixel, isVisible: $0.isVisible, position: $0.position)
            }
        }
        do {
            let observation = try checkedObservation(of: image)
            images.append(
                EvaluatedImage(
                    id: image.id, boxSide: Self.boxSide(of: image, observation), truth: truth,
                    result: tracker.update(observation, clock: MonotonicClock.now),
                    nearest: neighbour.pixels(in: observation)))
        } catch {
            failures.append("\(error)")
            images.append(
                EvaluatedImage(
                    id: image.id, boxSide: image.boundingBox?.largerSide ?? 1, truth: truth,
                    result: TrackingResult(unanswered: "\(error)"), nearest: truth.map { _ in nil }))
        }
    }

    private func checkedObservation(of image: AnnotatedImage) throws -> Observation {
        let observation = options.reduce(try dataset.observation(of: image))
        try representation.check(observation, image: image.id)
        return observation
    }

    /// The unit of PCK: the annotated box, else the mask's, else the image.
    private static func boxSide(of image: AnnotatedImage, _ observation: Observation) -> Double {
        let box = image.boundingBox ?? observation.mask.bounds(of: observation.instance)
        return (box ?? PixelRegion(observation.imageSize)).largerSide
    }
}

extension TrackingResult {
    /// The result for an image that the tracker never got.
    init(unanswered reason: String) {
        self.init(withoutKeypoints: .searching, message: reason, startedCold: true)
    }
}
