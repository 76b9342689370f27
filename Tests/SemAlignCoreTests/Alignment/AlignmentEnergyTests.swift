// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import Testing

@Suite struct AlignmentEnergyTests {
    /// One term alone, so that its gradient is seen alone.
    enum Term: String, CaseIterable, Sendable {
        case dense, sparse, geometry, background, depth, measured, scale

        var weights: EnergyWeights {
            var weights = EnergyWeights()
            (weights.dense, weights.sparse, weights.geometry) = (0, 0, 0)
            (weights.background, weights.depth, weights.measured, weights.scale) = (0, 0, 0, 0)
            switch self {
            case .dense: weights.dense = 1.5
            case .sparse: weights.sparse = 2
            case .geometry: weights.geometry = 0.5
            case .background: weights.background = 40
            case .depth: weights.depth = 10
            case .measured: weights.measured = 0.7
            case .scale: weights.scale = 0.4
            }
            (weights.denseSigma, weights.sparseSigma) = (0.1, 0.2)
            return weights
        }
    }

    /// The toy class, its image, and unknowns that are off by a few per cent of the diameter.
    private func example(
        isMetric: Bool, configuration: EvidenceConfiguration = .init(),
        instructions: InstructionSet = .best
    ) throws -> (AlignmentEnergy, AlignmentState) {
        let toy = ToyClass()
        let image = ToyImage.standard
        let model = AlignmentModel(toy.representation)
        let evidence = try ImageEvidence(
            observation: isMetric ? image.observation : image.observation.withoutMetres, model: model,
            configuration: configuration, instructions: instructions)
        var generator = SeededGenerator(seed: 3)
        func noise() -> Double { 0.012 * (generator.uniform() - 0.5) }
        let keypoints = image.keypoints.map { $0 + SIMD3(noise(), noise(), noise() + 0.004) }
        return (
            AlignmentEnergy(model: model, evidence: evidence, instructions: instructions),
            AlignmentState(keypoints: keypoints, focalLengthPixels: 500)
        )
    }

    @Test("Each term's gradient agrees with central differences", arguments: Term.allCases)
    func gradientOfOneTerm(term: Term) throws {
        for (form, background) in zip(SparseForm.allCases, BackgroundForm.allCases) {
            var configuration = EvidenceConfiguration()
            configuration.sparseForm = form
            configuration.backgroundForm = background
            let (energy, state) = try example(
                isMetric: term == .measured || term == .scale, configuration: configuration)
            // Fields over the image are bilinear: a step may cross the border of a cell, but few of them.
            let isKinked = term == .background || term == .measured
            try expectGradient(
                of: energy, at: state, weights: term.weights, step: isKinked ? 2e-4 : 2e-3,
                tolerance: isKinked ? 0.08 : 0.03, named: "\(term), \(form), \(background)")
        }
    }

    private func expectGradient(
        of energy: AlignmentEnergy, at state: AlignmentState, weights: EnergyWeights, step: Double,
        tolerance: Double, named name: String
    ) throws {
        var workspace = AlignmentWorkspace()
        energy.load(state, into: &workspace)
        energy.updateVisibility(&workspace, strength: 0.7)
        // Off the gauge's own depth, so that the depth term has something to say.
        for i in 0..<workspace.keypoints.count / 3 { workspace.keypoints[3 * i + 2] += 0.05 }
        _ = energy.evaluate(&workspace, weights: weights)
        let gradient = workspace.gradient
        let focalGradient = workspace.focalGradient
        let largest = gradient.reduce(abs(focalGradient)) { max($0, abs($1)) }
        #expect(largest > 1e-3, "\(name) has a gradient here")
        for i in gradient.indices {
            let center = workspace.keypoints[i]
            workspace.keypoints[i] = center + step
            let above = energy.evaluate(&workspace, weights: weights).total(weights)
            workspace.keypoints[i] = center - step
            let below = energy.evaluate(&workspace, weights: weights).total(weights)
            workspace.keypoints[i] = center
            let slope = (above - below) / (2 * step)
            #expect(abs(slope - gradient[i]) < tolerance * largest, "\(name), unknown \(i)")
        }
        let focal = workspace.focalLength
        workspace.focalLength = focal * (1 + step)
        let above = energy.evaluate(&workspace, weights: weights).total(weights)
        workspace.focalLength = focal / (1 + step)
        let below = energy.evaluate(&workspace, weights: weights).total(weights)
        let slope = (above - below) / (2 * step)
        #expect(abs(slope - focalGradient) < tolerance * largest, "\(name), focal length")
    }

