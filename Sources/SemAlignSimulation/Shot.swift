// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Everything that decides one image but the class, the configuration and the instance.
struct Shot {
    let id: String
    let run: String?
    let timestamp: UInt64
    /// Seed of the sensors' noise.
    let seed: UInt64
    let intrinsics: CameraIntrinsics
    let cameraFromObject: SimilarityTransform
    let room: Room
    /// Seed of what lies around and in front: common to the frames of a video.
    let sceneSeed: UInt64
}

extension Simulator {
    /// Takes the picture.
    func take(_ shot: Shot, of instance: SyntheticInstance) -> SyntheticObservation {
        var generator = SeededGenerator(objectClass.stream, shot.seed, 4)
        let surface = SurfaceBuffer(
            scene(shot, of: instance), room: shot.room, size: configuration.imageSize,
            intrinsics: shot.intrinsics)
        let mask = Segmenter.mask(of: surface, using: &generator)
        let depth = self.depth(of: surface, shot.intrinsics, using: &generator)
        let isTold = configuration.focal != .unknown
        let observation = Observation(
            timestamp: shot.timestamp, frameID: "camera_color_optical_frame",
            imageSize: configuration.imageSize,
            intrinsics: isTold ? shot.intrinsics : nil, depth: depth, mask: mask, instance: 1,
            features: features(of: surface, mask: mask, shot, instance, using: &generator))
        let shader = ColorShader(
            instanceSeed: objectClass.stream &+ UInt64(bitPattern: Int64(instance.index)))
        return SyntheticObservation(
            id: shot.id, instance: "\(objectClass.name)-\(instance.index)", run: shot.run,
            pixels: shader.paint(surface, blur: configuration.blur, using: &generator),
            observation: observation,
            intrinsics: shot.intrinsics, cameraFromObject: shot.cameraFromObject,
            keypoints: truth(of: instance, shot, surface))
    }

    private func scene(_ shot: Shot, of instance: SyntheticInstance) -> TriangleSet {
        var generator = SeededGenerator(objectClass.stream, shot.sceneSeed, 5)
        var scene = TriangleSet()
        scene.append(
            vertices: instance.vertices.map(shot.cameraFromObject.apply), canonical: objectClass.canonical,
            triangles: objectClass.triangles, parts: objectClass.parts, label: SurfaceLabel.object)
        if configuration.hasClutter {
            let center = shot.room.cameraFromWorld.applyInverse(shot.cameraFromObject.apply(instance.center))
            let clutter = Clutter(
                center: SIMD3(center.x, center.y, shot.room.low.z), diameter: instance.diameter,
                using: &generator)
            clutter.add(to: &scene, cameraFromWorld: shot.room.cameraFromWorld)
        }
        guard let range = configuration.occlusion else { return scene }
        let wanted = generator.uniform(range.lowerBound, range.upperBound)
        let occluder = Occluder(diameter: instance.diameter, using: &generator)
        return occluder.added(
            to: scene, hiding: wanted, objectCenter: shot.cameraFromObject.apply(instance.center),
            diameter: instance.diameter, size: configuration.imageSize, intrinsics: shot.intrinsics)
    }

    private func depth(
        of surface: SurfaceBuffer, _ intrinsics: CameraIntrinsics, using generator: inout SeededGenerator
    ) -> DepthImage? {
        let factor = Float(exponential(generator.uniform(-1.2, 1.2)))
        switch configuration.depth {
        case .none: return nil
        case .exact: return DepthImage(size: surface.size, values: surface.depth, isMetric: true)
        case .sensor:
            let values = DepthSensor().measure(surface, intrinsics: intrinsics, using: &generator)
            return DepthImage(size: surface.size, values: values, isMetric: true)
        case .relative:
            let values = DepthSensor().measure(surface, intrinsics: intrinsics, using: &generator)
            return DepthImage(size: surface.size, values: values.map { $0 * factor }, isMetric: false)
        }
    }

    private func features(
        of surface: SurfaceBuffer, mask: ObjectMask, _ shot: Shot, _ instance: SyntheticInstance,
        using generator: inout SeededGenerator
    ) -> FeatureMap {
        let towardsCamera = normalized(shot.cameraFromObject.applyInverse(.zero) - instance.center)
        let region = configuration.features.region(of: mask)
        let patch = region.extent.x / Double(configuration.features.columns)
        return extractor.features(
            of: surface, region: region, instanceIndex: instance.index, towardsCamera: towardsCamera,
            textureScale: 0.15 * instance.diameter, extraBleeding: 0.6 * Double(configuration.blur) / patch,
            using: &generator)
    }

    private func truth(
        of instance: SyntheticInstance, _ shot: Shot, _ surface: SurfaceBuffer
    ) -> [KeypointTruth] {
        instance.keypoints.map { point in
            let position = shot.cameraFromObject.apply(point)
            let pixel = shot.intrinsics.project(position) ?? SIMD2(.nan, .nan)
            let column = pixel.x.rounded()
            let row = pixel.y.rounded()
            let size = surface.size
            var isVisible =
                column >= 0 && row >= 0 && column < Double(size.width) && row < Double(size.height)
            if isVisible {
                // One pixel aside a slanted surface is already deeper or nearer.
                let tolerance = 0.012 * instance.diameter + 2 * position.z / shot.intrinsics.focalLength.x
                let seen = surface.depth[Int(row) * size.width + Int(column)]
                isVisible = position.z <= Double(seen) + tolerance
            }
            return KeypointTruth(position: position, pixel: pixel, isVisible: isVisible)
        }
    }
}

extension FeatureConfiguration {
    /// What the patches cover for a mask [px, edges].
    func region(of mask: ObjectMask) -> PixelRegion {
        guard case .object(let margin) = coverage, let box = mask.bounds(of: 1) else {
            return PixelRegion(mask.size)
        }
        let half = SIMD2(repeating: 0.5 * margin * box.largerSide)
        let middle = (box.minimum + box.maximum) / 2
        return PixelRegion(minimum: middle - half, maximum: middle + half)
    }
}
