// SPDX-License-Identifier: Apache-2.0

/// A public benchmark in its original layout, read category by category.
///
/// Features are looked for where GeoAware-SC keeps them, `features` in place of `JPEGImages`, as
/// `<image>.npy`; `launch/convert-features` makes these from `.pt` files. Unless a file says otherwise they
/// cover the image padded to a square. Depth comes from `depth/…/<image>.png` or `disparity/…/<image>.png` (16 bit, relative), masks from
/// `features/…/<image>_mask.png` or `Segmentation/…/<image>.png`, where those exist.
public struct Benchmark: Hashable, Sendable {
    /// Which layout it has.
    public let layout: BenchmarkLayout
    /// Its folder.
    public let root: String
    /// How it is read where public code disagrees.
    public let options: BenchmarkOptions

    /// Looks at a folder; `layout` decides where the folder alone does not.
    public init(
        at path: String, layout: BenchmarkLayout? = nil, options: BenchmarkOptions = BenchmarkOptions()
    ) throws(DatasetError) {
        guard let found = layout ?? BenchmarkLayout.detect(at: path) else {
            throw .unreadable(
                path: path,
                reason: "the folder has none of the layouts of SPair-71k, PF-Pascal and AP-10K (GeoAware-SC)")
        }
        self.layout = found
        self.options = options
        root = path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
    }

    /// Names of the categories in a split, sorted.
    public func categories(inSplit split: String) throws(DatasetError) -> [String] {
        switch layout {
        case .spair: try SPairReader(benchmark: self).categories()
        case .pfPascal: try PFPascalReader(benchmark: self).categories(inSplit: split)
        case .ap10k: try AP10KReader(benchmark: self).categories(inSplit: split)
        }
    }

    /// Reads the images and pairs of a category; `withPairs` false leaves the pairs' files alone.
    public func category(
        _ name: String, split: String, withPairs: Bool = true
    ) throws(DatasetError) -> BenchmarkCategory {
        switch layout {
        case .spair: try SPairReader(benchmark: self).category(name, split: split, withPairs: withPairs)
        case .pfPascal: try PFPascalReader(benchmark: self).category(name, split: split)
        case .ap10k: try AP10KReader(benchmark: self).category(name, split: split)
        }
    }
}

/// What the readers of all layouts share.
extension Benchmark {
    /// Bytes of a file below the root.
    func bytes(_ path: String) throws(DatasetError) -> [UInt8] {
        do {
            return try FileBytes.read(root + "/" + path)
        } catch {
            throw .unreadable(path: root + "/" + path, reason: error.reason)
        }
    }

    /// Names in a folder below the root, sorted.
    func list(_ path: String) throws(DatasetError) -> [String] {
        do {
            return try FileBytes.list(root + "/" + path)
        } catch {
            throw .unreadable(path: root + "/" + path, reason: error.reason)
        }
    }

    /// A file of JSON below the root.
    func decode<Value: Decodable>(_ type: Value.Type, _ path: String) throws(DatasetError) -> Value {
        try JSONFile.decode(type, from: try bytes(path), path: root + "/" + path)
    }

    /// Refuses a name that would lead out of the benchmark's folder.
    func check(_ name: String, key: String, in path: String) throws(DatasetError) {
        let isSafe =
            !name.isEmpty && !name.hasPrefix("/") && !name.utf8.contains(0)
            && !name.split(separator: "/", omittingEmptySubsequences: false).contains("..")
        guard isSafe else {
            throw .invalid(
                path: root + "/" + path, image: nil, key: key,
                problem: "expected a name inside the benchmark's folder, found '\(name)'")
        }
    }

    /// The entry of an image whose picture lies at `JPEGImages/<stem>.jpg`.
    func image(
        _ id: String, split: String, stem: String, size: (width: Int, height: Int)?, box: PixelBounds?,
        keypoints: [KeypointAnnotation?], picture: String? = nil
    ) -> AnnotatedImage {
        func existing(_ candidates: [String]) -> String? {
            candidates.first { FileBytes.exists(root + "/" + $0) }
        }
        let depth = existing(["depth/\(stem).png"])
        let disparity = depth == nil ? existing(["disparity/\(stem).png"]) : nil
        return AnnotatedImage(
            id: id, split: split, instance: id, run: nil, timestamp: nil,
            imagePath: picture ?? "JPEGImages/\(stem).jpg", depthPath: depth ?? disparity,
            depthScale: nil, depthKind: disparity == nil ? .depth : .disparity,
            maskPath: existing(["features/\(stem)_mask.png", "Segmentation/\(stem).png"]),
            featuresPath: "features/\(stem).npy",
            crop: size.map { PaddedSquare(width: $0.width, height: $0.height).region }, intrinsics: nil,
            intrinsicsSize: nil, boundingBox: box?.region, keypoints: keypoints)
    }
}
