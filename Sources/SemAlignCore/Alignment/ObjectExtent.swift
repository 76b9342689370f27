// SPDX-License-Identifier: Apache-2.0

/// Where the mask is and how large: what a start without further knowledge goes by.
public struct ObjectExtent: Hashable, Sendable {
    /// Mean of the mask [normalised].
    public let center: SIMD2<Double>
    /// Root mean square distance of the mask from its mean [normalised].
    public let radius: Double
    /// Median depth on the mask [the depth image's unit]; `nil` where nothing was measured.
    public let depth: Double?

    /// The extent of the object in `scene`.
    init(_ scene: SceneGrid) {
        var sum = SIMD2<Double>.zero
        var square = 0.0
        var count = 0.0
        var depths: [Float] = []
        for node in scene.kinds.indices where scene.kinds[node] == .object {
            let place = scene.grid.place(column: node % scene.grid.columns, row: node / scene.grid.columns)
            sum += place
            square += (place * place).sum()
            count += 1
            if scene.depth[node] > 0 { depths.append(scene.depth[node]) }
        }
        let mean = sum / max(count, 1)
        center = mean
        radius = max(square / max(count, 1) - (mean * mean).sum(), 0).squareRoot()
        depths.sort()
        depth = depths.isEmpty ? nil : Double(depths[depths.count / 2])
    }
}
