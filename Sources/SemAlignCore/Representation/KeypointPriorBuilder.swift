// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Fits the distributions of angles, ratios and handedness, and the shape's covariance (METHOD 1.3, 1.4).
///
/// Unlike the paper, which takes each image's lifted keypoints: the shapes of the instances are complete, so
/// that also keypoints that no image shows together have statistics, and free of the depth sensor's outliers.
/// Against samples that agree too well noise is added, as the authors do, but smooth over the object as real
/// shapes vary: neighbouring keypoints move together.
struct KeypointPriorBuilder {
    /// Standard deviation of the smooth noise [diameters].
    let smoothDeviation = 0.03
    /// Distance over which noise stays alike [diameters].
    let smoothLength = 0.4
    /// Standard deviation of the noise that each keypoint has for itself [diameters].
    let independentDeviation = 0.012
    /// Noisy copies over all instances together.
    let copies = 60
    /// Cap of α + β.
    let concentrationLimit = 2000.0
    /// Edge pairs and tetrahedra are thinned out to these numbers.
    let edgePairLimit = 100_000
    let tetrahedronLimit = 4000

    /// The prior of a class with the canonical `keypoints` and the shapes of its instances [class frame].
    func build(
        keypoints: [SIMD3<Double>], shapes: [SparseCloud.InstanceShape], flip: [Int]?,
        generator: inout SeededGenerator
    ) -> KeypointPrior {
        let diameter = diameter(of: keypoints)
        let floor = noiseCovariance(of: keypoints, diameter: diameter)
        let covariance = shapeCovariance(keypoints, shapes, flip: flip, floor: floor)
        let factor = cholesky(floor, size: 3 * keypoints.count)
        var draws: [[SIMD3<Double>]] = []
        let each = max(1, (copies + shapes.count - 1) / max(shapes.count, 1))
        for shape in shapes {
            for _ in 0..<each { draws.append(noisy(shape.keypoints, factor, &generator)) }
        }
        return KeypointPrior(
            edgePairs: edgePairs(draws, generator: &generator),
            tetrahedra: tetrahedra(draws, keypoints: keypoints, diameter: diameter, generator: &generator),
            shapeCovariance: covariance)
    }

    /// 3L×3L covariance of smooth plus independent noise.
    private func noiseCovariance(of keypoints: [SIMD3<Double>], diameter: Double) -> [Double] {
        let size = 3 * keypoints.count
        var covariance = [Double](repeating: 0, count: size * size)
        let (smooth, own) = (smoothDeviation * diameter, independentDeviation * diameter)
        for i in keypoints.indices {
            for j in keypoints.indices {
                let distance = squaredDistance(keypoints[i], keypoints[j])
                let length = smoothLength * diameter
                var value = smooth * smooth * exp(-distance / (2 * length * length))
                if i == j { value += own * own }
                for axis in 0..<3 { covariance[(3 * i + axis) * size + 3 * j + axis] = value }
            }
        }
        return covariance
    }

    /// Spread of the instances about the class, over the floor.
    private func shapeCovariance(
        _ keypoints: [SIMD3<Double>], _ shapes: [SparseCloud.InstanceShape], flip: [Int]?, floor: [Double]
    ) -> [Double] {
        var covariance = floor
        guard shapes.count > 1 else { return covariance }
        let size = 3 * keypoints.count
        var deviations = shapes.map { deviation($0, from: keypoints) }
        if let flip {
            deviations += shapes.map { shape in
                let mirrored = SparseCloud.InstanceShape(
                    keypoints: flip.map { shape.keypoints[$0] * SIMD3(-1, 1, 1) },
                    observations: flip.map { shape.observations[$0] })
                return deviation(mirrored, from: keypoints)
            }
        }
        let weight = 1 / Double(max(deviations.count - (flip == nil ? 1 : 2), 1))
        for d in deviations {
            for i in 0..<size {
                for j in 0..<size { covariance[i * size + j] += weight * d[i] * d[j] }
            }
        }
        return covariance
    }

    private func deviation(_ shape: SparseCloud.InstanceShape, from keypoints: [SIMD3<Double>]) -> [Double] {
        let onto = SimilarityTransform.fit(
            from: shape.keypoints, to: keypoints, weights: shape.observations.map { min($0, 1) + 0.01 })
        return keypoints.indices.flatMap { i -> [Double] in
            let d = (onto?.apply(shape.keypoints[i]) ?? shape.keypoints[i]) - keypoints[i]
            return [d.x, d.y, d.z]
        }
    }

    private func noisy(_ shape: [SIMD3<Double>], _ factor: [Double], _ generator: inout SeededGenerator)
        -> [SIMD3<Double>]
    {
        let size = 3 * shape.count
        let z = (0..<size).map { _ in generator.normal() }
        return shape.indices.map { i in
            var d = SIMD3<Double>.zero
            for axis in 0..<3 {
                let row = 3 * i + axis
                for k in 0...row { d[axis] += factor[row * size + k] * z[k] }
            }
            return shape[i] + d
        }
    }

