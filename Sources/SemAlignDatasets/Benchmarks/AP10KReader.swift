// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Reads AP-10K in the layout that GeoAware-SC's notebook makes.
struct AP10KReader {
    let benchmark: Benchmark

    /// The keypoints of AP-10K in their order.
    static let keypointNames = [
        "left_eye", "right_eye", "nose", "neck", "root_of_tail", "left_shoulder", "left_elbow",
        "left_front_paw", "right_shoulder", "right_elbow", "right_front_paw", "left_hip", "left_knee",
        "left_back_paw", "right_hip", "right_knee", "right_back_paw",
    ]
    private static let annotations = "ImageAnnotation/"

    private struct PairFile: Decodable {
        let source: String
        let target: String

        enum CodingKeys: String, CodingKey {
            case source = "src_json_path"
            case target = "trg_json_path"
        }
    }

    private struct ImageFile: Decodable {
        let width: Int
        let height: Int
        /// x, y, width, height: another form than SPair's.
        let bbox: [Double]
        let keypoints: [Double]
    }

    /// Species, families with more than one species, or `all`, as the split's pairs are named.
    func categories(inSplit split: String) throws(DatasetError) -> [String] {
        Set(try pairFiles(inSplit: split).map(\.category)).sorted()
    }

    private func pairFiles(inSplit split: String) throws(DatasetError) -> [(name: String, category: String)] {
        try benchmark.check(split, key: "split", in: "PairAnnotation")
        return try benchmark.list("PairAnnotation/\(split)").compactMap { file in
            guard file.hasSuffix(".json"), let colon = file.firstIndex(of: ":") else { return nil }
            return (String(file.dropLast(5)), String(file[file.index(after: colon)...].dropLast(5)))
        }
    }

    func category(_ name: String, split: String) throws(DatasetError) -> BenchmarkCategory {
        var links: [(name: String, source: String, target: String)] = []
        for file in try pairFiles(inSplit: split) where file.category == name {
            let path = "PairAnnotation/\(split)/\(file.name).json"
            let content = try benchmark.decode(PairFile.self, path)
            links.append(
                (file.name, try stem(content.source, in: path), try stem(content.target, in: path)))
        }
        let stems = Set(links.map(\.source) + links.map(\.target)).sorted()
        var images: [String: AnnotatedImage] = [:]
        for stem in stems { images[stem] = try image(stem, split: split) }
        let pairs = links.compactMap { link -> AnnotatedPair? in
            guard let source = images[link.source], let target = images[link.target],
                let box = target.boundingBox
            else { return nil }
            return AnnotatedPair(link.name, from: source, to: target, thresholdSide: box.largerSide)
        }
        let names = Self.keypointNames
        let dataset = AnnotatedDataset(
            path: benchmark.root + "/ImageAnnotation", className: name, keypointNames: names,
            flip: KeypointSymmetry.ap10k.flip(Self.numbers), skeleton: [],
            images: stems.compactMap { images[$0] },
            pairs: pairs.map { ImagePair(source: $0.source, target: $0.target) },
            annotationPaths: stems.map { "\(Self.annotations)\($0).json" })
        return BenchmarkCategory(
            dataset: dataset, pairs: pairs, geometryGroups: KeypointSymmetry.ap10k.groups(Self.numbers))
    }

    private static let numbers = keypointNames.indices.map { "\($0)" }

    /// `family/species/image` of a path such as `data/ap-10k/ImageAnnotation/family/species/image.json`.
    private func stem(_ path: String, in file: String) throws(DatasetError) -> String {
        let parts = path.split(separator: "/")
        guard let start = parts.lastIndex(of: "ImageAnnotation"), path.hasSuffix(".json") else {
            throw .invalid(
                path: benchmark.root + "/" + file, image: nil, key: "src_json_path",
                problem: "expected a path through ImageAnnotation to a .json file, found '\(path)'")
        }
        let stem = String(parts[(start + 1)...].joined(separator: "/").dropLast(5))
        try benchmark.check(stem, key: "src_json_path", in: file)
        return stem
    }

    private func image(_ stem: String, split: String) throws(DatasetError) -> AnnotatedImage {
        let path = "\(Self.annotations)\(stem).json"
        let file = try benchmark.decode(ImageFile.self, path)
        let names = Self.keypointNames
        let isSound =
            (1...65_536).contains(file.width) && (1...65_536).contains(file.height) && file.bbox.count == 4
            && file.bbox[2] > 0 && file.bbox[3] > 0 && file.keypoints.count == 3 * names.count
        guard isSound else {
            throw .invalid(
                path: benchmark.root + "/" + path, image: nil, key: "bbox, keypoints",
                problem: "expected a size of 1 to 65536 pixels, a box [x, y, width, height] and "
                    + "\(3 * names.count) numbers of keypoints, found \(file.bbox.count) and "
                    + "\(file.keypoints.count)")
        }
        let square = PaddedSquare(width: file.width, height: file.height)
        let corner = SIMD2(file.bbox[0], file.bbox[1])
        return benchmark.image(
            String(stem.split(separator: "/").last ?? ""), split: split, stem: stem,
            size: (file.width, file.height),
            box: PixelBounds(minimum: corner, maximum: corner + SIMD2(file.bbox[2], file.bbox[3])),
            keypoints: names.indices.map { i in
                let visibility = file.keypoints[3 * i + 2]
                guard visibility > 0 else { return nil }
                let pixel = SIMD2(file.keypoints[3 * i], file.keypoints[3 * i + 1])
                return KeypointAnnotation(
                    pixel: benchmark.options.repeatsVisibilityTrap
                        ? square.scaled(pixel, by: visibility / 2) : pixel,
                    isVisible: true, position: nil)
            })
    }
}
