// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignImages

/// Writes images in the layout of a public benchmark, for tests and trials of what reads those.
///
/// Every ordered pair of two images of a split becomes a pair. Categories are added to a folder one by one.
public struct BenchmarkWriter {
    private let root: String
    private let layout: BenchmarkLayout
    private let category: String
    private var images: [Image] = []

    /// What is kept of an image that was written.
    private struct Image {
        let id: String
        let split: String
        let size: ImageSize
        let box: PixelRegion
        let keypoints: [SIMD2<Double>?]
    }

    /// Prepares a category in the folder `root`; one that is there already is refused.
    public init(root: String, layout: BenchmarkLayout, category: String) throws(DatasetError) {
        self.root = root
        self.layout = layout
        self.category = category
        if layout == .pfPascal, !PFPascalReader.classNames.contains(category) {
            throw .unwritable(
                path: root,
                reason: "'\(category)' is none of PF-Pascal's classes "
                    + PFPascalReader.classNames.joined(separator: ", "))
        }
        let folder = root + "/" + annotationFolder
        guard !FileBytes.exists(folder) else {
            throw .unwritable(path: folder, reason: "it exists; choose another folder")
        }
    }

    /// Folder of the images below `JPEGImages`, with its slash.
    private var stem: String {
        switch layout {
        case .spair: category + "/"
        case .pfPascal: ""
        case .ap10k: "simulated/\(category)/"
        }
    }

    private var annotationFolder: String {
        switch layout {
        case .spair: "ImageAnnotation/\(category)"
        case .pfPascal: "Annotations/\(category)"
        case .ap10k: "ImageAnnotation/simulated/\(category)"
        }
    }

    /// Writes picture, depth, mask, features and annotation of a frame; only visible keypoints are annotated.
    public mutating func append(_ frame: DatasetFrame) throws(DatasetError) {
        let limit = layout == .ap10k ? AP10KReader.keypointNames.count : 30
        let all = frame.keypoints.map { point in point.flatMap { $0.isVisible ? $0.pixel : nil } }
        // Pairs are named image-image: a hyphen inside a name would be read as the one between two.
        let id = String(frame.id.map { $0 == "-" ? "_" : $0 })
        let image = Image(
            id: id, split: frame.split, size: frame.observation.imageSize,
            box: frame.boundingBox ?? PixelRegion(frame.observation.imageSize),
            keypoints: Array(all.prefix(limit)))
        let path = stem + id
        try write("JPEGImages/\(path).jpg") { () throws(ImageError) in try ImageEncoder.jpeg(frame.picture) }
        try write("Segmentation/\(path).png") { () throws(ImageError) in
            try ImageEncoder.png(frame.observation.mask)
        }
        if let depth = frame.observation.depth {
            let unit = max(Double(depth.values.max() ?? 0), 1e-30) / 65535
            try write("depth/\(path).png") { () throws(ImageError) in
                try ImageEncoder.png(depth, unit: unit)
            }
        }
        let features = frame.observation.features
        let shape = [features.rows, features.columns, features.channels]
        try write("features/\(path).npy") { () throws(ImageError) in
            NumpyArray(shape: shape, values: features.values).encoded
        }
        let name = "\(annotationFolder)/\(id)"
        switch layout {
        case .spair: try write(name + ".json", text: spairAnnotation(image))
        case .ap10k: try write(name + ".json", text: ap10kAnnotation(image))
        case .pfPascal: try write(name + ".mat") { () throws(ImageError) in matlab(image) }
        }
        images.append(image)
    }

    /// Writes the pairs of all splits, and with them ends the category.
    public func finish() throws(DatasetError) {
        var seen: Set<String> = []
        for split in images.map(\.split) where seen.insert(split).inserted {
            let members = images.filter { $0.split == split }
            var names: [String] = []
            var rows: [String] = []
            for source in members {
                for target in members where target.id != source.id {
                    let number = String(names.count + 1)
                    let prefix = String(repeating: "0", count: max(0, 6 - number.count)) + number
                    let name =
                        layout == .spair
                        ? "\(prefix)-\(source.id)-\(target.id):\(category)"
                        : "\(source.id)-\(target.id):\(category)"
                    names.append(name)
                    switch layout {
                    case .spair:
                        try write(
                            "PairAnnotation/\(split)/\(name).json", text: spairPair(source, target, prefix))
                    case .ap10k:
                        try write("PairAnnotation/\(split)/\(name).json", text: ap10kPair(source, target))
                    case .pfPascal: rows.append(row(source, target, split: split))
                    }
                }
            }
            switch layout {
            case .spair:
                for size in ["large", "small"] { try append(names, to: "Layout/\(size)/\(split).txt") }
            case .pfPascal:
                let path = "\(split)_pairs_pf_pascal.csv"
                let heading =
                    split == "trn"
                    ? "source_image,target_image,class,flip" : "source_image,target_image,class,XA,YA,XB,YB"
                try append(FileBytes.exists(root + "/" + path) ? rows : [heading] + rows, to: path)
            case .ap10k: break
            }
        }
    }

