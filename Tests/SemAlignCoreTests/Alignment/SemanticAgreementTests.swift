// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import Testing

@Suite struct SemanticAgreementTests {
    @Test("At the truth points match distinctly, turned round they match no better than by chance")
    func tellsTruth() throws {
        let image = ToyImage.standard
        let model = AlignmentModel(ToyClass().representation)
        let energy = AlignmentEnergy(
            model: model, evidence: try ImageEvidence(observation: image.observation, model: model))
        var workspace = AlignmentWorkspace()
        let truth = AlignmentState(keypoints: image.keypoints, focalLengthPixels: 500)
        let center = truth.centroid
        let turned = AlignmentState(
            keypoints: image.keypoints.map { center + ($0 - center) * SIMD3(-1, 1, -1) },
            focalLengthPixels: 500)
        let here = SolutionCheck(truth, energy, &workspace).semanticAgreement
        let there = SolutionCheck(turned, energy, &workspace).semanticAgreement
        #expect(here > 1 && there < 0.4)
    }
}
