// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignDatasets
import SemAlignEvaluation
import SemAlignImages

/// Draws matches into a folder, as figure 6 does, up to a limit.
struct MatchPictures {
    /// Share of the box within which a match is drawn green.
    static let threshold = 0.1
    private let folder: String?
    private let limit: Int
    private var count = 0

    /// Prepares a folder; without one nothing is drawn.
    init(folder: String?, limit: Int) {
        self.folder = folder
        self.limit = limit
    }

    /// Draws a pair: points of the source joined with where they were found in the target.
    mutating func draw(
        _ pair: AnnotatedPair, _ outcome: PairOutcome, source: AnnotatedImage, target: AnnotatedImage,
        in dataset: AnnotatedDataset
    ) throws {
        guard let folder, count < limit else { return }
        let matches = zip(pair.points, outcome.points).compactMap { point, found in
            found.prediction.flatMap { prediction in
                found.truth.map { truth in
                    MatchPicture.Match(
                        start: point.source, end: prediction, truth: truth,
                        isCorrect: (found.error ?? .infinity) <= Self.threshold * outcome.thresholdSide)
                }
            }
        }
        let picture = try MatchPicture(matches).drawn(
            source: try dataset.colorImage(of: source), target: try dataset.colorImage(of: target))
        try write(picture, "\(dataset.className)-\(pair.source)-\(pair.target)", to: folder)
    }

    /// Draws one image: true places of visible keypoints joined with where they were found.
    mutating func draw(_ image: EvaluatedImage, of entry: AnnotatedImage, in dataset: AnnotatedDataset) throws
    {
        guard let folder, count < limit, image.isAnswered else { return }
        let matches = zip(image.truth, image.result.keypoints).compactMap { truth, found in
            truth.flatMap { truth -> MatchPicture.Match? in
                guard truth.isVisible else { return nil }
                let d = found.pixel - truth.pixel
                return MatchPicture.Match(
                    start: truth.pixel, end: found.pixel, truth: truth.pixel,
                    isCorrect: (d * d).sum().squareRoot() <= Self.threshold * image.boxSide)
            }
        }
        let picture = try MatchPicture(matches).drawn(source: nil, target: try dataset.colorImage(of: entry))
        try write(picture, image.id, to: folder)
    }

    private mutating func write(_ picture: ColorImage, _ name: String, to folder: String) throws {
        try RecordFile.createFolder(folder)
        let file = name.map { $0 == "/" || $0 == ":" ? "_" : $0 }
        try OutputFile.write(try ImageEncoder.png(picture), to: "\(folder)/\(String(file)).png")
        count += 1
    }
}
