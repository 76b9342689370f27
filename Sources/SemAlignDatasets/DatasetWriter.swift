// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignImages

/// Writes a dataset folder, image by image; the same frames give the same bytes.
///
/// `dataset.json` is written last, by `finish`: a folder without it is not yet a dataset.
public struct DatasetWriter: ~Copyable {
    /// How pictures and depth are stored.
    public struct Configuration: Hashable, Sendable {
        /// JPEG quality 1…100 of the pictures; `nil` = PNG, without loss.
        public var jpegQuality: Int?
        /// Metres per unit of metric depth, > 0.
        ///
        /// Sixteen bits reach to 65.535 m at the default of a millimetre.
        public var depthUnit: Double

        /// Makes a configuration.
        public init(jpegQuality: Int? = nil, depthUnit: Double = 0.001) {
            self.jpegQuality = jpegQuality
            self.depthUnit = depthUnit
        }
    }

    private static let subfolders = ["images", "depth", "masks", "features"]

    private let folder: String
    private let configuration: Configuration
    private let keypointNames: [String]
    private var manifest: DatasetManifest
    private var ids: Set<String> = []

    /// Creates the folder (and those above it) for a class; a dataset that lies there already is refused.
    ///
    /// Precondition: `flip`, if any, and `skeleton` hold indices of `keypointNames`.
    public init(
        folder: String, className: String, keypointNames: [String], flip: [Int]?,
        skeleton: [SIMD2<Int32>], configuration: Configuration = Configuration()
    ) throws(DatasetError) {
        let known = keypointNames.indices
        precondition(
            (flip ?? Array(known)).sorted() == Array(known)
                && skeleton.allSatisfy { known.contains(Int($0.x)) && known.contains(Int($0.y)) },
            "flip and skeleton name keypoints by their index")
        self.folder = folder
        self.configuration = configuration
        self.keypointNames = keypointNames
        manifest = DatasetManifest(
            className: className, keypointNames: keypointNames, flip: flip, skeleton: skeleton)
        guard !FileBytes.exists(folder + "/dataset.json") else {
            throw .unwritable(path: folder + "/dataset.json", reason: "it exists; choose another folder")
        }
        for subfolder in Self.subfolders {
            do {
                try FileBytes.createFolder(folder + "/" + subfolder)
            } catch {
                throw .unwritable(path: folder + "/" + subfolder, reason: error.reason)
            }
        }
    }

    /// Writes the files of one frame and keeps its entry for `dataset.json`.
    ///
    /// Depth that is not metric is stored as sixteen bits up to its largest value. Throws
    /// `unwritableImage` for an id that occurs twice or cannot be a file name, a number of keypoints other
    /// than the class's, or a number that JSON cannot hold.
    public mutating func append(_ frame: DatasetFrame) throws(DatasetError) {
        try check(frame)
        var entry = DatasetManifest.Entry(frame: frame)
        entry.image = try writePicture(of: frame)
        if let depth = frame.observation.depth {
            (entry.depth, entry.depthScale) = try write(depth, of: frame)
        }
        entry.mask = "masks/\(frame.id).png"
        try write(entry.mask, of: frame) { () throws(ImageError) in
            try ImageEncoder.png(frame.observation.mask)
        }
        let features = frame.observation.features
        let shape = [features.rows, features.columns, features.channels]
        entry.features = "features/\(frame.id).npy"
        try write(entry.features, of: frame) { () throws(ImageError) in
            NumpyArray(shape: shape, values: features.values).encoded
        }
        manifest.append(entry)
    }

    /// Writes `dataset.json`, and with it ends the dataset.
    ///
    /// `pairs` names images to be matched, for those who evaluate pair by pair.
    public consuming func finish(pairs: [ImagePair] = []) throws(DatasetError) {
        let path = folder + "/dataset.json"
        do {
            try FileBytes.write(Array(manifest.json(pairs: pairs).utf8), to: path)
        } catch {
            throw .unwritable(path: path, reason: error.reason)
        }
    }

    private func writePicture(of frame: DatasetFrame) throws(DatasetError) -> String {
        guard let quality = configuration.jpegQuality else {
            let name = "images/\(frame.id).png"
            try write(name, of: frame) { () throws(ImageError) in try ImageEncoder.png(frame.picture) }
            return name
        }
        let name = "images/\(frame.id).jpg"
        try write(name, of: frame) { () throws(ImageError) in
            try ImageEncoder.jpeg(frame.picture, quality: quality)
        }
        return name
    }

    private func write(
        _ depth: DepthImage, of frame: DatasetFrame
    ) throws(DatasetError) -> (name: String, scale: Double?) {
        let name = "depth/\(frame.id).png"
        let largest = Double(depth.values.max() ?? 0)
        let unit = depth.isMetric ? configuration.depthUnit : max(largest, 1e-30) / 65535
        try write(name, of: frame) { () throws(ImageError) in try ImageEncoder.png(depth, unit: unit) }
        return (name, depth.isMetric ? unit : nil)
    }

    private mutating func check(_ frame: DatasetFrame) throws(DatasetError) {
        let isFileName =
            !frame.id.isEmpty && !frame.id.hasPrefix(".") && frame.id.utf8.count <= 200
            && frame.id.utf8.allSatisfy { $0 > 0x1F && $0 != 0x2F && $0 != 0x7F }
        guard isFileName else {
            throw .unwritableImage(image: frame.id, reason: "its id cannot be part of a file name")
        }
        guard frame.keypoints.count == keypointNames.count else {
            throw .unwritableImage(
                image: frame.id,
                reason: "it has \(frame.keypoints.count) keypoints, the class has \(keypointNames.count)")
        }
        guard DatasetManifest.Entry(frame: frame).isFinite else {
            throw .unwritableImage(image: frame.id, reason: "a coordinate is NaN or infinite")
        }
        guard ids.insert(frame.id).inserted else {
            throw .unwritableImage(image: frame.id, reason: "its id is taken by an earlier image")
        }
    }

    private func write(
        _ name: String, of frame: DatasetFrame, _ encode: () throws(ImageError) -> [UInt8]
    ) throws(DatasetError) {
        let bytes: [UInt8]
        do {
            bytes = try encode()
        } catch {
            throw .unwritableImage(image: frame.id, reason: "\(name): \(error)")
        }
        do {
            try FileBytes.write(bytes, to: folder + "/" + name)
        } catch {
            throw .unwritable(path: folder + "/" + name, reason: error.reason)
        }
    }
}
