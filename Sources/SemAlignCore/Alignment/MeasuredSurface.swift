// SPDX-License-Identifier: Apache-2.0

/// The object's measured surface, away from its silhouette and from jumps in depth, where sensors mix near and far.
struct MeasuredSurface: Sendable {
    /// Depth [m]; 0 where it is not known or not to be trusted.
    private(set) var depth: ScalarField
    /// σ_z [m]: the sensor's noise and the class's spread about its mean shape together.
    let deviation: Float

    /// The trusted part of `scene`'s depth; `nil` where there is none.
    ///
    /// `diameter` is the object's [m]; nodes nearer than `margin` nodes to a jump or to the mask's border are left out.
    init?(scene: SceneGrid, diameter: Double, margin: Int = 2) {
        depth = ScalarField(grid: scene.grid)
        let (columns, rows) = (scene.grid.columns, scene.grid.rows)
        var isEdge = [Bool](repeating: false, count: scene.kinds.count)
        let jump = Float(0.12 * diameter)
        for row in 0..<rows {
            for column in 0..<columns {
                let node = row * columns + column
                let right = column + 1 < columns ? node + 1 : node
                let below = row + 1 < rows ? node + columns : node
                if Self.isStep(scene, node, right, jump) { (isEdge[node], isEdge[right]) = (true, true) }
                if Self.isStep(scene, node, below, jump) { (isEdge[node], isEdge[below]) = (true, true) }
            }
        }
        let edge = NearestNode(columns: columns, rows: rows, isMarked: isEdge)
        var trusted: [Float] = []
        for node in scene.kinds.indices where scene.kinds[node] == .object && scene.depth[node] > 0 {
            guard edge.squaredDistance(node) > margin * margin else { continue }
            depth.values[node] = scene.depth[node]
            trusted.append(scene.depth[node])
        }
        guard !trusted.isEmpty else { return nil }
        trusted.sort()
        let distance = trusted[trusted.count / 2]
        // Structured light and stereo: noise grows with the square of the distance.
        let sensor = 0.001 + 0.002 * distance * distance
        let shape = 0.02 * Float(diameter)
        deviation = (sensor * sensor + shape * shape).squareRoot()
    }

    /// True where two neighbours differ in kind, or in depth by more than `jump`.
    private static func isStep(_ scene: SceneGrid, _ a: Int, _ b: Int, _ jump: Float) -> Bool {
        guard scene.kinds[a] == .object || scene.kinds[b] == .object else { return false }
        if scene.kinds[a] != scene.kinds[b] { return true }
        let (near, far) = (scene.depth[a], scene.depth[b])
        return near > 0 && far > 0 && abs(near - far) > jump
    }
}
