// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignImages

/// Reads PF-Pascal: pairs from the CSV files, keypoints from there or from the images' `.mat` files.
struct PFPascalReader {
    let benchmark: Benchmark

    /// Names of the classes 1 to 20.
    static let classNames = [
        "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable",
        "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
    ]

    /// A line of a CSV file.
    private struct Row {
        let line: Int
        let source: String
        let target: String
        let category: String
        let sourcePoints: [SIMD2<Double>]
        let targetPoints: [SIMD2<Double>]
    }

    func categories(inSplit split: String) throws(DatasetError) -> [String] {
        Set(try rows(inSplit: split).map(\.category)).sorted()
    }

    func category(_ name: String, split: String) throws(DatasetError) -> BenchmarkCategory {
        let rows = try rows(inSplit: split).filter { $0.category == name }
        let ids = Set(rows.map(\.source) + rows.map(\.target)).sorted()
        var places: [String: [SIMD2<Double>?]] = [:]
        var sizes: [String: ImageSize] = [:]
        var annotations: [String] = []
        for id in ids {
            let path = "Annotations/\(name)/\(id).mat"
            if FileBytes.exists(benchmark.root + "/" + path) {
                places[id] = try keypoints(path)
                annotations.append(path)
            }
            sizes[id] = try size(of: id)
        }
        let listed = rows.map { max($0.sourcePoints.count, $0.targetPoints.count) }
        let count = max(places.values.map(\.count).max() ?? 0, listed.max() ?? 0)
        let names = (0..<count).map { "\($0)" }
        let images = ids.map { id in
            let points = places[id] ?? []
            let size = sizes[id].map { ($0.width, $0.height) }
            return benchmark.image(
                id, split: split, stem: id, size: size, box: nil,
                keypoints: names.indices.map { i in
                    (i < points.count ? points[i] : nil).map {
                        KeypointAnnotation(pixel: $0, isVisible: true, position: nil)
                    }
                })
        }
        let pairs = rows.map { row in
            pair(row, places, side: sizes[row.target].map { Double(max($0.width, $0.height)) } ?? 1)
        }
        let dataset = AnnotatedDataset(
            path: benchmark.root + "/JPEGImages", className: name, keypointNames: names, flip: nil,
            skeleton: [], images: images,
            pairs: pairs.map { ImagePair(source: $0.source, target: $0.target) }, annotationPaths: annotations
        )
        return BenchmarkCategory(dataset: dataset, pairs: pairs, geometryGroups: [])
    }

    /// The pair's own points; without any (training pairs) those that both images have.
    private func pair(_ row: Row, _ places: [String: [SIMD2<Double>?]], side: Double) -> AnnotatedPair {
        let (source, target) = (places[row.source] ?? [], places[row.target] ?? [])
        var points: [AnnotatedPair.Point] = []
        if row.sourcePoints.isEmpty {
            points = source.indices.compactMap { index in
                source[index].map {
                    AnnotatedPair.Point(
                        keypoint: index, source: $0, target: index < target.count ? target[index] : nil)
                }
            }
        } else {
            points = row.sourcePoints.indices.map { index in
                let place = row.sourcePoints[index]
                // The list has no numbers: the image's own annotation at this very place tells which it is.
                let known = source.firstIndex { $0.map { distance($0, place) < 1.5 } ?? false }
                return AnnotatedPair.Point(
                    keypoint: known ?? index, source: place, target: row.targetPoints[index])
            }
        }
        let seen =
            row.sourcePoints.isEmpty ? target.indices.filter { target[$0] != nil } : points.map(\.keypoint)
        return AnnotatedPair(
            id: "\(row.line)-\(row.source)-\(row.target)", source: row.source, target: row.target,
            points: points, targetKeypoints: seen, thresholdSide: side)
    }

