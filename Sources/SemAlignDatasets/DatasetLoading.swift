// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore
public import SemAlignImages

extension AnnotatedDataset {
    /// Frame name that observations carry: dataset folders do not state one.
    public static let frameID = "camera_optical_frame"

    /// Loads the colour picture.
    public func colorImage(of image: AnnotatedImage) throws(DatasetError) -> ColorImage {
        let bytes = try read(image.imagePath, key: "image", of: image)
        do {
            return try ImageDecoder.color(bytes.span)
        } catch {
            throw .undecodable(image: image.id, key: "image", path: image.imagePath, error: error)
        }
    }

    /// Bytes of the picture as they are stored (PNG or JPEG).
    public func encodedImage(of image: AnnotatedImage) throws(DatasetError) -> [UInt8] {
        try read(image.imagePath, key: "image", of: image)
    }

    /// Loads everything but the picture's pixels: size, camera, depth, mask, features.
    ///
    /// Of several objects in the mask `maskChoice(of:)` says which is meant; an image that declares no mask gets
    /// an empty one. Depth is metric where `depth_scale` is stated. Throws `notDeclared` without features, and
    /// otherwise what is wrong with the first file that is missing, damaged, or does not fit.
    public func observation(of image: AnnotatedImage) throws(DatasetError) -> Observation {
        let size = try imageSize(of: image)
        let choice = try maskChoice(of: image, size: size)
        return Observation(
            timestamp: image.timestamp ?? 0, frameID: Self.frameID, imageSize: size,
            intrinsics: image.intrinsics, depth: try depth(of: image, size: size),
            mask: choice.mask, instance: choice.instance, features: try features(of: image, size: size))
    }

    /// Loads an image to learn from: its observation and its visible keypoints.
    ///
    /// Errors are those of `observation(of:)`.
    public func trainingView(of image: AnnotatedImage) throws(DatasetError) -> TrainingView {
        TrainingView(
            id: image.id, instance: image.instance, observation: try observation(of: image),
            keypoints: image.visiblePixels)
    }

    /// Size of the picture from its header; it has to be the intrinsics' size, if those are stated.
    public func imageSize(of image: AnnotatedImage) throws(DatasetError) -> ImageSize {
        let bytes = try read(image.imagePath, key: "image", of: image)
        let size: ImageSize
        do {
            size = try ImageHeader(bytes.span).size
        } catch {
            throw .undecodable(image: image.id, key: "image", path: image.imagePath, error: error)
        }
        if let stated = image.intrinsicsSize, stated != size {
            throw .mismatch(
                image: image.id, key: "intrinsics", found: "\(stated.width)×\(stated.height)",
                expected: "the picture's size, \(size.width)×\(size.height)")
        }
        return size
    }

    /// Loads the patch features alone.
    public func features(of image: AnnotatedImage) throws(DatasetError) -> FeatureMap {
        let size =
            if image.crop == nil { try imageSize(of: image) } else { ImageSize(width: 1, height: 1) }
        return try features(of: image, size: size)
    }

    private func depth(of image: AnnotatedImage, size: ImageSize) throws(DatasetError) -> DepthImage? {
        guard let path = image.depthPath else { return nil }
        let bytes = try read(path, key: "depth", of: image)
        let depth: DepthImage
        do {
            depth = try ImageDecoder.depth(bytes.span, metresPerUnit: image.depthScale).read(
                as: image.depthKind)
        } catch {
            throw .undecodable(image: image.id, key: "depth", path: path, error: error)
        }
        guard depth.size.isIntegerMultiple(of: size) || size.isIntegerMultiple(of: depth.size) else {
            throw .mismatch(
                image: image.id, key: "depth", found: "\(depth.size.width)×\(depth.size.height)",
                expected:
                    "the picture's size, \(size.width)×\(size.height), or an integer fraction or multiple")
        }
        return depth
    }

    private func features(of image: AnnotatedImage, size: ImageSize) throws(DatasetError) -> FeatureMap {
        guard let path = image.featuresPath else { throw .notDeclared(image: image.id, key: "features") }
        let bytes = try read(path, key: "features", of: image)
        let array: NumpyArray
        do {
            array = try NumpyArray(bytes.span)
        } catch {
            throw .badArray(image: image.id, key: "features", path: path, error: error)
        }
        guard array.shape.count == 3, !array.values.isEmpty else {
            throw .mismatch(
                image: image.id, key: "features", found: "an array of shape \(array.shape)",
                expected: "rows × columns × channels, each at least 1")
        }
        return FeatureMap(
            rows: array.shape[0], columns: array.shape[1], channels: array.shape[2], values: array.values,
            region: image.crop ?? PixelRegion(size), model: "")
    }

    func read(
        _ path: String, key: String, of image: AnnotatedImage
    ) throws(DatasetError) -> [UInt8] {
        do {
            // A dataset's paths are relative; those of loose files need not be.
            return try FileBytes.read(path.hasPrefix("/") ? path : folder + "/" + path)
        } catch {
            throw .unreadableFile(image: image.id, key: key, path: path, reason: error.reason)
        }
    }
}

extension DepthImage {
    /// Depth of what a file holds: the inverse of disparity, in units of its largest value.
    fileprivate func read(as kind: DepthKind) -> DepthImage {
        guard kind == .disparity, let largest = values.max(), largest > 0 else { return self }
        return DepthImage(size: size, values: values.map { $0 > 0 ? largest / $0 : 0 }, isMetric: false)
    }
}

extension ImageSize {
    /// True where both sides are the same whole multiple of `other`'s.
    fileprivate func isIntegerMultiple(of other: ImageSize) -> Bool {
        width % other.width == 0 && height % other.height == 0
            && width / other.width == height / other.height
    }
}
