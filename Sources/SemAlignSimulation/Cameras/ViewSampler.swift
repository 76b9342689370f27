// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Places the object in front of the camera.
struct ViewSampler {
    let instance: SyntheticInstance
    let size: ImageSize
    let intrinsics: CameraIntrinsics

    /// Camera orientation that looks at the object from `direction` (object frame, unit), turned by `roll` turns.
    static func orientation(from direction: SIMD3<Double>, roll: Double) -> Rotation {
        let forward = -direction
        let right = normalized(cross(forward, abs(direction.z) < 0.999 ? [0, 0, 1] : [0, 1, 0]))
        let down = cross(forward, right)
        let look = Rotation(
            x: [right.x, down.x, forward.x], y: [right.y, down.y, forward.y], z: [right.z, down.z, forward.z])
        return Rotation(axis: [0, 0, 1], turns: roll).composed(with: look)
    }

    /// Object frame to camera frame, such that the object's box in the image has the larger side `side` [px]
    /// and its middle `middle` [px].
    func place(_ rotation: Rotation, side: Double, middle: SIMD2<Double>) -> SimilarityTransform {
        let focal = intrinsics.focalLength.x
        let turned = instance.vertices.map { rotation.apply($0 - instance.center) }
        var translation = SIMD3(0, 0, max(instance.diameter * focal / side, instance.diameter))
        for _ in 0..<6 {
            let box = self.box(of: turned, at: translation)
            let ratio = box.largerSide / side
            let shift = (middle + 0.5 - (box.minimum + box.maximum) / 2) / intrinsics.focalLength
            translation.x += shift.x * translation.z
            translation.y += shift.y * translation.z
            // The camera never enters the object.
            let depth = max(translation.z * ratio, 0.62 * instance.diameter)
            translation = translation * (depth / translation.z)
        }
        return SimilarityTransform(
            scale: 1, rotation: rotation, translation: translation - rotation.apply(instance.center))
    }

    /// Box of the projected vertices [px, edges].
    private func box(of points: [SIMD3<Double>], at translation: SIMD3<Double>) -> PixelRegion {
        var low = SIMD2<Double>(repeating: .infinity)
        var high = SIMD2<Double>(repeating: -.infinity)
        for point in points {
            guard let pixel = intrinsics.project(point + translation) else { continue }
            low = pointwiseMin(low, pixel)
            high = pointwiseMax(high, pixel)
        }
        return PixelRegion(minimum: low, maximum: high + 1)
    }
}

extension SimulationConfiguration {
    /// The camera of an image.
    func camera(using generator: inout SeededGenerator) -> CameraIntrinsics {
        let side = Double(max(imageSize.width, imageSize.height))
        let focal: Double
        switch self.focal {
        case .known(let sides): focal = sides * side
        case .unknown:
            // Literal bounds keep the images of earlier versions, bit for bit.
            let (low, high) =
                unknownFocalRange.map { (logarithm($0.lowerBound), logarithm($0.upperBound)) }
                ?? (-0.2231, 0.9163)
            focal = side * exponential(generator.uniform(low, high))
        }
        return CameraIntrinsics(imageSize: imageSize, focalLength: focal)
    }

    /// Larger side of the object's box for a fill between 0 (the smallest) and 1 (the largest) [px].
    func side(fill share: Double) -> Double {
        let larger = Double(max(imageSize.width, imageSize.height))
        let smaller = Double(min(imageSize.width, imageSize.height))
        let wanted = larger * (fill.lowerBound + (fill.upperBound - fill.lowerBound) * share)
        return min(wanted, 0.9 * smaller)
    }

    /// Middle of the object's box for an offset between −1 and 1 of what keeps it inside the image [px].
    func middle(offset: SIMD2<Double>, side: Double) -> SIMD2<Double> {
        let extent = SIMD2(Double(imageSize.width), Double(imageSize.height))
        return (extent - 1) / 2 + offset * 0.9 * (extent - side) / 2
    }

    /// A direction of view, from the object to the camera in the object frame.
    func direction(using generator: inout SeededGenerator) -> SIMD3<Double> {
        let height =
            viewpoints == .upperSphere ? generator.uniform(0.14, 0.96) : generator.uniform(-0.96, 0.96)
        let (sine, cosine) = sineAndCosine(turns: generator.uniform())
        let radius = (1 - height * height).squareRoot()
        return [radius * cosine, radius * sine, height]
    }
}
