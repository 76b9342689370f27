// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignCore
import SemAlignDatasets
import SemAlignEvaluation
import SemAlignImages
import SemAlignMessages

/// The truth about the frames that a node answers: a dataset, stamp by stamp.
struct AnswerComparison {
    /// Pictures that `draw` makes at most.
    private static let pictureLimit = 12

    private let dataset: AnnotatedDataset
    private let representation: ClassRepresentation
    private let order: KeypointOrder
    private let images: [UInt64: AnnotatedImage]

    /// Reads a dataset whose frames have stamps.
    init(dataset path: String, representation: ClassRepresentation) throws {
        let dataset = try AnnotatedDataset(contentsOf: path)
        let stamped = dataset.images.compactMap { image in image.timestamp.map { ($0, image) } }
        guard !stamped.isEmpty else {
            throw CommandFailure.badData(
                "'\(dataset.path)' has no images with 'stamp_ns' to compare answers with")
        }
        self.dataset = dataset
        self.representation = representation
        order = try KeypointOrder(representation, in: dataset)
        images = Dictionary(stamped) { first, _ in first }
    }

    /// Accuracy and latency of the answers to frames of the dataset.
    func report(on answers: [KeypointMessage]) -> EvaluationReport {
        let compared = answers.compactMap { answer -> EvaluatedImage? in
            guard let image = images[answer.timestamp] else { return nil }
            let truth = order.annotations(of: image).map { annotation in
                annotation.map {
                    KeypointTruth(pixel: $0.pixel, isVisible: $0.isVisible, position: $0.position)
                }
            }
            return EvaluatedImage(
                id: image.id, boxSide: image.boundingBox?.largerSide ?? 1, truth: truth,
                result: answer.result, nearest: truth.map { _ in nil })
        }
        return EvaluationReport(compared, representation: representation)
    }

    /// Draws some of the answers, evenly spread, and returns how many.
    func draw(_ answers: [KeypointMessage], into folder: String) throws -> Int {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure.cannotCreate(
                "cannot create folder '\(folder)': \(error.localizedDescription)")
        }
        let known = answers.filter { images[$0.timestamp] != nil }
        let step = max(1, (known.count + Self.pictureLimit - 1) / Self.pictureLimit)
        let chosen = stride(from: 0, to: known.count, by: step).map { known[$0] }
        for answer in chosen {
            guard let image = images[answer.timestamp] else { continue }
            let overlay = Overlay(
                answer.result, of: representation, truth: order.annotations(of: image).map { $0?.pixel })
            let picture = try overlay.drawn(on: try dataset.colorImage(of: image))
            try OutputFile.write(try ImageEncoder.png(picture), to: "\(folder)/\(image.id).png")
        }
        return chosen.count
    }
}
