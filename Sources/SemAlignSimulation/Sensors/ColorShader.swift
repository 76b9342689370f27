// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Paints a simple colour picture: part colours of the instance, a soft light, a little grain.
struct ColorShader {
    private let palette: [SIMD3<Float>]
    private let light = SIMD3<Float>(0.36, -0.62, -0.7)

    /// The colours of one instance in one place.
    init(instanceSeed: UInt64) {
        var generator = SeededGenerator(instanceSeed, 0xC0105)
        palette = (0..<24).map { _ in
            SIMD3(
                Float(generator.uniform(50, 230)), Float(generator.uniform(50, 230)),
                Float(generator.uniform(50, 230)))
        }
    }

    /// H×W×3 pixels, red first, row-major.
    func paint(_ surface: SurfaceBuffer, blur: Int, using generator: inout SeededGenerator) -> [UInt8] {
        var colors = [Float](repeating: 0, count: 3 * surface.labels.count)
        for pixel in surface.labels.indices {
            let color = self.color(surface, pixel)
            for channel in 0..<3 { colors[3 * pixel + channel] = color[channel] }
        }
        if blur > 0 { colors = Self.blurred(colors, size: surface.size, radius: blur) }
        return colors.map { value in
            UInt8(min(max(value + Float(generator.uniform(-5, 5)), 0), 255))
        }
    }

    private func color(_ surface: SurfaceBuffer, _ pixel: Int) -> SIMD3<Float> {
        let label = surface.labels[pixel]
        let base = palette[(Int(label) * 7 + Int(surface.parts[pixel])) % palette.count]
        var stripes: Float = 0
        for axis in 0..<3 {
            let scale: Float = label == SurfaceLabel.background ? 2.5 : 6
            stripes += wave(surface.coordinates[3 * pixel + axis] * scale)
        }
        var shade: Float = 0
        for axis in 0..<3 { shade += light[axis] * surface.normals[3 * pixel + axis] }
        return base * (0.45 + 0.5 * max(shade, 0) + 0.05 * stripes)
    }

    /// Smears a picture along its rows, as a sideways motion does.
    private static func blurred(_ colors: [Float], size: ImageSize, radius: Int) -> [Float] {
        var result = colors
        for row in 0..<size.height {
            for column in 0..<size.width {
                let columns = max(column - radius, 0)...min(column + radius, size.width - 1)
                for channel in 0..<3 {
                    var sum: Float = 0
                    for x in columns { sum += colors[3 * (row * size.width + x) + channel] }
                    result[3 * (row * size.width + column) + channel] = sum / Float(columns.count)
                }
            }
        }
        return result
    }
}
