// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Videos of several instances next to each other in one wide picture: several objects before one camera.
///
/// Each tile is a picture of its own, so that an object away from the middle looks as if seen from there: under a long
/// lens that is a small error, under a wide one it is not. The mask's instances are numbered from 1; truth is told
/// about the first.
public struct SideBySide: Sendable {
    private let videos: [VideoRun]
    private let columns: Int
    private let rows: Int

    /// Joins 1 to 255 videos whose pictures and feature maps have the same sizes, the maps covering their pictures.
    public init(_ videos: [VideoRun]) {
        precondition((1...255).contains(videos.count), "a wide picture needs 1 to 255 videos")
        self.videos = videos
        var columns = 1
        while columns * columns < videos.count { columns += 1 }
        self.columns = columns
        rows = (videos.count + columns - 1) / columns
    }

    /// The frame with this number, from 0.
    public func frame(_ number: Int) -> SyntheticObservation {
        let tiles = videos.map { $0.frame(number) }
        let first = tiles[0].observation
        let size = first.imageSize
        let wide = ImageSize(width: columns * size.width, height: rows * size.height)
        let labels = tiles.enumerated().map { tile, image in
            image.observation.mask.labels.map { $0 > 0 ? UInt8(tile + 1) : 0 }
        }
        let shift = SIMD2(Double(wide.width - size.width), Double(wide.height - size.height)) / 2
        let camera = CameraIntrinsics(
            focalLength: tiles[0].intrinsics.focalLength,
            principalPoint: tiles[0].intrinsics.principalPoint + shift)
        let observation = Observation(
            timestamp: first.timestamp, frameID: first.frameID, imageSize: wide,
            intrinsics: first.intrinsics.map { _ in camera }, depth: depth(of: tiles, size: wide),
            mask: ObjectMask(size: wide, labels: joined(labels, width: size.width, empty: 0)), instance: 1,
            features: features(of: tiles, size: wide))
        return SyntheticObservation(
            id: tiles[0].id, instance: tiles[0].instance, run: tiles[0].run,
            pixels: joined(tiles.map(\.pixels), width: 3 * size.width, empty: 0), observation: observation,
            intrinsics: camera, cameraFromObject: tiles[0].cameraFromObject,
            keypoints: tiles[0].keypoints.map { Self.seen($0, by: camera) })
    }

    /// The point where the wide picture shows it, at the same depth.
    private static func seen(_ truth: KeypointTruth, by camera: CameraIntrinsics) -> KeypointTruth {
        guard truth.pixel.x.isFinite, truth.pixel.y.isFinite else { return truth }
        return KeypointTruth(
            position: camera.unproject(truth.pixel, depth: truth.position.z), pixel: truth.pixel,
            isVisible: truth.isVisible)
    }

    private func depth(of tiles: [SyntheticObservation], size: ImageSize) -> DepthImage? {
        let images = tiles.compactMap(\.observation.depth)
        guard images.count == tiles.count, let first = images.first else { return nil }
        return DepthImage(
            size: size, values: joined(images.map(\.values), width: first.size.width, empty: 0),
            isMetric: first.isMetric)
    }

    private func features(of tiles: [SyntheticObservation], size: ImageSize) -> FeatureMap {
        let first = tiles[0].observation.features
        return FeatureMap(
            rows: rows * first.rows, columns: columns * first.columns, channels: first.channels,
            values: joined(
                tiles.map(\.observation.features.values), width: first.columns * first.channels, empty: 0),
            region: PixelRegion(size), model: first.model)
    }

    /// Puts images next to each other, row by row from the top; `width` is the length of a row of one of them.
    private func joined<Element>(_ images: [[Element]], width: Int, empty: Element) -> [Element] {
        let height = images[0].count / width
        var wide = [Element](repeating: empty, count: rows * columns * images[0].count)
        for (tile, image) in images.enumerated() {
            let corner = (tile / columns * height * columns + tile % columns) * width
            for row in 0..<height {
                let start = corner + row * columns * width
                wide.replaceSubrange(start..<start + width, with: image[row * width..<(row + 1) * width])
            }
        }
        return wide
    }
}