    /// Rows of a split's file, which is called by `trn` or, as in some copies, `train`.
    private func rows(inSplit split: String) throws(DatasetError) -> [Row] {
        try benchmark.check(split, key: "split", in: "")
        let other = ["trn": "train", "train": "trn"][split] ?? split
        let name = [split, other].map { "\($0)_pairs_pf_pascal.csv" }
            .first { FileBytes.exists(benchmark.root + "/" + $0) }
        let path = name ?? "\(split)_pairs_pf_pascal.csv"
        let text = String(decoding: try benchmark.bytes(path), as: UTF8.self)
        var rows: [Row] = []
        for (number, line) in text.split(whereSeparator: \.isNewline).enumerated().dropFirst() {
            rows.append(try row(String(line), number: number + 1, path: path))
        }
        return rows
    }

    private func row(_ line: String, number: Int, path: String) throws(DatasetError) -> Row {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        func fail(_ problem: String) -> DatasetError {
            .invalid(path: benchmark.root + "/" + path, image: nil, key: "line \(number)", problem: problem)
        }
        guard cells.count >= 3, let kind = Int(cells[2].filter { $0 != " " }),
            Self.classNames.indices.contains(kind - 1)
        else { throw fail("expected source, target and a class 1…20, found '\(line.prefix(80))'") }
        func numbers(_ cell: Int) throws(DatasetError) -> [Double] {
            let parts = cells[cell].split(separator: ";").map { $0.filter { $0 != " " } }
            let values = parts.compactMap { Double($0) }
            guard values.count == parts.count else {
                throw fail("column \(cell + 1) holds other than numbers")
            }
            return values
        }
        var points: ([SIMD2<Double>], [SIMD2<Double>]) = ([], [])
        if cells.count >= 7 {
            let (xa, ya, xb, yb) = (try numbers(3), try numbers(4), try numbers(5), try numbers(6))
            guard xa.count == ya.count, xb.count == yb.count, xa.count == xb.count else {
                throw fail("XA, YA, XB and YB have \([xa, ya, xb, yb].map(\.count)) numbers")
            }
            points = (zip(xa, ya).map { SIMD2($0, $1) }, zip(xb, yb).map { SIMD2($0, $1) })
        }
        var names: [String] = []
        for cell in cells.prefix(2) {
            let file = cell.split(separator: "/").last.map(String.init) ?? ""
            let stem = file.hasSuffix(".jpg") ? String(file.dropLast(4)) : file
            try benchmark.check(stem, key: "line \(number)", in: path)
            names.append(stem)
        }
        return Row(
            line: number, source: names[0], target: names[1], category: Self.classNames[kind - 1],
            sourcePoints: points.0, targetPoints: points.1)
    }

    private func keypoints(_ path: String) throws(DatasetError) -> [SIMD2<Double>?] {
        let bytes = try benchmark.bytes(path)
        let matrix: MatlabFile.Matrix?
        do {
            matrix = try MatlabFile(bytes).matrices["kps"]
        } catch {
            throw .invalid(path: benchmark.root + "/" + path, image: nil, key: "kps", problem: error.reason)
        }
        guard let matrix, matrix.columns == 2 else {
            throw .invalid(
                path: benchmark.root + "/" + path, image: nil, key: "kps",
                problem: "expected a matrix of two columns, found "
                    + (matrix.map { "\($0.rows)×\($0.columns)" } ?? "none"))
        }
        return (0..<matrix.rows).map { row in
            let place = SIMD2(matrix.values[2 * row], matrix.values[2 * row + 1])
            return place.x.isFinite && place.y.isFinite ? place : nil
        }
    }

    private func size(of id: String) throws(DatasetError) -> ImageSize {
        let path = "JPEGImages/\(id).jpg"
        let bytes = try benchmark.bytes(path)
        do {
            return try ImageHeader(bytes.span).size
        } catch {
            throw .undecodable(image: id, key: "image", path: path, error: error)
        }
    }
}

private func distance(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double {
    ((a - b) * (a - b)).sum().squareRoot()
}
