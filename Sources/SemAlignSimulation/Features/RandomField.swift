// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// A cosine of period 1 to three decimals, by a parabola: cheap, and the same on every machine.
@inline(__always)
func wave(_ turns: Float) -> Float {
    let shifted = turns + 0.25
    // Adding 1.5 · 2²³ rounds to the nearest integer, without the library call that `rounded` is on old machines.
    let phase = shifted - ((shifted + 12_582_912) - 12_582_912)
    let arch = 8 * phase * (1 - 2 * abs(phase))
    return arch * (0.775 + 0.225 * abs(arch))
}

/// A smooth random vector field over points: random Fourier features of a Gaussian kernel.
struct RandomField {
    /// Number of components.
    let count: Int
    /// Length of a point.
    private let dimension: Int
    /// Turns per unit, count×dimension.
    private let frequencies: [Float]
    /// Turns, one per component.
    private let phases: [Float]
    private let amplitude: Float

    /// Draws a field whose vectors have a length of about `strength`; points much nearer than the length scale
    /// of an axis get like vectors.
    init(
        count: Int, lengthScales: [Double], strength: Double, using generator: inout SeededGenerator
    ) {
        self.count = count
        dimension = lengthScales.count
        frequencies = (0..<count).flatMap { _ in
            lengthScales.map { Float(generator.normal() / (2 * Double.pi * $0)) }
        }
        phases = (0..<count).map { _ in Float(generator.uniform()) }
        amplitude = Float(strength * (2 / Double(max(count, 1))).squareRoot())
    }

    private init(count: Int, dimension: Int, frequencies: [Float], phases: [Float], amplitude: Float) {
        self.count = count
        self.dimension = dimension
        self.frequencies = frequencies
        self.phases = phases
        self.amplitude = amplitude
    }

    /// The field over the first three coordinates where all further ones are fixed.
    func fixing(_ rest: [Double]) -> RandomField {
        let kept = dimension - rest.count
        var moved = phases
        var left: [Float] = []
        for component in 0..<count {
            let first = component * dimension
            left.append(contentsOf: frequencies[first..<first + kept])
            for (axis, value) in rest.enumerated() {
                moved[component] += frequencies[first + kept + axis] * Float(value)
            }
        }
        return RandomField(
            count: count, dimension: kept, frequencies: left, phases: moved, amplitude: amplitude)
    }

    /// The field with every component shifted by a random phase: alike in its statistics, unlike in its values.
    func shifted(using generator: inout SeededGenerator) -> RandomField {
        RandomField(
            count: count, dimension: dimension, frequencies: frequencies,
            phases: phases.map { _ in Float(generator.uniform()) }, amplitude: amplitude)
    }

    /// Adds `weight` times the field at a point of three coordinates to `output` from `start` on.
    func add(
        x: Float, y: Float, z: Float, weight: Float, to output: inout MutableSpan<Float>, at start: Int
    ) {
        let turns = frequencies.span
        let offsets = phases.span
        let scale = amplitude * weight
        for component in 0..<count {
            let first = 3 * component
            let argument = turns[first] * x + turns[first + 1] * y + turns[first + 2] * z + offsets[component]
            output[start + component] += scale * wave(argument)
        }
    }

    /// The same for points of six coordinates.
    func add(
        _ x: Float, _ y: Float, _ z: Float, _ u: Float, _ v: Float, _ w: Float, weight: Float,
        to output: inout MutableSpan<Float>, at start: Int
    ) {
        let turns = frequencies.span
        let offsets = phases.span
        let scale = amplitude * weight
        for component in 0..<count {
            let first = 6 * component
            let place = turns[first] * x + turns[first + 1] * y + turns[first + 2] * z
            let facing = turns[first + 3] * u + turns[first + 4] * v + turns[first + 5] * w
            output[start + component] += scale * wave(place + facing + offsets[component])
        }
    }
}
