// SPDX-License-Identifier: Apache-2.0

import SemAlignKernels

/// What one frame says about where the class's points may be: semantic likelihoods of the patches on the object,
/// and a raster of mask and depth.
struct FrameEvidence: Sendable {
    /// Camera that the evidence is read with; its focal length is a guess where unknown.
    ///
    /// Nothing else depends on it, so that several guesses share one reading of the frame.
    var camera: CameraIntrinsics
    /// Patch grid.
    let rows: Int
    let columns: Int
    let patchSize: SIMD2<Double>
    /// Centre of patch (0, 0) [px].
    let patchOrigin: SIMD2<Double>
    /// Number of each patch among those compared, or −1: rows×columns.
    let patchIndex: [Int32]
    /// Centres of the patches compared [px], S×2.
    let patchPixels: [Float]
    /// 1 where the patch's centre carries the object.
    let patchInMask: [UInt8]
    /// Depth of each patch, 0 = none.
    let patchDepth: [Float]
    /// log p_sem less the point's mean over the object, S rows of `likelihoodStride` ≥ P.
    let logLikelihood: [Float]
    let likelihoodStride: Int
    /// Depth and mask.
    let raster: EvidenceRaster
    /// Centre of the object's patches [px] and their root mean square distance from it [px].
    let center: SIMD2<Double>
    let radius: Double
    /// Median depth of the object's patches; `nil` where none has depth.
    let medianDepth: Double?

    /// True where any patch on the object has depth.
    var hasDepth: Bool { medianDepth != nil }

    /// Centre of the visible surface in the camera frame; `nil` without depth.
    var surfaceCenter: SIMD3<Double>? { medianDepth.map { camera.unproject(center, depth: $0) } }

    /// Number of patches compared.
    var patchCount: Int { patchInMask.count }

    /// A likelihood below this many deviations counts as this many: one bad patch is no proof.
    private static let deviationLimit: Float = 3

    /// Reads a frame; `nil` where no patch lies on the object.
    init?(_ observation: Observation, camera: CameraIntrinsics, model: EvidenceModel) {
        let features = observation.features
        self.camera = camera
        rows = features.rows
        columns = features.columns
        patchSize = features.patchSize
        patchOrigin = features.center(row: 0, column: 0)
        let raster = EvidenceRaster(observation)
        self.raster = raster
        let patches = PatchSelection(observation)
        guard patches.inMask.contains(1) else { return nil }
        patchIndex = patches.index
        patchInMask = patches.inMask
        patchPixels = patches.pixels.flatMap { [Float($0.x), Float($0.y)] }
        patchDepth = patches.pixels.map { raster.depth(at: $0) }
        let depths = zip(patchDepth, patchInMask).compactMap { $0 > 0 && $1 == 1 ? $0 : nil }.sorted()
        medianDepth = depths.isEmpty ? nil : Double(depths[depths.count / 2])
        let inside = patches.pixels.indices.filter { patches.inMask[$0] == 1 }
        let mean = inside.reduce(SIMD2<Double>.zero) { $0 + patches.pixels[$1] } / Double(inside.count)
        center = mean
        radius =
            max(
                inside.reduce(0) { sum, k in
                    let d = patches.pixels[k] - mean
                    return sum + (d * d).sum()
                } / Double(inside.count), 1
            ).squareRoot()
        (logLikelihood, likelihoodStride) = Self.likelihoods(features, patches, model)
    }

    /// One-sided log p_sem (equation 4) of every point at every patch, less its mean over the object's patches.
    private static func likelihoods(
        _ features: FeatureMap, _ patches: PatchSelection, _ model: EvidenceModel
    ) -> (values: [Float], stride: Int) {
        let appearance = model.representation.appearance
        var maps = SimilarityMaps()
        maps.update(features: features, patches: patches.cells.map(Int32.init), vectors: model.vectors)
        var values = maps.values
        var scratch = [Float](repeating: 0, count: maps.stride)
        unsafe semalign_log_likelihoods(
            &values, Int32(patches.cells.count), Int32(maps.stride), Int32(appearance.pointCount),
            appearance.similarityMean, appearance.similarityDeviation, deviationLimit, patches.inMask,
            &scratch)
        return (values, maps.stride)
    }

