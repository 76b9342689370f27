// SPDX-License-Identifier: Apache-2.0

import SemAlignSimulation
import Testing

@testable import SemAlignCore

/// Mugs hide parts of themselves: the bottom seen past the rim, the far wall past the handle.
@Suite struct SurfaceChoiceTests {
    @Test(
        "Keypoints whose pixel lies at an edge of the object end on their own surface, cameras known or not",
        arguments: [true, false])
    func choosesSurfaces(isTold: Bool) throws {
        let mugs = ZoomedImages.exactMugs
        /// Keypoints whose depth is off by more than a tenth of the object.
        func wrong(_ lifted: [LiftedView]) -> Int {
            lifted.reduce(0) { count, view in
                let truth = mugs.images[view.index].keypoints.map(\.position)
                let limit = 0.1 * diameter(of: truth)
                return count
                    + zip(view.samples, truth).filter { sample, truth in
                        sample.map { abs($0.depth - truth.z) > limit } ?? false
                    }.count
            }
        }
        let first = mugs.builder.select(mugs.views(isTold: isTold)).lifted
        let chosen = try mugs.solve(isTold: isTold).lifted
        #expect(wrong(first) >= 8 && wrong(chosen) <= wrong(first) / 2, "\(wrong(first)), \(wrong(chosen))")
    }
}
