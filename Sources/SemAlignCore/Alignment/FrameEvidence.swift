// SPDX-License-Identifier: Apache-2.0

import SemAlignKernels

/// What one frame says about where the class's points may be: how the patches on the object match them, and a
/// raster of mask and depth.
struct FrameEvidence: Sendable {
    /// Camera that the evidence is read with; its focal length is a guess where unknown.
    ///
    /// Nothing else depends on it, so that several guesses share one reading of the frame.
    var camera: CameraIntrinsics
    /// Matches at the patches, then at squares of 2×2, 4×4… of them, as far as asked for; storage behind these.
    private(set) var grids: [MatchGrid] = []
    /// Grids of this frame that are read, and that there are.
    private var gridCount = 1
    private var preparedGridCount = 1
    /// Depth and mask.
    private(set) var raster = EvidenceRaster()
    /// Centre of the object's patches [px] and their root mean square distance from it [px].
    private(set) var center = SIMD2<Double>.zero
    private(set) var radius = 1.0
    /// Median depth of the object's patches; `nil` where none has depth.
    private(set) var medianDepth: Double?

    /// A grid of so few cells is not halved.
    private static let fewestCells = 16

    /// True where any patch on the object has depth.
    var hasDepth: Bool { medianDepth != nil }

    /// Centre of the visible surface in the camera frame; `nil` without depth.
    var surfaceCenter: SIMD3<Double>? { medianDepth.map { camera.unproject(center, depth: $0) } }

    /// Knows nothing of any frame yet.
    init() { camera = CameraIntrinsics(focalLength: [1, 1], principalPoint: .zero) }

    /// Reads another frame into the same storage; false, and nothing read, where no patch lies on the object.
    mutating func read(
        _ observation: Observation, camera: CameraIntrinsics, model: EvidenceModel,
        buffers: inout FrameBuffers
    ) -> Bool {
        self.camera = camera
        (gridCount, preparedGridCount) = (1, 1)
        buffers.patches.read(observation)
        guard !buffers.patches.cells.isEmpty else { return false }
        raster.read(observation)
        place(buffers.patches)
        readDepth(&buffers)
        if grids.isEmpty { grids.append(MatchGrid()) }
        grids[0].read(observation.features, model: model, buffers: &buffers)
        reserveCoarseGrids(pointCount: model.pointCount)
        return true
    }

    /// Makes room for all grids that may ever be asked for, so that no later frame has to.
    private mutating func reserveCoarseGrids(pointCount: Int) {
        var (level, cells) = (0, grids[0].count.capacity)
        while cells > Self.fewestCells {
            // Half where the object is a line, a quarter elsewhere.
            (level, cells) = (level + 1, cells / 2 + 1)
            if level == grids.count { grids.append(MatchGrid()) }
            grids[level].reserve(cells: cells, pointCount: pointCount)
        }
    }

    /// Where the object is in the image, and how large.
    private mutating func place(_ patches: PatchSelection) {
        let count = Double(patches.pixels.count)
        let mean = patches.pixels.reduce(.zero, +) / count
        center = mean
        let spread = patches.pixels.reduce(0.0) { sum, pixel in
            let d = pixel - mean
            return sum + (d * d).sum()
        }
        radius = max(spread / count, 1).squareRoot()
    }

    /// Depth at the patches, and the middle one.
    private mutating func readDepth(_ buffers: inout FrameBuffers) {
        buffers.patchDepth.removeAll(keepingCapacity: true)
        buffers.knownDepth.removeAll(keepingCapacity: true)
        buffers.patchDepth.reserveCapacity(buffers.patches.cells.capacity)
        buffers.knownDepth.reserveCapacity(buffers.patches.cells.capacity)
        for pixel in buffers.patches.pixels {
            let depth = raster.depth(at: pixel)
            buffers.patchDepth.append(depth)
            if depth > 0 { buffers.knownDepth.append(depth) }
        }
        let count = buffers.knownDepth.count
        medianDepth = count > 0 ? Double(unsafe semalign_median(&buffers.knownDepth, Int32(count))) : nil
    }

    /// Makes coarser grids until a reach of `sigma` pixels spans at most two cells or so, for `readCoarseGrids`.
    mutating func prepareCoarseGrids(forReach sigma: Double) {
        guard preparedGridCount == 1 else { return }
        var last = 0
        while grids[last].cellCount > Self.fewestCells, grids[last].cellSize.min() * 2 <= sigma {
            if last + 1 == grids.count { grids.append(MatchGrid()) }
            // Taken out of the list while it is filled from its neighbour there.
            var next = MatchGrid()
            swap(&next, &grids[last + 1])
            next.read(halving: grids[last])
            swap(&next, &grids[last + 1])
            last += 1
        }
        preparedGridCount = last + 1
    }

    /// From now on the coarser grids are read too, where a reach allows it.
    mutating func readCoarseGrids(forReach sigma: Double) {
        prepareCoarseGrids(forReach: sigma)
        gridCount = preparedGridCount
    }

    /// The coarsest grid there is that resolves a reach of `sigma` pixels.
    func grid(forReach sigma: Double) -> MatchGrid {
        grids[..<gridCount].last { $0.cellSize.max() <= sigma } ?? grids[0]
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
