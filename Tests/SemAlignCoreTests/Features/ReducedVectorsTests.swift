// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

@Suite struct ReducedVectorsTests {
    /// Unit vectors of 256 channels that lie in `rank` directions, but for a little noise.
    private func vectors(_ count: Int, rank: Int, noise: Float) -> [Float] {
        var generator = SeededGenerator(seed: 4)
        func random() -> Float { Float.random(in: -1...1, using: &generator) }
        let directions = (0..<rank).map { _ in (0..<256).map { _ in random() } }
        return (0..<count).flatMap { _ -> [Float] in
            let weights = directions.map { _ in random() }
            let raw = (0..<256).map { c in
                zip(weights, directions).reduce(noise * random()) { $0 + $1.0 * $1.1[c] }
            }
            let norm = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return raw.map { $0 / norm }
        }
    }

    private func appearance(_ vectors: [Float]) -> PointAppearance {
        let count = vectors.count / 256
        return PointAppearance(
            channels: 256, model: "", vectors: vectors,
            similarityMean: [Float](repeating: 0.8, count: count),
            similarityDeviation: [Float](repeating: 0.1, count: count))
    }

    @Test("Similarities through few directions are those of all channels")
    func agrees() throws {
        let appearance = appearance(vectors(150, rank: 20, noise: 0.1))
        let reduced = try #require(ReducedVectors(appearance))
        let patches = vectors(12, rank: 40, noise: 0.5).map { Float16($0) }
        let features = FeatureMap(
            rows: 3, columns: 4, channels: 256, values: patches,
            region: PixelRegion(ImageSize(width: 40, height: 30)), model: "")
        var (maps, buffers) = (SimilarityMaps(), FrameBuffers())
        let all = (0..<12).map(Int32.init)
        maps.update(features: features, patches: all, vectors: PackedVectors(appearance))
        reduced.compare(features, patches: all, buffers: &buffers)
        for patch in 0..<12 {
            for point in 0..<150 {
                let value = buffers.similarities[patch * reduced.stride + point]
                #expect(abs(value - maps.value(row: patch, point: point)) < 0.03)
            }
        }
    }

    @Test("Vectors that need all channels are not reduced")
    func refuses() {
        #expect(ReducedVectors(appearance(vectors(300, rank: 250, noise: 0))) == nil)
    }
}
