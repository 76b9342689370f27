// SPDX-License-Identifier: Apache-2.0
import Foundation
import SemAlignCore
import SemAlignImages
import SemAlignMessages

@testable import SemAlignNode

/// A class of four keypoints with one-hot features: small enough to know by heart.
enum TinyClass {
    static let channels = 8

    static let representation: ClassRepresentation = {
        let keypoints: [SIMD3<Double>] = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
        let map = DeformationMap(
            keypointCount: 4, rowStarts: [0, 2, 4], columns: [0, 1, 2, 3], weights: [0.5, 0.5, 0.5, 0.5])
        var vectors = [Float](repeating: 0, count: 6 * channels)
        for point in 0..<6 { vectors[point * channels + point] = 1 }
        let covariance = (0..<144).map { $0 % 13 == 0 ? 0.001 : 0 }
        return ClassRepresentation(
            className: "tiny", keypointNames: ["origin", "x", "y", "z"], flip: nil,
            skeleton: [[0, 1], [0, 2]],
            keypoints: keypoints,
            dense: DensePoints(map: map, normals: [[0, 0, -1], [0, 0, -1]]),
            prior: KeypointPrior(edgePairs: [], tetrahedra: [], shapeCovariance: covariance),
            appearance: PointAppearance(
                channels: channels, model: "tiny-net", vectors: vectors,
                similarityMean: Array(repeating: 0.9, count: 6),
                similarityDeviation: Array(repeating: 0.1, count: 6)),
            visibility: VisibilityModel(directions: [[0, 0, -1]], table: Array(repeating: 255, count: 6)),
            metricScale: MetricScale(metresPerUnit: 0.4, logDeviation: 0.05),
            provenance: Provenance(programVersion: "test", settings: [:], inputHashes: [:]))
    }()
}

/// The messages of one good frame of `TinyClass`; a test replaces what it wants to spoil.
struct TinyFrame {
    static let size = ImageSize(width: 64, height: 48)
    static let start: UInt64 = 1_700_000_000_000_000_000

    let stamp: UInt64
    let topics = TopicNames()
    let frameID = "camera_optical"

    /// Frame `number` of a camera with 30 pictures a second.
    init(_ number: Int, start: UInt64 = Self.start) {
        stamp = UInt64(Int(start) + number * 33_000_000)
    }

    var maskValue: ObjectMask { mask(shift: 0) }

    /// The mask of the object `shift` pixels to the right.
    func mask(shift: Int) -> ObjectMask {
        var labels = [UInt8](repeating: 0, count: Self.size.width * Self.size.height)
        for row in 12..<36 { for column in 16..<48 { labels[row * Self.size.width + column + shift] = 1 } }
        return ObjectMask(size: Self.size, labels: labels)
    }

    func mask(_ value: ObjectMask? = nil) throws -> IncomingMessage {
        try message(
            topics.mask, RawImageMessage(mask: value ?? maskValue, timestamp: stamp, frameID: frameID))
    }

    func features(
        channels: Int = TinyClass.channels, model: String = "tiny-net", value: Float16? = nil,
        shift: Double = 0
    ) throws -> IncomingMessage {
        var values = [Float16](repeating: 0, count: 6 * 8 * channels)
        for patch in 0..<48 {
            values[patch * channels + Self.pointShown(in: patch, shift: shift) % channels] = 1
        }
        if let value { values[5] = value }
        let map = FeatureMap(
            rows: 6, columns: 8, channels: channels, values: values, region: PixelRegion(Self.size),
            model: model)
        return try message(
            topics.features,
            FeatureMessage(features: map, isNormalized: true, timestamp: stamp, frameID: frameID))
    }

    /// The point of the class that a patch of 8×8 pixels shows: the nearest one, of the class seen from the front with
    /// its origin at pixel (20, 16), or `shift` pixels to the right, 24 pixels a unit.
    static func pointShown(in patch: Int, shift: Double = 0) -> Int {
        let points: [SIMD2<Double>] = [[0, 0], [1, 0], [0, 1], [0, 0], [0.5, 0], [0, 0.5]]
        let center = SIMD2(Double(8 * (patch % 8)) + 3.5, Double(8 * (patch / 8)) + 3.5)
        let distances = points.map { point in
            let d = SIMD2(20 + shift, 16) + 24 * point - center
            return (d * d).sum()
        }
        return distances.indices.min { distances[$0] < distances[$1] } ?? 0
    }

    func depth(_ size: ImageSize = Self.size, metres: Float = 1) throws -> IncomingMessage {
        let depth = DepthImage(
            size: size, values: Array(repeating: metres, count: size.width * size.height), isMetric: true)
        return try message(
            topics.depth, RawImageMessage(depth: depth, timestamp: stamp, frameID: frameID))
    }

    func image() throws -> IncomingMessage {
        let png = try ImageEncoder.png(ColorImage(size: Self.size, color: [10, 20, 30]))
        return try compressedImage(png)
    }

    func compressedImage(_ data: [UInt8]) throws -> IncomingMessage {
        try message(
            topics.image,
            CompressedImageMessage(timestamp: stamp, frameID: frameID, format: "png", data: data))
    }

    func camera(size: ImageSize = Self.size) throws -> IncomingMessage {
        try message(
            topics.cameraInfo,
            CalibrationMessage(
                timestamp: stamp, frameID: frameID, size: size,
                intrinsics: CameraIntrinsics(focalLength: [60, 60], principalPoint: [31.5, 23.5]),
                distortion: .none))
    }

    /// All streams of a good frame; features last, so that the frame is complete with them.
    func all() throws -> [IncomingMessage] {
        [try image(), try camera(), try depth(), try mask(), try features()]
    }

    func message(_ topic: String, _ message: some TopicMessage) throws -> IncomingMessage {
        IncomingMessage(topic: topic, schema: type(of: message).schemaName, payload: try message.encoded())
    }
}

extension IncomingMessage {
    /// The same message with another payload.
    func with(payload: [UInt8]) -> IncomingMessage {
        IncomingMessage(topic: topic, schema: schema, payload: payload)
    }

    /// The same message under another schema.
    func with(schema: String) -> IncomingMessage {
        IncomingMessage(topic: topic, schema: schema, payload: payload)
    }
}

/// A folder that is gone when the test is over.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "semalign-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// The tiny class as a file.
    func representation() throws -> String {
        let path = file("tiny.semalign")
        try RepresentationFile.write(TinyClass.representation, path: path)
        return path
    }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: file(name))))
    }
}

extension TemporaryFolder {
    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: file(name)))
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: file(name)) }
}