    @Test("The shape's energy does not change under a similarity transform")
    func geometryIsInvariant() throws {
        let (energy, state) = try example(isMetric: true)
        let motion = SimilarityTransform(
            scale: 1.7, rotation: Rotation(quaternion: [0.2, 0.9, -0.3, 0.1]), translation: [0.3, -0.1, 0.4])
        var workspace = AlignmentWorkspace()
        let here = energy.breakdown(of: state, weights: EnergyWeights(), workspace: &workspace)
        let there = AlignmentState(
            keypoints: state.keypoints.map(motion.apply), focalLengthPixels: state.focalLengthPixels)
        let moved = energy.breakdown(of: there, weights: EnergyWeights(), workspace: &workspace)
        #expect(abs(here.geometry - moved.geometry) < 1e-9 * abs(here.geometry))
    }

    @Test("Without tetrahedra a shape and its mirror image look alike, with them the mirror image costs more")
    func mirrorImage() throws {
        for hasTetrahedra in [false, true] {
            let toy = ToyClass(withTetrahedra: hasTetrahedra)
            let image = ToyImage.standard
            let model = AlignmentModel(toy.representation)
            let energy = AlignmentEnergy(
                model: model, evidence: try ImageEvidence(observation: image.observation, model: model))
            let mirrored = AlignmentState(
                keypoints: image.keypoints.map { $0 * SIMD3(-1, 1, 1) }, focalLengthPixels: 500)
            let state = AlignmentState(keypoints: image.keypoints, focalLengthPixels: 500)
            var workspace = AlignmentWorkspace()
            let weights = EnergyWeights()
            let right = energy.breakdown(of: state, weights: weights, workspace: &workspace).geometry
            let wrong = energy.breakdown(of: mirrored, weights: weights, workspace: &workspace).geometry
            if hasTetrahedra { #expect(wrong > right + 1) } else { #expect(abs(wrong - right) < 1e-9) }
        }
    }

    @Test("Parts of the shuffled prior, taken in turn, add up to the whole")
    func partsOfThePrior() throws {
        let (energy, state) = try example(isMetric: true)
        var weights = EnergyWeights()
        (weights.dense, weights.sparse, weights.background) = (0, 0, 0)
        var workspace = AlignmentWorkspace()
        energy.load(state, into: &workspace)
        _ = energy.evaluate(&workspace, weights: weights)
        let whole = workspace.gradient
        var sum = [Double](repeating: 0, count: whole.count)
        for turn in 0..<3 {
            // 378 pairs and 5 tetrahedra: three parts of 126, and the tetrahedra each time.
            let sample = GeometrySample(turn: turn, model: energy.model, edgePairs: 126, tetrahedra: 5)
            #expect(sample.edgePairs.count == 126 && sample.tetrahedra.count == 5)
            _ = energy.evaluate(
                &workspace, weights: weights, sample: sample, wantsGeometryValue: false)
            for i in sum.indices { sum[i] += workspace.gradient[i] / 3 }
        }
        #expect(zip(whole, sum).allSatisfy { abs($0 - $1) < 1e-9 })
    }

    @Test("Plain and fast kernels agree within rounding")
    func instructionSetsAgree() throws {
        var weights = EnergyWeights()
        (weights.sparse, weights.background, weights.measured, weights.scale) = (1, 10, 0.5, 0.3)
        (weights.denseSigma, weights.sparseSigma) = (0.2, 0.2)
        var results: [(EnergyBreakdown, [Double])] = []
        for instructions in [InstructionSet.base, .best] {
            let (energy, state) = try example(isMetric: true, instructions: instructions)
            var workspace = AlignmentWorkspace()
            results.append(
                (energy.breakdown(of: state, weights: weights, workspace: &workspace), workspace.gradient))
        }
        #expect(abs(results[0].0.total(weights) - results[1].0.total(weights)) < 1e-5)
        #expect(zip(results[0].1, results[1].1).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test("The truth has a lower energy than a displaced object, in every term that looks at the image")
    func truthIsLower() throws {
        let toy = ToyClass()
        let image = ToyImage.standard
        let model = AlignmentModel(toy.representation)
        let energy = AlignmentEnergy(
            model: model, evidence: try ImageEvidence(observation: image.observation, model: model))
        var weights = EnergyWeights()
        weights.measured = 1
        var workspace = AlignmentWorkspace()
        let truth = AlignmentState(keypoints: image.keypoints, focalLengthPixels: 500)
        let here = energy.breakdown(of: truth, weights: weights, workspace: &workspace)
        #expect(here.dense < -0.5 && here.sparse < -0.5)
        let displaced = AlignmentState(
            keypoints: image.keypoints.map { $0 + SIMD3(0.03, 0.02, -0.03) }, focalLengthPixels: 500)
        let there = energy.breakdown(of: displaced, weights: weights, workspace: &workspace)
        #expect(there.dense > here.dense + 0.1 && there.sparse > here.sparse + 0.1)
        #expect(there.background > here.background)
    }

    @Test("A model in front of the measured surface costs more than one on it; one far behind is let go of")
    func measuredSurface() throws {
        let toy = ToyClass()
        let image = ToyImage.standard
        let model = AlignmentModel(toy.representation)
        let energy = AlignmentEnergy(
            model: model, evidence: try ImageEvidence(observation: image.observation, model: model))
        var weights = EnergyWeights()
        weights.measured = 1
        func measured(_ shift: Double) -> Double {
            var workspace = AlignmentWorkspace()
            let state = AlignmentState(
                keypoints: image.keypoints.map { $0 * (1 + shift / 0.6) }, focalLengthPixels: 500)
            return energy.breakdown(of: state, weights: weights, workspace: &workspace).measured
        }
        #expect(measured(-0.05) > measured(0) + 1)
        #expect(measured(-0.2) > measured(-0.1))
        #expect(measured(0.4) < 4.5)
    }

    @Test("An empty mask and features of another kind are refused with both values named")
    func refusals() throws {
        let toy = ToyClass()
        let image = ToyImage.standard.observation
        let model = AlignmentModel(toy.representation)
        let empty = Observation(
            timestamp: 0, frameID: "", imageSize: image.imageSize, intrinsics: nil, depth: nil,
            mask: image.mask, instance: 9, features: image.features)
        #expect(throws: AlignmentError.emptyMask(instance: 9)) {
            try ImageEvidence(observation: empty, model: model)
        }
        let short = Observation(
            timestamp: 0, frameID: "", imageSize: image.imageSize, intrinsics: nil, depth: nil,
            mask: image.mask, instance: 1,
            features: FeatureMap(
                rows: 1, columns: 1, channels: 2, values: [1, 0], region: image.features.region, model: ""))
        #expect(throws: AlignmentError.channels(found: 2, expected: 48)) {
            try ImageEvidence(observation: short, model: model)
        }
        let elsewhere = Observation(
            timestamp: 0, frameID: "", imageSize: image.imageSize, intrinsics: nil, depth: nil,
            mask: image.mask, instance: 1,
            features: FeatureMap(
                rows: 60, columns: 80, channels: 48, values: image.features.values,
                region: PixelRegion(minimum: [-300, -300], maximum: [-100, -150]), model: ""))
        #expect(throws: AlignmentError.maskOutsideFeatures) {
            try ImageEvidence(observation: elsewhere, model: model)
        }
    }
}
