// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Where each kind of information stands in a latent vector.
///
/// Position, side, part, view and instance share one block: a network does not keep them apart either, so a
/// change of view moves a feature towards those of other places.
enum LatentBlocks {
    static let surfaceCount = 40
    static let backgroundCount = 20
    static let background = surfaceCount
    static let common = surfaceCount + backgroundCount
    static let count = surfaceCount + backgroundCount + 1
    /// Parts with vectors of their own; further ones share them.
    static let partCount = 12
}

/// Gives every patch the mean latent vector of the image points in it.
struct LatentPainter {
    let position: RandomField
    let likeness: RandomField
    let handedness: RandomField
    /// Of the half x > 0, seen as it is.
    let viewRight: RandomField
    /// Of the half x < 0, seen in a mirror: left from the left looks as right from the right.
    let viewLeft: RandomField
    let instance: RandomField
    let background: RandomField
    /// partCount×surfaceCount.
    let partVectors: [Float]
    /// True where the places round the vertical axis look alike, not just opposite ends.
    let isRound: Bool
    let commonStrength: Float
    let backgroundScale: Float
    /// Image points looked at in each direction of a patch.
    private static let samples = 3

    /// Rows×columns×latents, row-major; beyond the image's edge its last pixels go on.
    func latents(of surface: SurfaceBuffer, region: PixelRegion, rows: Int, columns: Int) -> [Float] {
        var latents = [Float](repeating: 0, count: rows * columns * LatentBlocks.count)
        var output = latents.mutableSpan
        let samples = Self.samples
        let step = region.extent / SIMD2(Double(columns * samples), Double(rows * samples))
        let weight = 1 / Float(samples * samples)
        for sampleRow in 0..<rows * samples {
            let y = region.minimum.y + (Double(sampleRow) + 0.5) * step.y
            let row = min(max(Int(y.rounded(.down)), 0), surface.size.height - 1)
            for sampleColumn in 0..<columns * samples {
                let x = region.minimum.x + (Double(sampleColumn) + 0.5) * step.x
                let column = min(max(Int(x.rounded(.down)), 0), surface.size.width - 1)
                let patch = sampleRow / samples * columns + sampleColumn / samples
                paint(
                    surface, pixel: row * surface.size.width + column, weight: weight, to: &output,
                    at: patch * LatentBlocks.count)
            }
        }
        return latents
    }

    private func paint(
        _ surface: SurfaceBuffer, pixel: Int, weight: Float, to output: inout MutableSpan<Float>,
        at start: Int
    ) {
        let x = surface.coordinates[3 * pixel]
        let y = surface.coordinates[3 * pixel + 1]
        let z = surface.coordinates[3 * pixel + 2]
        let part = Int(surface.parts[pixel])
        output[start + LatentBlocks.common] += weight * commonStrength
        switch surface.labels[pixel] {
        case SurfaceLabel.object:
            // Left and right share the field of |x|; a field times the sign of x, smooth at 0, tells them apart.
            position.add(x: abs(x), y: y, z: z, weight: weight, to: &output, at: start)
            let radius = isRound ? (x * x + y * y).squareRoot() : abs(x)
            likeness.add(x: radius, y: isRound ? 0 : abs(y), z: z, weight: weight, to: &output, at: start)
            let side = min(max(x * 12, -1), 1)
            handedness.add(
                x: abs(x), y: y, z: z, weight: weight * side, to: &output, at: start)
            addPart(part, weight: weight, to: &output, at: start)
            addView(surface, pixel: pixel, side: side, weight: weight, to: &output, at: start)
            instance.add(x: abs(x), y: y, z: z, weight: weight, to: &output, at: start)
        case SurfaceLabel.lookalike:
            // Things that resemble the object: its own field at other places, and one of its parts.
            position.add(x: abs(x), y: y, z: z, weight: 0.75 * weight, to: &output, at: start)
            addPart(part, weight: 0.75 * weight, to: &output, at: start)
            background.add(
                x: 3 * x, y: 3 * y, z: 3 * z, weight: 0.5 * weight, to: &output,
                at: start + LatentBlocks.background)
        case SurfaceLabel.background:
            let scale = backgroundScale
            let offset = Float(part) * 3.7
            background.add(
                x: scale * x + offset, y: scale * y, z: scale * z, weight: weight, to: &output,
                at: start + LatentBlocks.background)
        default:
            background.add(
                x: 3 * x + 11 * Float(part), y: 3 * y, z: 3 * z, weight: weight, to: &output,
                at: start + LatentBlocks.background)
        }
    }

    private func addView(
        _ surface: SurfaceBuffer, pixel: Int, side: Float, weight: Float, to output: inout MutableSpan<Float>,
        at start: Int
    ) {
        let x = abs(surface.coordinates[3 * pixel])
        let y = surface.coordinates[3 * pixel + 1]
        let z = surface.coordinates[3 * pixel + 2]
        let n = (surface.normals[3 * pixel], surface.normals[3 * pixel + 1], surface.normals[3 * pixel + 2])
        let right = weight * (1 + side) / 2
        let left = weight * (1 - side) / 2
        if right > 0 { viewRight.add(x, y, z, n.0, n.1, n.2, weight: right, to: &output, at: start) }
        if left > 0 { viewLeft.add(x, y, z, -n.0, n.1, n.2, weight: left, to: &output, at: start) }
    }

    private func addPart(_ part: Int, weight: Float, to output: inout MutableSpan<Float>, at start: Int) {
        let first = part % LatentBlocks.partCount * LatentBlocks.surfaceCount
        for index in 0..<LatentBlocks.surfaceCount {
            output[start + index] += weight * partVectors[first + index]
        }
    }
}
