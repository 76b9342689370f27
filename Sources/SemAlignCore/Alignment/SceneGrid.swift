// SPDX-License-Identifier: Apache-2.0

/// What a place of the image shows, for the energy.
enum SceneKind: UInt8, Hashable, Sendable {
    /// Something behind or beside the object.
    case background
    /// The object itself.
    case object
    /// Something in front of it, or outside an image whose border the object touches: it may go on there.
    case hidden
}

/// Mask and depth on a grid around the object.
struct SceneGrid: Sendable {
    let grid: ImageGrid
    /// Kind of each node.
    private(set) var kinds: [SceneKind]
    /// Depth of each node [the depth image's unit]; 0 = not measured.
    let depth: [Float]

    /// Samples `observation` around `bounds`, the box of its mask [px, edges].
    init(observation: Observation, bounds: PixelRegion, camera: NormalizedCamera) {
        let grid = ImageGrid(over: bounds, camera: camera)
        let size = observation.imageSize
        var kinds = [SceneKind](repeating: .background, count: grid.columns * grid.rows)
        var depth = [Float](repeating: 0, count: kinds.count)
        let whole = PixelRegion(size)
        let reachesBorder = (
            low: (bounds.minimum - whole.minimum) .<= 2, high: (whole.maximum - bounds.maximum) .<= 2
        )
        for row in 0..<grid.rows {
            for column in 0..<grid.columns {
                let pixel = camera.pixel(grid.place(column: column, row: row))
                let node = row * grid.columns + column
                if observation.mask.contains(pixel, instance: observation.instance) { kinds[node] = .object }
                let beyond =
                    ((pixel .< -0.5) .& reachesBorder.low)
                    .| ((pixel .> whole.maximum - 0.5) .& reachesBorder.high)
                if any(beyond) { kinds[node] = .hidden }
                depth[node] = observation.depth?.value(at: pixel, in: size) ?? 0
            }
        }
        self.grid = grid
        self.kinds = kinds
        self.depth = depth
        markOccluders()
    }

    /// Marks what is nearer to the camera than the part of the object next to it.
    private mutating func markOccluders() {
        let known = kinds.indices.map { kinds[$0] == .object && depth[$0] > 0 }
        guard known.contains(true) else { return }
        let nearest = NearestNode(columns: grid.columns, rows: grid.rows, isMarked: known)
        // 1.5 % of the distance: above the noise of depth cameras, below the thickness of a hand.
        for node in kinds.indices where kinds[node] == .background && depth[node] > 0 {
            guard let object = nearest.nearest(to: node) else { continue }
            if depth[node] < 0.985 * depth[object] { kinds[node] = .hidden }
        }
    }
}
