// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignDatasets

/// Where the keypoints of a representation stand in a dataset, by name.
struct KeypointOrder {
    /// One entry per keypoint of the representation; `nil` where the dataset has none of that name.
    let indices: [Int?]
    /// Keypoints of the dataset that the representation does not know.
    let unknown: [String]

    /// Compares the names; a dataset that shares none shows another class.
    init(_ representation: ClassRepresentation, in dataset: AnnotatedDataset) throws(CommandFailure) {
        indices = representation.keypointNames.map { dataset.keypointNames.firstIndex(of: $0) }
        unknown = dataset.keypointNames.filter { !representation.keypointNames.contains($0) }
        guard indices.contains(where: { $0 != nil }) else {
            throw .badData(
                "'\(dataset.path)' has none of the representation's keypoints "
                    + "(\(representation.keypointNames.joined(separator: ", "))): "
                    + "is it a dataset of class '\(representation.className)'?")
        }
    }

    /// Annotations in the representation's order.
    func annotations(of image: AnnotatedImage) -> [KeypointAnnotation?] {
        indices.map { $0.flatMap { image.keypoints[$0] } }
    }
}

extension AnnotatedDataset {
    /// Images of a split; an unknown split is a mistake on the command line.
    func requiredImages(inSplit split: String) throws(CommandFailure) -> [AnnotatedImage] {
        let chosen = images(inSplit: split)
        guard !chosen.isEmpty else {
            let known = splits.joined(separator: ", ")
            throw .usage("'\(path)' has no split '\(split)'; it has: \(known.isEmpty ? "no images" : known)")
        }
        return chosen
    }
}
