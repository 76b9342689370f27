// SPDX-License-Identifier: Apache-2.0
public import SemAlignCore
public import SemAlignImages

/// Turns the streams of a camera with a bent lens into those of a pinhole with the same intrinsics.
struct FrameRectifier: Sendable {
    private struct Key: Hashable {
        let camera: LensCamera
        let size: ImageSize
    }

    /// Tables by camera and size; a camera that changes in every frame must not fill the memory.
    private var tables: [Key: Undistortion] = [:]

    /// The observation as the pinhole sees it: mask, depth, and features around the object.
    mutating func rectify(
        _ observation: Observation, camera: LensCamera
    ) throws(ImageError) -> Observation {
        let size = observation.imageSize
        let mask = try table(for: camera, size: size).apply(to: observation.mask)
        var depth = observation.depth
        if let taken = depth { depth = try rectify(taken, camera: camera, imageSize: size) }
        let region = mask.bounds(of: observation.instance)?.grown(by: 0.5) ?? PixelRegion(size)
        var rectified = Observation(
            timestamp: observation.timestamp, frameID: observation.frameID, imageSize: size,
            intrinsics: camera.intrinsics, depth: depth, mask: mask, instance: observation.instance,
            features: observation.features.rectified(camera: camera, region: region))
        rectified.cameraPose = observation.cameraPose
        rectified.otherFeatures = observation.otherFeatures.map {
            $0.rectified(camera: camera, region: region)
        }
        return rectified
    }

    /// Depth as the pinhole sees it; `imageSize` is that of the colour image, which `camera` is for.
    private mutating func rectify(
        _ depth: DepthImage, camera: LensCamera, imageSize: ImageSize
    ) throws(ImageError) -> DepthImage {
        let camera = depth.size == imageSize ? camera : camera.scaled(from: imageSize, to: depth.size)
        return try table(for: camera, size: depth.size).apply(to: depth)
    }

    private mutating func table(
        for camera: LensCamera, size: ImageSize
    ) throws(ImageError) -> Undistortion {
        let key = Key(camera: camera, size: size)
        if let known = tables[key] { return known }
        if tables.count >= 4 { tables = [:] }
        let table = try Undistortion(camera: camera, size: size)
        tables[key] = table
        return table
    }
}

extension Observation {
    /// The same frame as a pinhole with the intrinsics of `camera` sees it.
    ///
    /// Throws where the lens model has no table for images of this size.
    public func straightened(through camera: LensCamera) throws(ImageError) -> Observation {
        var rectifier = FrameRectifier()
        return try rectifier.rectify(self, camera: camera)
    }
}

extension FeatureMap {
    /// The map on the same grid as the pinhole sees it: each patch interpolated where its centre was taken.
    ///
    /// Patches whose centre is outside `region` [px, edges] are not worth that and take their nearest patch.
    func rectified(camera: LensCamera, region: PixelRegion) -> FeatureMap {
        let centers = (0..<rows).flatMap { row in (0..<columns).map { center(row: row, column: $0) } }
        let taken = camera.distorted(centers)
        var output = values
        for (index, center) in centers.enumerated() {
            let place = patchCoordinates(of: taken[index] ?? center)
            let (x, y) = (clamp(place.x, columns), clamp(place.y, rows))
            let target = index * channels
            guard region.contains(center) else {
                let source = (Int(y.rounded()) * columns + Int(x.rounded())) * channels
                for channel in 0..<channels { output[target + channel] = values[source + channel] }
                continue
            }
            let (column, row) = (min(Int(x), max(columns - 2, 0)), min(Int(y), max(rows - 2, 0)))
            let (right, down) = (Float(x - Double(column)), Float(y - Double(row)))
            let corner = (row * columns + column) * channels
            let stepRight = columns > 1 ? channels : 0
            let stepDown = rows > 1 ? columns * channels : 0
            for channel in 0..<channels {
                let base = corner + channel
                let top = mix(values[base], values[base + stepRight], right)
                let bottom = mix(values[base + stepDown], values[base + stepDown + stepRight], right)
                output[target + channel] = Float16(top + down * (bottom - top))
            }
        }
        return FeatureMap(
            rows: rows, columns: columns, channels: channels, values: output, region: self.region,
            model: model)
    }

    private func clamp(_ coordinate: Double, _ count: Int) -> Double {
        min(max(coordinate, 0), Double(count - 1))
    }

    private func mix(_ first: Float16, _ second: Float16, _ share: Float) -> Float {
        Float(first) + share * (Float(second) - Float(first))
    }
}

extension PixelRegion {
    /// The region with a margin of `share` of its own size on every side.
    func grown(by share: Double) -> PixelRegion {
        PixelRegion(minimum: minimum - extent * share, maximum: maximum + extent * share)
    }
}
