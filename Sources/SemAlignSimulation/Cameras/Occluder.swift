// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Something that stands between camera and object: a board, or a hand of a palm and four fingers.
struct Occluder {
    private let shape: ShapeBuilder
    private let extent: Extent
    /// Where it comes from, a unit vector in the image.
    private let from: SIMD2<Double>
    private let turns: Double

    /// Draws an occluder for an object of `diameter` [m].
    init(diameter: Double, using generator: inout SeededGenerator) {
        var builder = ShapeBuilder()
        let reach = diameter * generator.uniform(0.55, 0.8)
        if generator.uniform() < 0.4 {
            builder.box([-reach, -reach * 0.7, -0.05 * reach], [reach, reach * 0.7, 0.05 * reach], part: 0)
        } else {
            builder.ellipsoid(center: .zero, radii: [0.5 * reach, 0.62 * reach, 0.2 * reach], part: 0)
            for finger in 0..<4 {
                let x = (Double(finger) - 1.5) * 0.27 * reach
                let length = reach * generator.uniform(0.75, 1.05)
                builder.tube(
                    along: [
                        [x, 0.3 * reach, 0], [x * 1.15, 0.3 * reach + length / 2, 0.05 * reach],
                        [x * 1.2, 0.3 * reach + length, 0],
                    ],
                    radii: [[0.12 * reach, 0.11 * reach]], part: UInt8(finger + 1))
            }
        }
        shape = builder
        extent = Extent(of: builder.vertices)
        let angle = generator.uniform()
        let (sine, cosine) = sineAndCosine(turns: angle)
        from = [cosine, sine]
        // The fingers reach inwards.
        turns = angle + 0.25 + 0.05 * generator.normal()
    }

    /// The scene's triangles with the occluder pushed in until it hides the share `wanted` of the object.
    func added(
        to scene: TriangleSet, hiding wanted: Double, objectCenter: SIMD3<Double>, diameter: Double,
        size: ImageSize, intrinsics: CameraIntrinsics
    ) -> TriangleSet {
        let plain = Rasterizer(scene, size: size, intrinsics: intrinsics)
        var outside = 1.6 * diameter
        var inside = 0.0
        for _ in 0..<9 {
            let middle = (outside + inside) / 2
            let front = Rasterizer(
                alone(pushed: middle, objectCenter, diameter), size: size, intrinsics: intrinsics)
            if hiddenShare(of: scene, plain, by: front) < wanted { outside = middle } else { inside = middle }
        }
        var result = scene
        append(to: &result, pushed: outside, objectCenter, diameter)
        return result
    }

    private func hiddenShare(of scene: TriangleSet, _ plain: Rasterizer, by front: Rasterizer) -> Double {
        var object = 0
        var hidden = 0
        for pixel in plain.triangle.indices {
            let number = Int(plain.triangle[pixel])
            guard number >= 0, scene.labels[number] == SurfaceLabel.object else { continue }
            object += 1
            if front.depth[pixel] < plain.depth[pixel] { hidden += 1 }
        }
        return Double(hidden) / Double(max(object, 1))
    }

    private func alone(pushed: Double, _ center: SIMD3<Double>, _ diameter: Double) -> TriangleSet {
        var set = TriangleSet()
        append(to: &set, pushed: pushed, center, diameter)
        return set
    }

    private func append(
        to set: inout TriangleSet, pushed: Double, _ center: SIMD3<Double>, _ diameter: Double
    ) {
        let nearer = max(center.z - 0.75 * diameter, 0.35 * center.z)
        let ahead = SIMD3(center.x, center.y, center.z) * (nearer / center.z)
        let place = ahead + SIMD3(from.x, from.y, 0) * pushed * (nearer / center.z)
        set.append(
            shape,
            cameraFromShape: SimilarityTransform(
                scale: nearer / center.z, rotation: Rotation(axis: [0, 0, 1], turns: turns),
                translation: place),
            label: SurfaceLabel.occluder, part: nil
        ) { ($0 - extent.center) / extent.diagonal }
    }
}
