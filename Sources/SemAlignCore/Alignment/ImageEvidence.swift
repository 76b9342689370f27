// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import SemAlignKernels

/// How evidence is gathered from an image; the points on which the paper is silent.
public struct EvidenceConfiguration: Hashable, Sendable {
    /// Number of patches sampled for the dense term.
    public var sampleCount = 200
    /// Samples lie anywhere in their patch, with interpolated similarities; otherwise at patch centres.
    public var samplesWithinPatches = true
    /// A similarity above a point's mean counts as the mean (unlike equation 4, which penalises it).
    public var isOneSided = true
    /// Which maximum the sparse term takes.
    public var sparseForm = SparseForm.perKeypoint
    /// Places at which keypoints look for themselves, at most.
    public var candidateLimit = 1024
    /// Weight of a patch that resembles nothing, relative to one that matches perfectly, when sampling.
    public var attentionFloor: Float = 0.05
    /// Least probability to be seen that a point is given: visibility is learned from few views.
    public var visibilityFloor: Float = 0.1
    /// How the background pushes.
    public var backgroundForm = BackgroundForm.gaussian
    /// σ of equation 11 [normalised].
    public var backgroundSigma = 0.03
    /// Residual, in standard deviations, at which the measured-depth term turns robust.
    public var measuredWidth: Float = 3
    /// Seed of the sampling.
    public var seed: UInt64 = 0

    /// The defaults.
    public init() {}
}

/// What one image says about one class: everything the energy reads, gathered once a frame into flat buffers.
///
/// S samples for the dense term and candidates for the sparse term, each with log p_sem of the points (equation 4);
/// the background field (equation 11); the measured surface.
public struct ImageEvidence: Sendable {
    /// How it was gathered.
    public let configuration: EvidenceConfiguration
    /// Pixels to normalised coordinates.
    public private(set) var camera: NormalizedCamera
    /// Similarities of the object's patches (first) and their neighbours to all points.
    public private(set) var maps = SimilarityMaps()
    /// Number of the object's patches: the first rows of `maps`.
    public private(set) var patchCount = 0
    /// True where the camera is known and depth is metric: results are metres.
    public private(set) var isMetric = false

    /// Distribution of the similarities in this image.
    private(set) var statistics: SimilarityStatistics
    private let patchScale: SIMD2<Double>
    private let patchOffset: SIMD2<Double>

    private(set) var sampleU: [Float] = []
    private(set) var sampleV: [Float] = []
    /// S×stride: log p_sem of all points at the samples.
    private(set) var logLikelihood: [Float] = []
    private(set) var stride = 0
    private(set) var candidateU: [Float] = []
    private(set) var candidateV: [Float] = []
    /// Candidates×candidateStride: log p_sem of the keypoints.
    private(set) var candidateLikelihood: [Float] = []
    private(set) var candidateStride = 0
    private(set) var background: BackgroundField
    private(set) var surface: MeasuredSurface?
    /// Mask and depth around the object.
    private(set) var scene: SceneGrid
    /// Place, size and depth of the mask.
    public let extent: ObjectExtent
    private var attention: [Float] = []

    /// Gathers the evidence of `observation` for `model`.
    ///
    /// Throws where the mask is empty, where the features lie elsewhere, or where they are not the class's kind.
    public init(
        observation: Observation, model: AlignmentModel, configuration: EvidenceConfiguration = .init(),
        instructions: InstructionSet = .best
    ) throws(AlignmentError) {
        let features = observation.features
        guard let bounds = observation.mask.bounds(of: observation.instance) else {
            throw .emptyMask(instance: observation.instance)
        }
        guard features.channels == model.vectors.channels else {
            throw .channels(found: features.channels, expected: model.vectors.channels)
        }
        guard features.model == model.featureModel || features.model.isEmpty || model.featureModel.isEmpty
        else { throw .featureModel(found: features.model, expected: model.featureModel) }
        self.configuration = configuration
        camera = NormalizedCamera(observation: observation, objectBounds: bounds)
        scene = SceneGrid(observation: observation, bounds: bounds, camera: camera)
        extent = ObjectExtent(scene)
        patchScale = camera.unit / features.patchSize
        patchOffset = features.patchCoordinates(of: camera.principalPoint)
        statistics = SimilarityStatistics(maps, patchCount: 0)
        background = BackgroundField(
            scene: scene, form: configuration.backgroundForm, sigma: configuration.backgroundSigma)
        try compare(observation, model, bounds, instructions)
        sample(observation, model, instructions)
        placeCandidates(features, model, instructions)
        measure(observation, model, bounds)
    }

    /// Similarity maps of the object's patches and their neighbours.
    private mutating func compare(
        _ observation: Observation, _ model: AlignmentModel, _ bounds: PixelRegion,
        _ instructions: InstructionSet
    ) throws(AlignmentError) {
        let patches = ObjectPatches(
            features: observation.features, mask: observation.mask, instance: observation.instance,
            bounds: bounds)
        guard !patches.covered.isEmpty else { throw .maskOutsideFeatures }
        patchCount = patches.covered.count
        stride = model.paddedCount
        candidateStride = (model.keypointCount + 15) / 16 * 16
        maps.update(
            features: observation.features, patches: patches.withNeighbours, vectors: model.vectors,
            instructions: instructions)
        statistics = SimilarityStatistics(maps, patchCount: patchCount)
    }

    /// Continuous patch coordinates (column, row) of normalised coordinates.
    func patchCoordinates(of place: SIMD2<Double>) -> SIMD2<Double> { place * patchScale + patchOffset }

