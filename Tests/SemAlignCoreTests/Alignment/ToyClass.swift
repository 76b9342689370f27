// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignCore

/// A class made by hand: a lopsided cloud of eight keypoints with dense points between them, random unit features.
struct ToyClass {
    let representation: ClassRepresentation

    static let channels = 48

    init(seed: UInt64 = 1, denseCount: Int = 60, withTetrahedra: Bool = true) {
        var generator = SeededGenerator(seed: seed)
        let keypoints: [SIMD3<Double>] = [
            [-0.8, -0.5, -0.4], [0.7, -0.6, -0.5], [0.9, 0.5, -0.3], [-0.6, 0.7, -0.5],
            [-0.5, -0.4, 0.5], [0.5, -0.3, 0.6], [0.4, 0.6, 0.3], [-0.9, 0.2, 0.7],
        ]
        let dense = Self.dense(keypoints.count, denseCount, &generator)
        let total = keypoints.count + denseCount
        var vectors: [Float] = []
        for _ in 0..<total { vectors += Self.unitVector(&generator) }
        let points = keypoints + dense.apply(to: keypoints)
        representation = ClassRepresentation(
            className: "toy", keypointNames: keypoints.indices.map { "k\($0)" }, flip: nil, skeleton: [],
            keypoints: keypoints,
            dense: DensePoints(map: dense, normals: [SIMD3<Float>](repeating: .zero, count: denseCount)),
            prior: Self.prior(keypoints, withTetrahedra),
            appearance: PointAppearance(
                channels: Self.channels, model: "", vectors: vectors,
                similarityMean: [Float](repeating: 0.8, count: total),
                similarityDeviation: [Float](repeating: 0.25, count: total)),
            visibility: Self.visibility(points),
            metricScale: MetricScale(metresPerUnit: 0.1, logDeviation: 0.1),
            provenance: Provenance(programVersion: "", settings: [:], inputHashes: [:]))
    }

    /// Each dense point a random mean of three keypoints.
    private static func dense(
        _ keypoints: Int, _ count: Int, _ generator: inout SeededGenerator
    ) -> DeformationMap {
        var (columns, weights): ([Int32], [Float]) = ([], [])
        for _ in 0..<count {
            let corners = Array(0..<keypoints).shuffled(using: &generator).prefix(3)
            let raw = corners.map { _ in 0.1 + generator.uniform() }
            columns += corners.map { Int32($0) }
            weights += raw.map { Float($0 / raw.reduce(0, +)) }
        }
        return DeformationMap(
            keypointCount: keypoints, rowStarts: (0...count).map { Int32(3 * $0) }, columns: columns,
            weights: weights)
    }

    static func unitVector(_ generator: inout SeededGenerator) -> [Float] {
        let raw = (0..<channels).map { _ in
            Float(generator.uniform() + generator.uniform() + generator.uniform() - 1.5)
        }
        let norm = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return raw.map { $0 / norm }
    }

    /// A Beta distribution whose mode is `value`.
    private static func beta(_ value: Double) -> BetaDistribution {
        let mode = min(max(value, 0.02), 0.98)
        return BetaDistribution(alpha: Float(1 + 60 * mode), beta: Float(1 + 60 * (1 - mode)))
    }

    private static func prior(_ k: [SIMD3<Double>], _ withTetrahedra: Bool) -> KeypointPrior {
        var edges: [SIMD2<Int32>] = []
        // Some edges run backwards: their direction must not matter.
        for i in 0..<Int32(k.count) { for j in 0..<i { edges.append((i + j) % 2 == 0 ? [j, i] : [i, j]) } }
        var pairs: [EdgePairFeature] = []
        for (n, first) in edges.enumerated() {
            for second in edges[..<n] {
                let (a, b) = (
                    k[Int(first.y)] - k[Int(first.x)], k[Int(second.y)] - k[Int(second.x)]
                )
                let (la, lb) = ((a * a).sum().squareRoot(), (b * b).sum().squareRoot())
                pairs.append(
                    EdgePairFeature(
                        first: first, second: second, angle: beta(((a * b).sum() / la / lb + 1) / 2),
                        ratio: beta(la / (la + lb))))
            }
        }
        var tetrahedra: [TetrahedronFeature] = []
        for d in 3..<Int32(k.count) where withTetrahedra {
            let corners: SIMD4<Int32> = [d - 3, d - 2, d - 1, d]
            let cosines = tetrahedronCosines(k, corners)
            tetrahedra.append(
                TetrahedronFeature(
                    corners: corners, x: beta((cosines.x + 1) / 2), y: beta((cosines.y + 1) / 2),
                    z: beta((cosines.z + 1) / 2)))
        }
        let size = 3 * k.count
        return KeypointPrior(
            edgePairs: pairs, tetrahedra: tetrahedra,
            shapeCovariance: (0..<size * size).map { $0 % (size + 1) == 0 ? 0.01 : 0 })
    }

