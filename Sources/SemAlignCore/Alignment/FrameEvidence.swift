// SPDX-License-Identifier: Apache-2.0

import SemAlignKernels

/// What one frame says about where the class's points may be: how the patches on the object match them, and a
/// raster of mask and depth.
struct FrameEvidence: Sendable {
    /// Camera that the evidence is read with; its focal length is a guess where unknown.
    ///
    /// Nothing else depends on it, so that several guesses share one reading of the frame.
    var camera: CameraIntrinsics
    /// Matches at the patches, then at squares of 2×2, 4×4… of them, as far as asked for.
    private(set) var grids: [MatchGrid]
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

    /// Reads a frame; `nil` where no patch lies on the object.
    init?(
        _ observation: Observation, camera: CameraIntrinsics, model: EvidenceModel,
        buffers: inout FrameBuffers
    ) {
        self.camera = camera
        let patches = PatchSelection(observation)
        guard !patches.cells.isEmpty else { return nil }
        let raster = EvidenceRaster(observation)
        self.raster = raster
        let patchDepth = patches.pixels.map { raster.depth(at: $0) }
        let depths = patchDepth.filter { $0 > 0 }.sorted()
        medianDepth = depths.isEmpty ? nil : Double(depths[depths.count / 2])
        let count = Double(patches.pixels.count)
        let mean = patches.pixels.reduce(.zero, +) / count
        center = mean
        let spread = patches.pixels.reduce(0.0) { sum, pixel in
            let d = pixel - mean
            return sum + (d * d).sum()
        }
        radius = max(spread / count, 1).squareRoot()
        grids = [
            MatchGrid(
                observation.features, patches: patches, depth: patchDepth, model: model, buffers: &buffers)
        ]
    }

    /// Adds coarser grids until a reach of `sigma` pixels spans at most two cells or so.
    mutating func addGrids(forReach sigma: Double) {
        while let last = grids.last, last.cellCount > 16, last.cellSize.min() * 2 <= sigma {
            grids.append(MatchGrid(halving: last))
        }
    }

    /// The coarsest grid there is that resolves a reach of `sigma` pixels.
    func grid(forReach sigma: Double) -> MatchGrid {
        grids.last { $0.cellSize.max() <= sigma } ?? grids[0]
    }

    /// Lends the buffers to a kernel that looks as far as `sigma` pixels.
    func withKernel<Result>(reach sigma: Double, _ body: (UnsafePointer<semalign_evidence>) -> Result)
        -> Result
    {
        unsafe grid(forReach: sigma).withKernel { grid in
            unsafe raster.withBuffers { depth, slope, mask, toMask in
                var evidence = unsafe semalign_evidence(
                    focal_x: Float(camera.focalLength.x), focal_y: Float(camera.focalLength.y),
                    center_x: Float(camera.principalPoint.x), center_y: Float(camera.principalPoint.y),
                    grid: grid, raster_width: Int32(raster.width), raster_height: Int32(raster.height),
                    raster_x: Float(raster.origin.x), raster_y: Float(raster.origin.y),
                    raster_cell: Float(raster.cell), raster_depth: depth, raster_slope: slope,
                    raster_mask: mask, raster_to_mask: toMask)
                return unsafe body(&evidence)
            }
        }
    }
}
