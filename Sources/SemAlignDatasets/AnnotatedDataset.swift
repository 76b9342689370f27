// SPDX-License-Identifier: Apache-2.0

/// A dataset folder: annotated images of one object class, described by its `dataset.json`.
///
/// Pictures, depth, masks and features stay on disk until they are asked for, image by image.
public struct AnnotatedDataset: Hashable, Sendable {
    /// Path of `dataset.json`, as it was given.
    public let path: String
    /// Name of the object class.
    public let className: String
    /// Names of the L keypoints; their order is the class's.
    public let keypointNames: [String]
    /// Permutation of the keypoints under mirroring, its own inverse; `nil` where there is none.
    public let flip: [Int]?
    /// Pairs of keypoint indices to draw lines between.
    public let skeleton: [SIMD2<Int32>]
    /// All images in the order of the file.
    public let images: [AnnotatedImage]
    /// Image pairs to be matched, if the file names any.
    public let pairs: [ImagePair]
    /// Files that state the annotations, relative to the folder: `dataset.json`, or those of a benchmark.
    public let annotationPaths: [String]

    /// Reads and checks `dataset.json`; a folder stands for the file of that name in it.
    ///
    /// Unknown keys are passed over. Files that the images name are not looked for yet: loading an
    /// image reports what is missing, so that one bad image does not cost the others.
    public init(contentsOf path: String) throws(DatasetError) {
        self.path = FileBytes.isFolder(path) ? path + "/dataset.json" : path
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(self.path)
        } catch {
            throw .unreadable(path: self.path, reason: error.reason)
        }
        let reading = DatasetReading(path: self.path)
        let file = try reading.file(from: bytes)
        try reading.checkClass(file)
        className = file.className
        keypointNames = file.keypointNames
        flip = file.flip
        skeleton = (file.skeleton ?? []).map { SIMD2(Int32($0[0]), Int32($0[1])) }
        images = try reading.images(of: file)
        pairs = try reading.pairs(of: file)
        annotationPaths = [String(self.path.split(separator: "/").last ?? "dataset.json")]
    }

    /// Joins what a foreign layout states; `path` is any name in the folder that paths are relative to.
    init(
        path: String, className: String, keypointNames: [String], flip: [Int]?, skeleton: [SIMD2<Int32>],
        images: [AnnotatedImage], pairs: [ImagePair], annotationPaths: [String]
    ) {
        self.path = path
        self.className = className
        self.keypointNames = keypointNames
        self.flip = flip
        self.skeleton = skeleton
        self.images = images
        self.pairs = pairs
        self.annotationPaths = annotationPaths
    }

    /// Images of no file, with paths that start from the working folder.
    init(images: [AnnotatedImage]) {
        (path, className, keypointNames, flip, skeleton) = ("", "", [], nil, [])
        (self.images, pairs, annotationPaths) = (images, [], [])
    }

    /// Folder that all paths are relative to.
    public var folder: String { FileBytes.folder(of: path) ?? "." }

    /// Names of the splits, in the order of their first image.
    public var splits: [String] {
        var seen: Set<String> = []
        return images.map(\.split).filter { seen.insert($0).inserted }
    }

    /// Names of the runs, in the order of their first frame.
    public var runs: [String] {
        var seen: Set<String> = []
        return images.compactMap(\.run).filter { seen.insert($0).inserted }
    }

    /// Images of a split in the order of the file; empty where there is no such split.
    public func images(inSplit split: String) -> [AnnotatedImage] {
        images.filter { $0.split == split }
    }

    /// Frames of a run by time; frames without a time come first, in the order of the file.
    public func images(inRun run: String) -> [AnnotatedImage] {
        images.enumerated()
            .filter { $0.element.run == run }
            .sorted { ($0.element.timestamp ?? 0, $0.offset) < ($1.element.timestamp ?? 0, $1.offset) }
            .map(\.element)
    }

    /// The image of that name; `nil` where there is none.
    public func image(id: String) -> AnnotatedImage? {
        images.first { $0.id == id }
    }
}
