// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignDatasets
import SemAlignEvaluation
import SemAlignImages
import SemAlignMessages

/// Carries the keypoints of image pairs by all methods and keeps what became of them.
struct PairJudge {
    private let options: PairOptions
    private let observationOptions: ObservationOptions
    let thresholds: [Double]
    /// Outcomes of all pairs by method.
    private(set) var outcomes: [PairMethod: [PairOutcome]] = [:]
    /// Average precisions by method, both variants.
    private(set) var precisions: [PairMethod: [KeypointAveragePrecision]] = [:]
    /// What could not be judged, and why.
    private(set) var failures: [String] = []
    private(set) var alignedImages = 0

    init(options: PairOptions, observation: ObservationOptions, thresholds: [Double]) {
        self.options = options
        observationOptions = observation
        self.thresholds = thresholds
        for method in PairMethod.allCases {
            precisions[method] = KeypointAveragePrecision.Variant.allCases.map {
                KeypointAveragePrecision($0, thresholds: thresholds)
            }
        }
    }

    /// An image that is a source or a target of pairs.
    private struct Side {
        let image: AnnotatedImage
        let features: FeatureMap
        /// `nil` where the image could not be aligned.
        let aligned: AlignedImage?
    }

    /// A keypoint of a source, ready to be looked for.
    private struct Query {
        let anchor: PairTransfer.Anchor?
        /// Feature of the patch that holds it, for the baselines.
        let vector: [Float]?
    }

    /// Judges all pairs of a category.
    mutating func judge(
        _ category: BenchmarkCategory, _ file: RepresentationFile?, progress: (Int, Int) -> Void
    ) throws {
        let name = category.dataset.className
        let folder = options.alignments
        if let folder { try RecordFile.createFolder(folder) }
        var cache = try file.map {
            try AlignmentCache(
                path: folder.map { "\($0)/\(name).jsonl" }, representation: $0, options: observationOptions)
        }
        let sides = try load(category, file, &cache, progress)
        try cache?.save()
        let transfer = file.map {
            PairTransfer($0.representation, sigma: options.sigma ?? InferenceSigma.value(for: name))
        }
        var pictures = MatchPictures(folder: options.pictures, limit: options.pictureLimit)
        let queries = queries(category, sides, transfer)
        let byTarget = Dictionary(grouping: category.pairs, by: \.target)
        for target in byTarget.keys.sorted() {
            guard let pairs = byTarget[target], let side = sides[target] else { continue }
            try judge(pairs, in: category, at: side, sides, queries, transfer, &pictures)
        }
    }

    private mutating func load(
        _ category: BenchmarkCategory, _ file: RepresentationFile?, _ cache: inout AlignmentCache?,
        _ progress: (Int, Int) -> Void
    ) throws -> [String: Side] {
        let ids = Set(category.pairs.flatMap { [$0.source, $0.target] }).sorted()
        var sides: [String: Side] = [:]
        for (number, id) in ids.enumerated() {
            guard let image = category.dataset.image(id: id) else { continue }
            do {
                let features = try category.dataset.features(of: image)
                var aligned: AlignedImage?
                if let file {
                    let record = try cache?.record(of: image, in: category.dataset)
                    aligned = record.flatMap {
                        AlignedImage(
                            file.representation, result: $0.result, features: features, camera: $0.intrinsics)
                    }
                    if aligned != nil { alignedImages += 1 }
                }
                sides[id] = Side(image: image, features: features, aligned: aligned)
            } catch let error as DatasetError {
                failures.append("\(error)")
            } catch let error as CommandFailure where error.isBadData {
                failures.append("\(error)")
            }
            progress(number + 1, ids.count)
        }
        return sides
    }

    /// The queries of each source by image and keypoint.
    private func queries(
        _ category: BenchmarkCategory, _ sides: [String: Side], _ transfer: PairTransfer?
    ) -> [String: [Int: Query]] {
        var queries: [String: [Int: Query]] = [:]
        for pair in category.pairs {
            guard let side = sides[pair.source] else { continue }
            for point in pair.points where queries[pair.source]?[point.keypoint] == nil {
                let anchor = side.aligned.flatMap { transfer?.anchor(of: point.source, in: $0) }
                let patch = PatchBaseline.patch(of: point.source, in: side.features)
                queries[pair.source, default: [:]][point.keypoint] = Query(
                    anchor: anchor, vector: patch.flatMap { side.features.unitVector(ofPatch: $0) })
            }
        }
        return queries
    }