    /// log p_sem of a point less its mean over the object, at the patch nearest to `pixel`; `nil` off the object.
    func logLikelihood(of point: Int, at pixel: SIMD2<Double>) -> Float? {
        let place = ((pixel - patchOrigin) / patchSize).rounded(.toNearestOrEven)
        guard place.x >= 0, place.y >= 0, place.x < Double(columns), place.y < Double(rows) else {
            return nil
        }
        let patch = patchIndex[Int(place.y) * columns + Int(place.x)]
        return patch < 0 ? nil : logLikelihood[Int(patch) * likelihoodStride + point]
    }

    /// Lends the buffers to a kernel.
    func withKernel<Result>(_ body: (UnsafePointer<semalign_evidence>) -> Result) -> Result {
        unsafe patchIndex.withUnsafeBufferPointer { index in
            unsafe patchPixels.withUnsafeBufferPointer { pixels in
                unsafe logLikelihood.withUnsafeBufferPointer { likelihood in
                    unsafe patchInMask.withUnsafeBufferPointer { inMask in
                        unsafe raster.withBuffers { depth, slope, mask, toMask in
                            var evidence = unsafe semalign_evidence(
                                focal_x: Float(camera.focalLength.x), focal_y: Float(camera.focalLength.y),
                                center_x: Float(camera.principalPoint.x),
                                center_y: Float(camera.principalPoint.y), rows: Int32(rows),
                                columns: Int32(columns), patch_x: Float(patchOrigin.x),
                                patch_y: Float(patchOrigin.y), patch_width: Float(patchSize.x),
                                patch_height: Float(patchSize.y), patch_index: index.baseAddress,
                                patch_count: Int32(patchCount), patch_pixels: pixels.baseAddress,
                                log_likelihood: likelihood.baseAddress,
                                likelihood_stride: Int32(likelihoodStride), patch_in_mask: inMask.baseAddress,
                                raster_width: Int32(raster.width), raster_height: Int32(raster.height),
                                raster_x: Float(raster.origin.x), raster_y: Float(raster.origin.y),
                                raster_cell: Float(raster.cell), raster_depth: depth, raster_slope: slope,
                                raster_mask: mask, raster_to_mask: toMask)
                            return unsafe body(&evidence)
                        }
                    }
                }
            }
        }
    }
}

/// Patches whose centre lies on the object, and their neighbours: features bleed over the object's edge.
struct PatchSelection {
    /// Number of each patch among those selected, or −1.
    private(set) var index: [Int32]
    /// Grid cell of each selected patch.
    private(set) var cells: [Int] = []
    /// Centre of each [px].
    private(set) var pixels: [SIMD2<Double>] = []
    /// 1 where the centre carries the object.
    private(set) var inMask: [UInt8] = []

    init(_ observation: Observation) {
        let features = observation.features
        index = [Int32](repeating: -1, count: features.rows * features.columns)
        var inside = [Bool](repeating: false, count: index.count)
        for row in 0..<features.rows {
            for column in 0..<features.columns {
                let center = features.center(row: row, column: column)
                inside[row * features.columns + column] = observation.mask.contains(
                    column: Int(center.x.rounded()), row: Int(center.y.rounded()),
                    instance: observation.instance)
            }
        }
        for row in 0..<features.rows {
            for column in 0..<features.columns {
                var isNear = false
                for r in max(row - 1, 0)...min(row + 1, features.rows - 1) {
                    for c in max(column - 1, 0)...min(column + 1, features.columns - 1)
                    where inside[r * features.columns + c] { isNear = true }
                }
                guard isNear else { continue }
                let cell = row * features.columns + column
                index[cell] = Int32(cells.count)
                cells.append(cell)
                pixels.append(features.center(row: row, column: column))
                inMask.append(inside[cell] ? 1 : 0)
            }
        }
    }
}