    /// True where normalised coordinates lie more than half a patch beside the patch grid, or nowhere.
    func isBesidePatches(_ place: SIMD2<Double>) -> Bool {
        let patch = patchCoordinates(of: place)
        let isInside =
            patch.x >= -0.5 && patch.y >= -0.5 && patch.x <= Double(maps.columns) - 0.5
            && patch.y <= Double(maps.rows) - 0.5
        return !isInside
    }

    /// Draws samples in the mask, more where the image resembles some point: the paper's attention.
    private mutating func sample(
        _ observation: Observation, _ model: AlignmentModel, _ instructions: InstructionSet
    ) {
        var generator = SeededGenerator(seed: configuration.seed)
        let features = observation.features
        attend(model, instructions)
        let total = attention.reduce(0, +)
        let count = configuration.sampleCount
        resize(&logLikelihood, to: count * stride)
        // Systematic resampling: one draw, then equal steps through the summed weights.
        let step = total / Float(count)
        var (row, passed) = (0, attention[0])
        let start = Float(generator.uniform()) * step
        for n in 0..<count {
            let goal = start + Float(n) * step
            while passed < goal, row + 1 < patchCount {
                row += 1
                passed += attention[row]
            }
            let place = place(inPatch: row, observation, &generator)
            let pixel = camera.normalized(features.pixel(ofPatchCoordinates: place))
            sampleU.append(Float(pixel.x))
            sampleV.append(Float(pixel.y))
            logSemantic(at: place, model, instructions, n, count: stride, into: &logLikelihood)
        }
    }

    /// Best p_sem of each of the object's patches over all points, and the floor.
    private mutating func attend(_ model: AlignmentModel, _ instructions: InstructionSet) {
        attention.removeAll(keepingCapacity: true)
        var likelihood = [Float](repeating: 0, count: stride)
        for row in 0..<patchCount {
            let best = unsafe semalign_log_semantic(
                instructions.rawValue, maps.values, stride, [Int32(row), 0, 0, 0], [1, 0, 0, 0],
                model.similarityMean, model.inverseDeviation, model.pointCount, stride, 1, &likelihood)
            attention.append(configuration.attentionFloor + exp(best))
        }
    }

    /// A place in the mask within the patch of row `row` [patch coordinates].
    private func place(
        inPatch row: Int, _ observation: Observation, _ generator: inout SeededGenerator
    ) -> SIMD2<Double> {
        let patch = Int(maps.patchIndices[row])
        let center = SIMD2(Double(patch % maps.columns), Double(patch / maps.columns))
        guard configuration.samplesWithinPatches else { return center }
        for _ in 0..<4 {
            let place = center + SIMD2(generator.uniform() - 0.5, generator.uniform() - 0.5)
            let pixel = observation.features.pixel(ofPatchCoordinates: place)
            if observation.mask.contains(pixel, instance: observation.instance) { return place }
        }
        return center
    }

    /// Places where keypoints may be: as fine a subdivision of the object's patches as the limit allows.
    private mutating func placeCandidates(
        _ features: FeatureMap, _ model: AlignmentModel, _ instructions: InstructionSet
    ) {
        var parts = 1
        while parts < 4, patchCount * (parts + 1) * (parts + 1) <= configuration.candidateLimit { parts += 1 }
        let skip = (patchCount + configuration.candidateLimit - 1) / max(configuration.candidateLimit, 1)
        let rows = Swift.stride(from: 0, to: patchCount, by: max(skip, 1))
        resize(&candidateLikelihood, to: rows.reduce(0) { n, _ in n + 1 } * parts * parts * candidateStride)
        for row in rows {
            let patch = Int(maps.patchIndices[row])
            for part in 0..<parts * parts {
                let offset = (SIMD2(Double(part % parts), Double(part / parts)) + 0.5) / Double(parts) - 0.5
                let place = SIMD2(Double(patch % maps.columns), Double(patch / maps.columns)) + offset
                let pixel = camera.normalized(features.pixel(ofPatchCoordinates: place))
                let number = candidateU.count
                candidateU.append(Float(pixel.x))
                candidateV.append(Float(pixel.y))
                logSemantic(
                    at: place, model, instructions, number, count: candidateStride,
                    into: &candidateLikelihood)
            }
        }
    }

    /// Row `row` of `target`: log p_sem of the first points at a place [patch coordinates] (equation 4).
    private func logSemantic(
        at place: SIMD2<Double>, _ model: AlignmentModel, _ instructions: InstructionSet, _ row: Int,
        count: Int, into target: inout [Float]
    ) {
        let (rows, weights) = maps.interpolation(at: place)
        let points = count == stride ? model.pointCount : model.keypointCount
        unsafe target.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            _ = unsafe semalign_log_semantic(
                instructions.rawValue, maps.values, stride, [rows.x, rows.y, rows.z, rows.w],
                [weights.x, weights.y, weights.z, weights.w], model.similarityMean, model.inverseDeviation,
                points, count, configuration.isOneSided ? 1 : 0, base + row * count)
        }
    }

    /// The measured surface, where camera and depth are metric.
    private mutating func measure(_ observation: Observation, _ model: AlignmentModel, _ bounds: PixelRegion)
    {
        guard let depth = observation.depth, depth.isMetric, let focal = camera.knownFocalLength else {
            return
        }
        let distances = scene.kinds.indices.filter { scene.kinds[$0] == .object && scene.depth[$0] > 0 }
            .map { scene.depth[$0] }.sorted()
        guard !distances.isEmpty else { return }
        let extent = bounds.largerSide / camera.unit * Double(distances[distances.count / 2]) / focal
        let diameter = model.metricScale.map { $0.metresPerUnit * model.diameter } ?? extent
        surface = MeasuredSurface(scene: scene, diameter: diameter)
        isMetric = true
    }
}
