// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Reads SPair-71k.
///
/// Keypoints keep their numbers as names, so that dummy numbers that no image uses (of bicycle and bus) cannot
/// shift the others.
struct SPairReader {
    let benchmark: Benchmark

    /// A pair's file.
    private struct PairFile: Decodable {
        let category: String
        let source: String
        let target: String
        let box: [Double]
        let ids: [KeypointNumber]
        let sourcePoints: [[Double]]
        let targetPoints: [[Double]]

        enum CodingKeys: String, CodingKey {
            case category
            case source = "src_imname"
            case target = "trg_imname"
            case box = "trg_bndbox"
            case ids = "kps_ids"
            case sourcePoints = "src_kps"
            case targetPoints = "trg_kps"
        }
    }

    /// A keypoint's number, which the files write as text or as number.
    private struct KeypointNumber: Decodable {
        let name: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                name = "\(number)"
            } else {
                name = try container.decode(String.self)
            }
        }
    }

    /// An image's file.
    private struct ImageFile: Decodable {
        let width: Int
        let height: Int
        let box: [Double]
        let keypoints: [String: [Double]?]

        enum CodingKeys: String, CodingKey {
            case width = "image_width"
            case height = "image_height"
            case box = "bndbox"
            case keypoints = "kps"
        }
    }

    /// A pair's name, `000001-2008_001546-2008_004704:bottle`, in parts.
    private struct PairName {
        let text: String
        let source: String
        let target: String

        /// `nil` where the name has another form or belongs to another category.
        init?(_ text: String, category: String) {
            let halves = text.split(separator: ":", maxSplits: 1)
            let parts = halves[0].split(separator: "-", maxSplits: 2)
            guard halves.count == 2, halves[1] == category, parts.count == 3 else { return nil }
            self.text = text
            source = String(parts[1])
            target = String(parts[2])
        }
    }

    func categories() throws(DatasetError) -> [String] { try benchmark.list("ImageAnnotation") }

    func category(
        _ name: String, split: String, withPairs: Bool
    ) throws(DatasetError) -> BenchmarkCategory {
        try benchmark.check(name, key: "category", in: "ImageAnnotation")
        let pairs = try pairNames(inSplit: split).compactMap { PairName($0, category: name) }
        let ids = Set(pairs.map(\.source) + pairs.map(\.target)).sorted()
        var files: [(id: String, file: ImageFile)] = []
        for id in ids {
            try benchmark.check(id, key: "image", in: "PairAnnotation")
            files.append((id, try imageFile("ImageAnnotation/\(name)/\(id).json")))
        }
        let names = Self.keypointNames(files.map(\.file))
        let dataset = AnnotatedDataset(
            path: benchmark.root + "/ImageAnnotation", className: name, keypointNames: names,
            flip: KeypointSymmetry.spair[name]?.flip(names), skeleton: [],
            images: files.map { image($0.id, $0.file, names: names, category: name, split: split) },
            pairs: pairs.map { ImagePair(source: $0.source, target: $0.target) },
            annotationPaths: ids.map { "ImageAnnotation/\(name)/\($0).json" })
        let groups = KeypointSymmetry.spair[name]?.groups(names) ?? []
        guard withPairs else { return BenchmarkCategory(dataset: dataset, pairs: [], geometryGroups: groups) }
        var annotated: [AnnotatedPair] = []
        for pair in pairs { annotated.append(try self.pair(pair, dataset, split: split)) }
        return BenchmarkCategory(dataset: dataset, pairs: annotated, geometryGroups: groups)
    }

    /// Names of a split's pairs: the layout's list, or the files where there is none.
    private func pairNames(inSplit split: String) throws(DatasetError) -> [String] {
        try benchmark.check(split, key: "split", in: "PairAnnotation")
        let list = "Layout/\(benchmark.options.isSmall ? "small" : "large")/\(split).txt"
        guard FileBytes.exists(benchmark.root + "/" + list) else {
            return try benchmark.list("PairAnnotation/\(split)").compactMap { name in
                name.hasSuffix(".json") ? String(name.dropLast(5)) : nil
            }
        }
        let text = String(decoding: try benchmark.bytes(list), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).map { String($0.filter { $0 != " " }) }
    }

    private func imageFile(_ path: String) throws(DatasetError) -> ImageFile {
        let file = try benchmark.decode(ImageFile.self, path)
        let isSound =
            (1...65_536).contains(file.width) && (1...65_536).contains(file.height) && file.box.count == 4
            && file.keypoints.values.allSatisfy { $0.map { $0.count >= 2 } ?? true }
        guard isSound else {
            throw .invalid(
                path: benchmark.root + "/" + path, image: nil, key: "bndbox, kps",
                problem: "expected a size of 1 to 65536 pixels, a box of 4 numbers and points of 2 numbers")
        }
        return file
    }

    /// Numbers of the keypoints that any of the images shows, ascending.
    private static func keypointNames(_ files: [ImageFile]) -> [String] {
        var numbers: Set<Int> = []
        for file in files {
            for (name, point) in file.keypoints where point != nil {
                if let number = Int(name), number >= 0 { numbers.insert(number) }
            }
        }
        return numbers.sorted().map { "\($0)" }
    }

    private func image(
        _ id: String, _ file: ImageFile, names: [String], category: String, split: String
    ) -> AnnotatedImage {
        benchmark.image(
            id, split: split, stem: "\(category)/\(id)", size: (file.width, file.height),
            box: PixelBounds(
                minimum: SIMD2(file.box[0], file.box[1]), maximum: SIMD2(file.box[2], file.box[3])),
            keypoints: names.map { name in
                (file.keypoints[name] ?? nil).map {
                    KeypointAnnotation(pixel: SIMD2($0[0], $0[1]), isVisible: true, position: nil)
                }
            })
    }

    private func pair(
        _ name: PairName, _ dataset: AnnotatedDataset, split: String
    ) throws(DatasetError) -> AnnotatedPair {
        let path = "PairAnnotation/\(split)/\(name.text).json"
        let file = try benchmark.decode(PairFile.self, path)
        func require(_ condition: Bool, _ key: String, _ problem: String) throws(DatasetError) {
            guard condition else {
                throw .invalid(path: benchmark.root + "/" + path, image: nil, key: key, problem: problem)
            }
        }
        try require(
            file.category == dataset.className && file.source == name.source + ".jpg"
                && file.target == name.target + ".jpg",
            "src_imname", "category and images are not those of the file's name")
        try require(file.box.count == 4, "trg_bndbox", "expected [x1, y1, x2, y2], found \(file.box)")
        let count = file.ids.count
        try require(
            file.sourcePoints.count == count && file.targetPoints.count == count
                && (file.sourcePoints + file.targetPoints).allSatisfy { $0.count == 2 },
            "src_kps", "expected \(count) points of two numbers, one for each of kps_ids")
        let side = max(file.box[2] - file.box[0], file.box[3] - file.box[1])
        try require(side > 0, "trg_bndbox", "expected x2 > x1 or y2 > y1, found \(file.box)")
        guard let source = dataset.image(id: name.source), let target = dataset.image(id: name.target) else {
            throw .invalid(path: path, image: nil, key: "src_imname", problem: "no such image")
        }
        if benchmark.options.pairKeypoints == .images {
            return AnnotatedPair(name.text, from: source, to: target, thresholdSide: side)
        }
        let points = zip(file.ids, zip(file.sourcePoints, file.targetPoints)).compactMap { id, places in
            dataset.keypointNames.firstIndex(of: id.name).map { index in
                AnnotatedPair.Point(
                    keypoint: index, source: SIMD2(places.0[0], places.0[1]),
                    target: SIMD2(places.1[0], places.1[1]))
            }
        }
        return AnnotatedPair(
            id: name.text, source: name.source, target: name.target, points: points,
            targetKeypoints: points.map(\.keypoint), thresholdSide: side)
    }
}

extension AnnotatedPair {
    /// A pair whose keypoints are those of its two images.
    init(_ id: String, from source: AnnotatedImage, to target: AnnotatedImage, thresholdSide: Double) {
        let points = source.visiblePixels.indices.compactMap { index in
            source.visiblePixels[index].map {
                Point(keypoint: index, source: $0, target: target.visiblePixels[index])
            }
        }
        self.init(
            id: id, source: source.id, target: target.id, points: points,
            targetKeypoints: target.visiblePixels.indices.filter { target.visiblePixels[$0] != nil },
            thresholdSide: thresholdSide)
    }
}
