// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// The stand-in for a vision transformer: what a patch's feature is, given what the patch shows.
///
/// Each image point has a latent vector of a few blocks; a patch averages its points, bleeds into its
/// neighbours, and is carried to the feature's channels by one random matrix that belongs to the class.
struct FeatureExtractor {
    let configuration: FeatureConfiguration
    private let classSeed: UInt64
    private let isRound: Bool
    /// Latent × channels.
    private let mixing: [Float]
    /// Parts × surface block.
    private let partVectors: [Float]
    private let position: RandomField
    private let likeness: RandomField
    private let handedness: RandomField
    private let view: RandomField
    private let instance: RandomField
    private let background: RandomField

    /// Draws the fields of a class.
    init(_ configuration: FeatureConfiguration, classSeed: UInt64, isRound: Bool) {
        self.isRound = isRound
        self.configuration = configuration
        self.classSeed = classSeed
        var generator = SeededGenerator(classSeed, 0xFEA7)
        let scale = configuration.lengthScale
        let near = configuration.viewLengthScale
        func field(_ count: Int, _ scales: [Double], _ strength: Double) -> RandomField {
            RandomField(count: count, lengthScales: scales, strength: strength, using: &generator)
        }
        position = field(LatentBlocks.surfaceCount, [scale, scale, scale], configuration.position)
        likeness = field(LatentBlocks.surfaceCount, [scale, scale, scale], configuration.likeness)
        handedness = field(LatentBlocks.surfaceCount, [0.3, 0.3, 0.3], configuration.handedness)
        view = field(
            LatentBlocks.surfaceCount, [near, near, near, 0.9, 0.9, 0.9, 0.8, 0.8, 0.8], configuration.view)
        instance = field(LatentBlocks.surfaceCount, [0.25, 0.25, 0.25], configuration.instance)
        background = field(LatentBlocks.backgroundCount, [1, 1, 1], configuration.background)
        let partScale = configuration.part / Double(LatentBlocks.surfaceCount).squareRoot()
        partVectors = (0..<LatentBlocks.partCount * LatentBlocks.surfaceCount).map { _ in
            Float(generator.normal() * partScale)
        }
        let mixingScale = 1 / Double(configuration.channels).squareRoot()
        mixing = (0..<LatentBlocks.count * configuration.channels).map { _ in
            Float(generator.normal() * mixingScale)
        }
    }

    /// Features of what `surface` shows in `region`.
    ///
    /// `towardsCamera` is the direction from the object to the camera in the object frame; `textureScale` the
    /// length [m] over which the background changes.
    func features(
        of surface: SurfaceBuffer, region: PixelRegion, instanceIndex: Int, towardsCamera: SIMD3<Double>,
        textureScale: Double, extraBleeding: Double, using generator: inout SeededGenerator
    ) -> FeatureMap {
        var instanceGenerator = SeededGenerator(classSeed, 0x1257, UInt64(bitPattern: Int64(instanceIndex)))
        let painter = LatentPainter(
            position: position, likeness: likeness, handedness: handedness,
            viewRight: view.fixing([towardsCamera.x, towardsCamera.y, towardsCamera.z]),
            viewLeft: view.fixing([-towardsCamera.x, towardsCamera.y, towardsCamera.z]),
            instance: instance.shifted(using: &instanceGenerator), background: background,
            partVectors: partVectors, isRound: isRound, commonStrength: Float(configuration.common),
            backgroundScale: Float(1 / textureScale))
        var latents = painter.latents(
            of: surface, region: region, rows: configuration.rows, columns: configuration.columns)
        addNoise(to: &latents, using: &generator)
        let bleeding = (configuration.bleeding * configuration.bleeding + extraBleeding * extraBleeding)
            .squareRoot()
        PatchBlur(rows: configuration.rows, columns: configuration.columns, depth: LatentBlocks.count)
            .blur(&latents, deviation: bleeding)
        return FeatureMap(
            rows: configuration.rows, columns: configuration.columns, channels: configuration.channels,
            values: mixed(latents, using: &generator), region: region, model: "synthetic-\(classSeed)")
    }

    private func addNoise(to latents: inout [Float], using generator: inout SeededGenerator) {
        // The blur that follows takes away about half of the noise.
        let scale = 2 * configuration.smoothNoise / Double(LatentBlocks.count).squareRoot()
        for index in latents.indices { latents[index] += Float(scale * generator.roughNormal()) }
    }

    /// Latents times the mixing matrix, plus noise, of unit length.
    private func mixed(_ latents: [Float], using generator: inout SeededGenerator) -> [Float16] {
        let channels = configuration.channels
        let patches = configuration.rows * configuration.columns
        let noise = configuration.noise / Double(channels).squareRoot()
        var values = [Float16](repeating: 0, count: patches * channels)
        var row = [Float](repeating: 0, count: channels)
        for patch in 0..<patches {
            for channel in 0..<channels { row[channel] = Float(noise * generator.roughNormal()) }
            multiply(latents, patch: patch, into: &row)
            var squares: Float = 0
            for value in row { squares += value * value }
            let scale = 1 / max(squares, 1e-12).squareRoot()
            for channel in 0..<channels { values[patch * channels + channel] = Float16(row[channel] * scale) }
        }
        return values
    }

    private func multiply(_ latents: [Float], patch: Int, into row: inout [Float]) {
        let channels = row.count
        let matrix = mixing.span
        var output = row.mutableSpan
        for index in 0..<LatentBlocks.count {
            let factor = latents[patch * LatentBlocks.count + index]
            guard factor != 0 else { continue }
            let first = index * channels
            for channel in 0..<channels { output[channel] += factor * matrix[first + channel] }
        }
    }
}

extension SeededGenerator {
    /// A cheap draw of mean 0 and variance 1 that is nearly normal.
    mutating func roughNormal() -> Double {
        let bits = next()
        let sum =
            Int(bits & 0xFFFF) + Int((bits >> 16) & 0xFFFF) + Int((bits >> 32) & 0xFFFF) + Int(bits >> 48)
        return (Double(sum) / 65535 - 2) * 1.732_050_8
    }
}