    static func tetrahedronCosines(_ k: [SIMD3<Double>], _ c: SIMD4<Int32>) -> SIMD3<Double> {
        func unit(_ v: SIMD3<Double>) -> SIMD3<Double> { v / (v * v).sum().squareRoot() }
        func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
            [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
        }
        let a = k[Int(c.x)]
        let x = unit(k[Int(c.y)] - a)
        let z = unit(cross(x, k[Int(c.z)] - a))
        let (y, d) = (cross(z, x), unit(k[Int(c.w)] - a))
        return [(d * x).sum(), (d * y).sum(), (d * z).sum()]
    }

    /// A point is seen from the half space that it looks into from the centre.
    private static func visibility(_ points: [SIMD3<Double>]) -> VisibilityModel {
        let directions: [SIMD3<Float>] = [
            [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1],
        ]
        let table = points.flatMap { p in
            directions.map { d -> UInt8 in
                UInt8(min(max(155 + 200 * (SIMD3<Float>(p) * d).sum(), 40), 255))
            }
        }
        return VisibilityModel(directions: directions, table: table)
    }
}

/// An image of the toy class with known truth: points as splats in a feature grid, a mask around them, their depth.
struct ToyImage {
    let observation: Observation
    let cameraFromClass: SimilarityTransform
    let keypoints: [SIMD3<Double>]

    static let camera = CameraIntrinsics(focalLength: [500, 520], principalPoint: [170, 110])

    /// A smooth surface near the points in front: a mean in which near points, in the image and to the camera, count more.
    private static func depth(
        at pixel: SIMD2<Double>, _ points: [SIMD3<Double>], _ projected: [SIMD2<Double>]
    ) -> Float {
        var (sum, total) = (0.0, 0.0)
        for (point, place) in zip(points, projected) {
            let offset = place - pixel
            let weight = exp(-(offset * offset).sum() / 400 - (point.z - 0.6) / 0.03)
            sum += weight * point.z
            total += weight
        }
        return Float(sum / total)
    }

    /// The image of the default class, drawn once.
    static let standard = ToyImage(ToyClass())

    init(_ toy: ToyClass, cameraFromClass: SimilarityTransform? = nil, seed: UInt64 = 7) {
        var generator = SeededGenerator(seed: seed)
        let pose =
            cameraFromClass
            ?? SimilarityTransform(
                scale: 0.1, rotation: Rotation(quaternion: [0.3, -0.5, 0.1, 0.8]),
                translation: [-0.02, 0.01, 0.6])
        self.cameraFromClass = pose
        let representation = toy.representation
        keypoints = representation.keypoints.map(pose.apply)
        let points = representation.points.map(pose.apply)
        let size = ImageSize(width: 320, height: 240)
        var labels = [UInt8](repeating: 0, count: 320 * 240)
        var depth = [Float](repeating: 1.2, count: labels.count)
        let (rows, columns, channels) = (60, 80, ToyClass.channels)
        var features = (0..<rows * columns).flatMap { _ in ToyClass.unitVector(&generator) }
        var nearest = [Double](repeating: .infinity, count: rows * columns)
        for (index, point) in points.enumerated() {
            guard let pixel = Self.camera.project(point) else { continue }
            for y in -14...14 {
                for x in -14...14 {
                    let (c, r) = (Int(pixel.x.rounded()) + x, Int(pixel.y.rounded()) + y)
                    guard c >= 0, r >= 0, c < 320, r < 240 else { continue }
                    labels[r * 320 + c] = 1
                }
            }
            let (row, column) = (Int(pixel.y / 4), Int(pixel.x / 4))
            for r in max(row - 2, 0)..<min(row + 3, rows) {
                for c in max(column - 2, 0)..<min(column + 3, columns) {
                    let offset = SIMD2(Double(c) * 4 + 1.5, Double(r) * 4 + 1.5) - pixel
                    let distance = (offset * offset).sum()
                    guard distance < 36, distance < nearest[r * columns + c] else { continue }
                    nearest[r * columns + c] = distance
                    for k in 0..<channels {
                        features[(r * columns + c) * channels + k] =
                            representation.appearance.vectors[index * channels + k]
                    }
                }
            }
        }
        let projected = points.map { Self.camera.project($0) ?? .zero }
        for r in 0..<240 {
            for c in 0..<320 where labels[r * 320 + c] == 1 {
                depth[r * 320 + c] = Self.depth(at: SIMD2(Double(c), Double(r)), points, projected)
            }
        }
        observation = Observation(
            timestamp: 0, frameID: "camera", imageSize: size, intrinsics: Self.camera,
            depth: DepthImage(size: size, values: depth, isMetric: true),
            mask: ObjectMask(size: size, labels: labels), instance: 1,
            features: FeatureMap(
                rows: rows, columns: columns, channels: channels, values: features.map { Float16($0) },
                region: PixelRegion(size), model: ""))
    }
}

extension Observation {
    /// The same image from an unknown camera with relative depth.
    var withoutMetres: Observation {
        Observation(
            timestamp: timestamp, frameID: frameID, imageSize: imageSize, intrinsics: nil,
            depth: depth.map { DepthImage(size: $0.size, values: $0.values, isMetric: false) }, mask: mask,
            instance: instance, features: features)
    }
}