    /// Judges the pairs of one target; all that is looked for in it is compared with its patches at once.
    private mutating func judge(
        _ pairs: [AnnotatedPair], in category: BenchmarkCategory, at target: Side, _ sides: [String: Side],
        _ queries: [String: [Int: Query]], _ transfer: PairTransfer?, _ pictures: inout MatchPictures
    ) throws {
        let channels = target.features.channels
        var vectors: [Float] = []
        var rows: [String: [Int: Int]] = [:]
        var anchors: [Int: Int] = [:]
        func row() -> Int { vectors.count / channels }
        for pair in pairs {
            for point in pair.points {
                guard let query = queries[pair.source]?[point.keypoint] else { continue }
                if rows[pair.source]?[point.keypoint] == nil, let vector = query.vector,
                    vector.count == channels
                {
                    rows[pair.source, default: [:]][point.keypoint] = row()
                    vectors += vector
                }
                if let anchor = query.anchor, anchors[anchor.point] == nil, target.aligned != nil,
                    let vector = transfer?.vector(of: anchor.point)
                {
                    anchors[anchor.point] = row()
                    vectors += vector
                }
            }
        }
        let table = SimilarityTable(of: vectors, to: target.features)
        let grid = PatchGrid(
            origin: target.features.region.minimum, step: target.features.patchSize,
            rows: target.features.rows, columns: target.features.columns)
        for pair in pairs {
            var found: [PairMethod: [(place: SIMD2<Double>?, scores: [Float])]] = [:]
            for point in pair.points {
                let query = queries[pair.source]?[point.keypoint]
                var answer: (pixel: SIMD2<Double>, scores: [Float])?
                if let anchor = query?.anchor, let row = anchors[anchor.point], let image = target.aligned {
                    answer = transfer?.place(anchor, in: image, similarities: table[row])
                }
                found[.semalign, default: []].append((answer?.pixel, answer?.scores ?? []))
                let similarities = rows[pair.source]?[point.keypoint].map { table[$0] }
                for (method, kind) in [(PairMethod.nearest, PatchBaseline.Kind.nearest), (.window, .window)] {
                    found[method, default: []].append(
                        (
                            similarities.map { PatchBaseline(kind).place($0, in: target.features) },
                            similarities.map(Array.init) ?? []
                        ))
                }
            }
            for method in PairMethod.allCases {
                add(pair, category, method, found[method] ?? [], grid)
            }
            if let outcome = outcomes[.semalign]?.last, let source = sides[pair.source]?.image {
                try pictures.draw(pair, outcome, source: source, target: target.image, in: category.dataset)
            }
        }
    }

    private mutating func add(
        _ pair: AnnotatedPair, _ category: BenchmarkCategory, _ method: PairMethod,
        _ found: [(place: SIMD2<Double>?, scores: [Float])], _ grid: PatchGrid
    ) {
        let points = zip(pair.points, found).map { point, answer in
            let group = category.geometryGroups.first { $0.contains(point.keypoint) }
            let alike = group?.filter { pair.targetKeypoints.contains($0) }.count ?? 0
            return PointOutcome(
                keypoint: point.keypoint, truth: point.target, prediction: answer.place,
                isGeometryAware: point.target != nil && alike >= 2)
        }
        outcomes[method, default: []].append(
            PairOutcome(
                id: pair.id, category: category.dataset.className, thresholdSide: pair.thresholdSide,
                points: points))
        for index in precisions[method, default: []].indices {
            precisions[method]?[index].add(
                scores: found.map(\.scores), targets: pair.points.map(\.target), grid: grid,
                thresholdSide: pair.thresholdSide)
        }
    }
}

extension CommandFailure {
    /// True for what concerns one file and not the whole run.
    var isBadData: Bool { code == 65 }
}

/// σ_sparse^inference by category (Table 5).
enum InferenceSigma {
    /// The spread for a category of SPair-71k; others have one in the middle.
    static func value(for category: String) -> Double {
        switch category {
        case "chair", "tvmonitor": 0.01
        case "aeroplane", "bicycle", "bottle": 0.03
        case "bird", "boat", "bus", "car", "cat", "cow", "dog", "horse", "motorbike", "person", "pottedplant",
            "sheep", "train":
            1
        default: 0.03
        }
    }
}
