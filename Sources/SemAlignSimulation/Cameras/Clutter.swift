// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Things that lie around the object.
struct Clutter {
    private struct Thing {
        let shape: ShapeBuilder
        let worldFromShape: SimilarityTransform
        let label: UInt8
        let part: UInt8
        let canonicalOffset: SIMD3<Double>
        let scale: Double
    }

    private var things: [Thing] = []

    /// Lays about five things round `center` [m, world frame], clear of an object of `diameter` [m].
    init(center: SIMD3<Double>, diameter: Double, using generator: inout SeededGenerator) {
        for number in 0..<6 {
            let half = diameter * generator.uniform(0.1, 0.3)
            let flat = generator.uniform(0.4, 1.2)
            var builder = ShapeBuilder()
            if generator.uniform() < 0.5 {
                builder.box([-half, -half * 0.7, 0], [half, half * 0.7, 2 * half * flat], part: 0)
            } else {
                builder.ellipsoid(
                    center: [0, 0, half * flat], radii: [half, half * 0.8, half * flat], segments: 14, part: 0
                )
            }
            let (sine, cosine) = sineAndCosine(turns: generator.uniform())
            let distance = diameter * generator.uniform(0.75, 1.6) + half
            things.append(
                Thing(
                    shape: builder,
                    worldFromShape: SimilarityTransform(
                        scale: 1, rotation: Rotation(axis: [0, 0, 1], turns: generator.uniform()),
                        translation: center + SIMD3(distance * cosine, distance * sine, 0)),
                    label: number % 2 == 0 ? SurfaceLabel.lookalike : SurfaceLabel.clutter,
                    part: UInt8(generator.uniform(0, 6)),
                    canonicalOffset: SIMD3(
                        generator.uniform(-0.3, 0.3), generator.uniform(-0.3, 0.3),
                        generator.uniform(-0.3, 0.3)),
                    scale: 0.4 / half))
        }
    }

    /// Adds the things to a scene.
    func add(to scene: inout TriangleSet, cameraFromWorld: SimilarityTransform) {
        for thing in things {
            let rotation = cameraFromWorld.rotation.composed(with: thing.worldFromShape.rotation)
            let move = SimilarityTransform(
                scale: 1, rotation: rotation,
                translation: cameraFromWorld.apply(thing.worldFromShape.translation))
            scene.append(thing.shape, cameraFromShape: move, label: thing.label, part: thing.part) {
                thing.canonicalOffset + $0 * (thing.scale * 0.3)
            }
        }
    }
}