    private func spairAnnotation(_ image: Image) -> String {
        let points = (0..<30).map { index in
            "\"\(index)\": \(index < image.keypoints.count ? Self.text(image.keypoints[index]) : "null")"
        }
        return """
            {"filename": "\(image.id).jpg", "image_width": \(image.size.width), \
            "image_height": \(image.size.height), "image_depth": 3, "category": "\(category)", \
            "bndbox": \(corners(image.box)), "kps": {\(points.joined(separator: ", "))}}

            """
    }

    private func spairPair(_ source: Image, _ target: Image, _ number: String) -> String {
        let common = shared(source, target)
        func list(_ image: Image) -> String {
            "[\(common.map { Self.text(image.keypoints[$0]) }.joined(separator: ", "))]"
        }
        return """
            {"pair_id": \(Int(number) ?? 0), "filename": "\(number)-\(source.id)-\(target.id):\(category)", \
            "src_imname": "\(source.id).jpg", "trg_imname": "\(target.id).jpg", \
            "src_imsize": [\(source.size.width), \(source.size.height), 3], \
            "trg_imsize": [\(target.size.width), \(target.size.height), 3], \
            "src_bndbox": \(corners(source.box)), "trg_bndbox": \(corners(target.box)), \
            "category": "\(category)", "kps_ids": [\(common.map { "\"\($0)\"" }.joined(separator: ", "))], \
            "src_kps": \(list(source)), "trg_kps": \(list(target)), "mirror": 0, \
            "viewpoint_variation": 0, "scale_variation": 0, "truncation": 0, "occlusion": 0}

            """
    }

    private func ap10kAnnotation(_ image: Image) -> String {
        let points = AP10KReader.keypointNames.indices.map { index in
            guard index < image.keypoints.count, let point = image.keypoints[index] else { return "0, 0, 0" }
            return "\(point.x), \(point.y), 2"
        }
        let box = image.box
        return """
            {"file_name": "\(image.id).jpg", "width": \(image.size.width), "height": \(image.size.height), \
            "bbox": [\(box.minimum.x), \(box.minimum.y), \(box.extent.x), \(box.extent.y)], \
            "keypoints": [\(points.joined(separator: ", "))]}

            """
    }

    private func ap10kPair(_ source: Image, _ target: Image) -> String {
        let folder = "data/ap-10k/\(annotationFolder)"
        return """
            {"src_json_path": "\(folder)/\(source.id).json", "trg_json_path": "\(folder)/\(target.id).json"}

            """
    }

    private func row(_ source: Image, _ target: Image, split: String) -> String {
        let number = (PFPascalReader.classNames.firstIndex(of: category) ?? 0) + 1
        var cells = [source, target].map { "PF-dataset-PASCAL/JPEGImages/\($0.id).jpg" } + ["\(number)"]
        if split == "trn" {
            cells.append("0")
        } else {
            let common = shared(source, target)
            for image in [source, target] {
                let places = common.compactMap { image.keypoints[$0] }
                cells.append(places.map { "\($0.x)" }.joined(separator: ";"))
                cells.append(places.map { "\($0.y)" }.joined(separator: ";"))
            }
        }
        return cells.joined(separator: ",")
    }

    /// A MATLAB file of version 5 with the L×2 matrix `kps`, NaN where a keypoint is not seen.
    private func matlab(_ image: Image) -> [UInt8] {
        func words(_ values: UInt32...) -> [UInt8] {
            values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        }
        let count = UInt32(image.keypoints.count)
        let places = image.keypoints.map { $0 ?? SIMD2(.nan, .nan) }
        let numbers = (places.map(\.x) + places.map(\.y)).flatMap { value in
            (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) }
        }
        var body = words(6, 8, 6, 0)
        body += words(5, 8, count, 2)
        body += words(3 << 16 | 1) + Array("kps".utf8) + [0]
        body += words(9, 16 * count) + numbers
        let text = Array("MATLAB 5.0 MAT-file".utf8)
        let header = text + [UInt8](repeating: 0x20, count: 124 - text.count) + [0, 1, 0x49, 0x4D]
        return header + words(14, UInt32(body.count)) + body
    }

    private func shared(_ source: Image, _ target: Image) -> [Int] {
        source.keypoints.indices.filter { source.keypoints[$0] != nil && target.keypoints[$0] != nil }
    }

    private func corners(_ box: PixelRegion) -> String {
        "[\(box.minimum.x), \(box.minimum.y), \(box.maximum.x), \(box.maximum.y)]"
    }

    private static func text(_ point: SIMD2<Double>?) -> String {
        point.map { "[\($0.x), \($0.y)]" } ?? "null"
    }

    private func append(_ lines: [String], to path: String) throws(DatasetError) {
        let old = (try? FileBytes.read(root + "/" + path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        try write(path, text: old + lines.map { $0 + "\n" }.joined())
    }

    private func write(_ path: String, text: String) throws(DatasetError) {
        try write(path) { () throws(ImageError) in Array(text.utf8) }
    }

    private func write(
        _ path: String, _ encode: () throws(ImageError) -> [UInt8]
    ) throws(DatasetError) {
        let full = root + "/" + path
        let bytes: [UInt8]
        do {
            bytes = try encode()
        } catch {
            throw .unwritableImage(image: path, reason: "\(error)")
        }
        do {
            try FileBytes.createFolder(FileBytes.folder(of: full) ?? root)
            try FileBytes.write(bytes, to: full)
        } catch {
            throw .unwritable(path: full, reason: error.reason)
        }
    }
}