    private func edgePairs(_ draws: [[SIMD3<Double>]], generator: inout SeededGenerator) -> [EdgePairFeature]
    {
        let count = draws.first?.count ?? 0
        var edges: [SIMD2<Int32>] = []
        for i in 0..<count { for j in (i + 1)..<max(count, i + 1) { edges.append([Int32(i), Int32(j)]) } }
        // Edge vectors and lengths once per draw, not once per pair.
        let vectors = draws.map { draw in edges.map { draw[Int($0.y)] - draw[Int($0.x)] } }
        let lengths = vectors.map { $0.map { max(($0 * $0).sum().squareRoot(), 1e-12) } }
        let total = edges.count * (edges.count - 1) / 2
        let keep = Double(edgePairLimit) / Double(max(total, 1))
        var features: [EdgePairFeature] = []
        features.reserveCapacity(min(total, edgePairLimit))
        for a in edges.indices {
            for b in 0..<a where keep >= 1 || generator.uniform() < keep {
                var (angle, ratio) = (BetaSamples(), BetaSamples())
                for d in draws.indices {
                    let (la, lb) = (lengths[d][a], lengths[d][b])
                    angle.add(((vectors[d][a] * vectors[d][b]).sum() / (la * lb) + 1) / 2)
                    ratio.add(la / (la + lb))
                }
                guard let angleFit = angle.fit(concentrationLimit: concentrationLimit),
                    let ratioFit = ratio.fit(concentrationLimit: concentrationLimit)
                else { continue }
                features.append(
                    EdgePairFeature(first: edges[a], second: edges[b], angle: angleFit, ratio: ratioFit))
            }
        }
        return features
    }

    private func tetrahedra(
        _ draws: [[SIMD3<Double>]], keypoints: [SIMD3<Double>], diameter: Double,
        generator: inout SeededGenerator
    ) -> [TetrahedronFeature] {
        let count = keypoints.count
        guard count >= 4 else { return [] }
        let total = count * (count - 1) * (count - 2) / 6 * (count - 3)
        let keep = Double(tetrahedronLimit) / Double(total)
        var features: [TetrahedronFeature] = []
        for a in 0..<count {
            for b in (a + 1)..<max(count, a + 1) {
                for c in (b + 1)..<max(count, b + 1) {
                    let area = cross(keypoints[b] - keypoints[a], keypoints[c] - keypoints[a])
                    // Axes of a sliver turn with the noise: such triangles say nothing.
                    guard (area * area).sum().squareRoot() > 0.02 * diameter * diameter else { continue }
                    for d in 0..<count where d != a && d != b && d != c {
                        guard keep >= 1 || generator.uniform() < keep else { continue }
                        var samples = (BetaSamples(), BetaSamples(), BetaSamples())
                        for draw in draws {
                            let cosines = tetrahedronCosines(draw[a], draw[b], draw[c], draw[d])
                            samples.0.add((cosines.x + 1) / 2)
                            samples.1.add((cosines.y + 1) / 2)
                            samples.2.add((cosines.z + 1) / 2)
                        }
                        guard let x = samples.0.fit(concentrationLimit: concentrationLimit),
                            let y = samples.1.fit(concentrationLimit: concentrationLimit),
                            let z = samples.2.fit(concentrationLimit: concentrationLimit)
                        else { continue }
                        features.append(
                            TetrahedronFeature(
                                corners: [Int32(a), Int32(b), Int32(c), Int32(d)], x: x, y: y, z: z))
                    }
                }
            }
        }
        return features
    }
}

/// Cosines between d − a and the axes of the triangle (a, b, c), as `TetrahedronFeature` defines them.
func tetrahedronCosines(
    _ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>, _ d: SIMD3<Double>
) -> SIMD3<Double> {
    let x = unit(b - a)
    let z = unit(cross(x, c - a))
    let y = cross(z, x)
    let e = unit(d - a)
    return [(e * x).sum(), (e * y).sum(), (e * z).sum()]
}

/// Vector product.
func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
}

/// The vector at unit length; very short ones stay very short.
func unit(_ v: SIMD3<Double>) -> SIMD3<Double> { v / max((v * v).sum().squareRoot(), 1e-12) }

/// Lower triangular factor F of a positive definite matrix: F Fᵀ = matrix; row-major.
func cholesky(_ matrix: [Double], size: Int) -> [Double] {
    var f = matrix
    factorise(&f, size: size)
    for i in 0..<size {
        for j in (i + 1)..<max(size, i + 1) { f[i * size + j] = 0 }
    }
    return f
}

/// Puts the factor F of a positive definite matrix in place of its lower triangle; what is above it stays.
func factorise(_ f: inout [Double], size: Int) {
    for i in 0..<size {
        for j in 0...i {
            var value = f[i * size + j]
            for k in 0..<j { value -= f[i * size + k] * f[j * size + k] }
            f[i * size + j] = i == j ? max(value, 1e-18).squareRoot() : value / f[j * size + j]
        }
    }
}

extension SeededGenerator {
    /// A draw from the standard normal distribution (Box-Muller).
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }
}
