// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import Testing

@Suite struct SimilarityMapsTests {
    /// A small grid with one zero patch, a class of 21 points, an odd number of channels.
    private func example() -> (FeatureMap, PointAppearance) {
        var generator = SeededGenerator(seed: 4)
        let (rows, columns, channels, points) = (3, 5, 37, 21)
        var values = (0..<rows * columns * channels).map { _ in Float16(generator.uniform() - 0.5) }
        for channel in 0..<channels { values[7 * channels + channel] = 0 }
        let features = FeatureMap(
            rows: rows, columns: columns, channels: channels, values: values,
            region: PixelRegion(ImageSize(width: 50, height: 30)), model: "")
        var vectors = (0..<points * channels).map { _ in Float(generator.uniform() - 0.5) }
        for point in 0..<points {
            let row = point * channels..<(point + 1) * channels
            let norm = vectors[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
            for i in row { vectors[i] /= norm }
        }
        return (
            features,
            PointAppearance(
                channels: channels, model: "", vectors: vectors,
                similarityMean: .init(repeating: 0.5, count: points),
                similarityDeviation: .init(repeating: 0.1, count: points))
        )
    }

    private func plainCosine(
        _ features: FeatureMap, _ patch: Int, _ appearance: PointAppearance, _ point: Int
    ) -> Float {
        var (dot, square): (Float, Float) = (0, 0)
        for c in 0..<features.channels {
            let value = Float(features.values[patch * features.channels + c])
            dot += value * appearance.vectors[point * features.channels + c]
            square += value * value
        }
        return square > 0 ? dot / square.squareRoot() : 0
    }

    @Test("Similarities equal plain loops with every instruction set", arguments: InstructionSet.allCases)
    func equalsPlainLoops(instructions: InstructionSet) {
        guard instructions.rawValue <= InstructionSet.best.rawValue else { return }
        let (features, appearance) = example()
        let patches: [Int32] = [14, 7, 0, 3, 9, 2, 11]
        var maps = SimilarityMaps()
        maps.update(
            features: features, patches: patches, vectors: PackedVectors(appearance),
            instructions: instructions)
        #expect(maps.stride == 32 && maps.values.count == 7 * 32)
        for (row, patch) in patches.enumerated() {
            for point in 0..<appearance.pointCount {
                let expected = plainCosine(features, Int(patch), appearance, point)
                #expect(abs(maps.value(row: row, point: point) - expected) < 1e-5)
            }
        }
    }

    @Test("A patch of zero norm is similar to nothing, and the table leads from patch to row")
    func zeroPatch() {
        let (features, appearance) = example()
        var maps = SimilarityMaps()
        maps.update(features: features, patches: [2, 7], vectors: PackedVectors(appearance))
        #expect((0..<21).allSatisfy { maps.value(row: 1, point: $0) == 0 })
        #expect(maps.rowOfPatch[7] == 1 && maps.rowOfPatch[2] == 0 && maps.rowOfPatch[3] == -1)
    }

    @Test("A second, smaller update leaves nothing of the first")
    func reuse() {
        let (features, appearance) = example()
        let vectors = PackedVectors(appearance)
        var maps = SimilarityMaps()
        maps.update(features: features, patches: [0, 1, 2, 3, 4], vectors: vectors)
        maps.update(features: features, patches: [4], vectors: vectors)
        var fresh = SimilarityMaps()
        fresh.update(features: features, patches: [4], vectors: vectors)
        #expect(maps.values == fresh.values && maps.rowOfPatch == fresh.rowOfPatch)
    }

    @Test("No patch at all is an empty map")
    func empty() {
        let (features, appearance) = example()
        var maps = SimilarityMaps()
        maps.update(features: features, patches: [], vectors: PackedVectors(appearance))
        #expect(maps.values.isEmpty)
    }
}
