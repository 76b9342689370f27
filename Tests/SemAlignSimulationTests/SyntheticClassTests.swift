// SPDX-License-Identifier: Apache-2.0

import SemAlignSimulation
import Testing

@Suite struct SyntheticClassTests {
    @Test("A class has 11 to 20 keypoints with names of their own", arguments: SyntheticFamily.allCases)
    func namesKeypoints(family: SyntheticFamily) {
        let names = SyntheticClass(family: family, seed: 1).keypointNames
        #expect((11...20).contains(names.count))
        #expect(Set(names).count == names.count)
    }

    @Test(
        "Mirroring exchanges left and right keypoints of every instance", arguments: SyntheticFamily.allCases)
    func flips(family: SyntheticFamily) {
        let objectClass = SyntheticClass(family: family, seed: 2)
        #expect(objectClass.flip.indices.allSatisfy { objectClass.flip[objectClass.flip[$0]] == $0 })
        #expect(objectClass.flip.indices.contains { objectClass.flip[$0] != $0 })
        let keypoints = objectClass.instance(4).keypoints
        for (index, point) in keypoints.enumerated() {
            let mirror = keypoints[objectClass.flip[index]] * [-1, 1, 1]
            #expect((mirror - point).largest < 1e-9, "\(objectClass.keypointNames[index])")
        }
    }

    @Test("The skeleton joins keypoints that exist", arguments: SyntheticFamily.allCases)
    func joins(family: SyntheticFamily) {
        let objectClass = SyntheticClass(family: family, seed: 2)
        let range = 0..<Int32(objectClass.keypointNames.count)
        #expect(objectClass.skeleton.count >= 8)
        #expect(
            objectClass.skeleton.allSatisfy { range.contains($0.x) && range.contains($0.y) && $0.x != $0.y })
    }

    @Test("Keypoints lie on the surface of every instance", arguments: SyntheticFamily.allCases)
    func liesOnSurface(family: SyntheticFamily) {
        let objectClass = SyntheticClass(family: family, seed: 3)
        let instance = objectClass.instance(1)
        for (name, point) in zip(objectClass.keypointNames, instance.keypoints) {
            let nearest = stride(from: 0, to: objectClass.triangles.count, by: 3).map { first in
                distance(
                    from: point, to: (0..<3).map { instance.vertices[Int(objectClass.triangles[first + $0])] }
                )
            }.min()
            #expect((nearest ?? .infinity) < 0.025 * instance.diameter, "\(family) \(name)")
        }
    }

    @Test(
        "Instances differ in size and in every proportion by 5 to 30 %", arguments: SyntheticFamily.allCases)
    func varies(family: SyntheticFamily) {
        let objectClass = SyntheticClass(family: family, seed: 1)
        let instances = (0..<40).map(objectClass.instance)
        #expect(instances.allSatisfy { (0.05...0.6).contains($0.diameter) })
        #expect((0.04...0.35).contains(relativeDeviation(instances.map(\.diameter))))
        // Distances between keypoints in units of the diameter.
        let last = objectClass.keypointNames.count - 1
        let ratios = instances.map { ($0.keypoints[0] - $0.keypoints[last]).norm / $0.diameter }
        #expect((0.01...0.4).contains(relativeDeviation(ratios)))
        #expect(objectClass.instance(7) == instances[7])
    }

    @Test("Seeds give different classes, and the same class again")
    func dependsOnSeed() {
        let first = SyntheticClass(family: .chair, seed: 1).instance(0)
        #expect(first == SyntheticClass(family: .chair, seed: 1).instance(0))
        #expect(first != SyntheticClass(family: .chair, seed: 2).instance(0))
    }

    private func relativeDeviation(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return variance.squareRoot() / mean
    }

    /// Distance to the nearest of points spread evenly over a triangle.
    private func distance(from point: SIMD3<Double>, to corners: [SIMD3<Double>]) -> Double {
        var best = Double.infinity
        let center = (corners[0] + corners[1] + corners[2]) / 3
        let reach = corners.map { ($0 - center).norm }.max() ?? 0
        guard (point - center).norm < reach + 0.03 else { return best }
        for i in 0...8 {
            for j in 0...(8 - i) {
                let u = Double(i) / 8
                let v = Double(j) / 8
                best = min(best, (corners[0] * (1 - u - v) + corners[1] * u + corners[2] * v - point).norm)
            }
        }
        return best
    }
}

extension SIMD3<Double> {
    var norm: Double { (self * self).sum().squareRoot() }
    var largest: Double { Swift.max(abs(x), abs(y), abs(z)) }
}
