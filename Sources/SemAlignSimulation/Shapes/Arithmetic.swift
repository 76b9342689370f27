// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
import SemAlignCore

/// Sine and cosine of an angle given in turns.
func sineAndCosine(turns: Double) -> (sine: Double, cosine: Double) {
    let angle = 2 * Double.pi * turns
    return (sin(angle), cos(angle))
}

/// e to the power of `value`.
func exponential(_ value: Double) -> Double { exp(value) }

/// Natural logarithm.
func logarithm(_ value: Double) -> Double { log(value) }

/// The vector product.
func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
}

/// The scalar product.
func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { (a * b).sum() }

/// Euclidean length.
func length(_ v: SIMD3<Double>) -> Double { dot(v, v).squareRoot() }

/// The vector divided by its length, which must not be zero.
func normalized(_ v: SIMD3<Double>) -> SIMD3<Double> { v / length(v) }

extension SeededGenerator {
    /// One number that stands for a path of numbers, in order.
    static func mixed(_ path: UInt64...) -> UInt64 { mixed(path) }

    private static func mixed(_ path: [UInt64]) -> UInt64 {
        path.reduce(0x5EED) { state, number in
            var mixer = SeededGenerator(seed: state ^ number &* 0xD6E8_FEB8_6659_FD93)
            return mixer.next()
        }
    }

    /// A generator of its own for the purpose that the numbers of `path` name, in order.
    init(_ path: UInt64...) { self.init(seed: Self.mixed(path)) }

    /// A uniform draw from [low, high).
    mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

    /// A draw from the standard normal distribution.
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * sineAndCosine(turns: uniform()).cosine
    }

    /// A unit vector of uniform direction.
    mutating func direction() -> SIMD3<Double> {
        let z = uniform(-1, 1)
        let (sine, cosine) = sineAndCosine(turns: uniform())
        let radius = (1 - z * z).squareRoot()
        return [radius * cosine, radius * sine, z]
    }
}

extension Rotation {
    /// Rotation by `turns` about the unit vector `axis`.
    init(axis: SIMD3<Double>, turns: Double) {
        let (sine, cosine) = sineAndCosine(turns: turns / 2)
        self.init(quaternion: SIMD4(axis.x * sine, axis.y * sine, axis.z * sine, cosine))
    }
}
