// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignDatasets
import SemAlignImages

/// One image to be aligned, wherever it comes from.
struct AlignmentInput {
    /// What the answer calls it.
    let name: String
    /// The image as a pinhole sees it.
    let observation: Observation
    /// The lens that it was taken through; `nil` for a pinhole.
    let lens: LensCamera?
    /// Annotated pixels in the representation's order; `nil` where nothing is known of annotations.
    let annotations: [SIMD2<Double>?]?
    /// Loads the picture as it was taken.
    let picture: () throws -> ColorImage
}

extension AlignmentInput {
    /// An image of a dataset, by its id.
    init(id: String, in path: String, of representation: ClassRepresentation) throws {
        let dataset = try AnnotatedDataset(contentsOf: path)
        guard let chosen = dataset.image(id: id) else {
            let some = dataset.images.prefix(5).map(\.id).joined(separator: ", ")
            throw CommandFailure.usage("'\(dataset.path)' has no image '\(id)'; it begins with: \(some)")
        }
        let order = try KeypointOrder(representation, in: dataset)
        self.init(
            name: chosen.id, observation: try dataset.observation(of: chosen), lens: nil,
            annotations: order.annotations(of: chosen).map { $0?.pixel },
            picture: { try dataset.colorImage(of: chosen) })
    }
}
