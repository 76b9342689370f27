// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignMessages

/// One sound value of every kind.
enum Samples {
    static let stamp: UInt64 = 1_700_000_000_123_456_789

    static let compressedImage = CompressedImageMessage(
        timestamp: stamp, frameID: "camera_optical", format: "jpeg", data: [0xFF, 0xD8, 0xFF, 1, 2, 3])

    static let rawImage = RawImageMessage(
        timestamp: stamp, frameID: "camera_optical", size: ImageSize(width: 3, height: 2), encoding: .rgb8,
        data: [UInt8](0..<18))

    static func calibration() throws -> CalibrationMessage {
        CalibrationMessage(
            timestamp: stamp, frameID: "camera_optical", size: ImageSize(width: 640, height: 480),
            intrinsics: CameraIntrinsics(focalLength: [610.5, 611.25], principalPoint: [319.5, 240.25]),
            distortion: try Distortion(model: "plumb_bob", coefficients: [0.1, -0.2, 0.001, 0.002, 0.05]))
    }

    static let featureMap = FeatureMap(
        rows: 2, columns: 3, channels: 4, values: (0..<24).map { Float16($0) / 8 - 1 },
        region: PixelRegion(minimum: [-2.5, 3], maximum: [40, 50.25]), model: "dinov2-vits14-reg")

    static let features = FeatureMessage(
        features: featureMap, isNormalized: true, timestamp: stamp, frameID: "camera_optical")

    static let queries = QueryMessage(
        timestamp: stamp, reference: "first_view",
        queries: [
            CorrespondenceQuery(id: "rim", place: .pixel([12.5, 30])),
            CorrespondenceQuery(id: "handle", place: .position([0.1, -0.2, 0.3])),
        ])

    static let correspondences = CorrespondenceMessage(
        timestamp: stamp, frameID: "camera_optical", reference: "first_view",
        correspondences: [
            Correspondence(
                id: "rim", queryPixel: [12.5, 30], pixel: [100.25, 200.5], position: [0.01, 0.02, 0.6],
                covariance: covariance, score: 0.75, visible: 0.9),
            Correspondence(
                id: "handle", queryPixel: nil, pixel: [-5, 700], position: [0.3, 0.2, 0.7],
                covariance: covariance, score: 0.1, visible: 0),
        ])

    static let diagnostics = DiagnosticsMessage(
        timestamp: stamp, state: .tracking, uptime: 12.5, frames: 371, frameRate: 29.75,
        topics: [.init(name: "/camera/color/image", received: 380, rate: 30, missing: 2)],
        stages: [.init(name: "energy", count: 30, median: 9, percentile99: 20, maximum: 21)],
        drops: [.init(reason: "duplicate timestamp", count: 3)], message: "")

    static let covariance: [Double] = [1e-6, 0, 0, 0, 1e-6, 0, 0, 0, 4e-6]

    static let keypointNames = ["rim", "handle", "base"]

    /// An answer; the third keypoint lies behind the camera.
    static func keypoints(
        state: TrackingState = .tracking, gap: Double = 0.25, densePoints: [SIMD3<Double>] = []
    ) -> KeypointMessage {
        let positions: [SIMD3<Double>] = [[0.01, 0.02, 0.5], [0.06, 0.02, 0.55], [0.01, 0.02, -0.1]]
        let pixels: [SIMD2<Double>] = [[100.25, 200.5], [160, 201], [.nan, .nan]]
        let estimates = (0..<3).map { index in
            KeypointEstimate(
                position: positions[index], pixel: pixels[index], covariance: covariance,
                visible: index == 0 ? 0.9 : 0.2, score: 0.5)
        }
        let quaternion = SIMD4<Double>(0.5, -0.5, 0.5, 0.5)
        return KeypointMessage(
            timestamp: stamp, frameID: "camera_optical", sequence: 41, className: "mug",
            representation: RepresentationIdentity(name: "mugs", hash: "fnv1a64:0011223344556677"),
            instance: 7, keypointNames: keypointNames,
            result: TrackingResult(
                state: state, startedCold: false, isMetric: true, focalLengthPixels: 610.5, energy: -1.25,
                energyGap: gap,
                cameraFromClass: SimilarityTransform(
                    scale: 0.0625, rotation: Rotation(quaternion: quaternion), translation: [0, 0.01, 0.5]),
                keypoints: state == .tracking ? estimates : [], densePoints: densePoints,
                stages: [StageDuration(name: "similarity", nanoseconds: 3_200_000)],
                message: state == .tracking ? "" : "mask is empty"))
    }

    /// A class of four keypoints and two dense points with three channels.
    static func representation(flip: [Int]? = [0, 1, 3, 2]) -> ClassRepresentation {
        let beta = BetaDistribution(alpha: 2.5, beta: 3.25)
        let pair = EdgePairFeature(first: [0, 1], second: [1, 2], angle: beta, ratio: beta)
        let tetrahedron = TetrahedronFeature(corners: [0, 1, 2, 3], x: beta, y: beta, z: beta)
        let shape: [Double] = (0..<144).map { $0 % 13 == 0 ? 0.01 : 0 }
        let vectors: [[Float]] = [
            [1, 0, 0], [0, 0.6, 0.8], [1, 0, 0], [0, 0.6, 0.8], [0, 1, 0], [0, 0, 1],
        ]
        let appearance = PointAppearance(
            channels: 3, model: "dinov2-vits14-reg", vectors: vectors.flatMap { $0 },
            similarityMean: [Float](repeating: 0.75, count: 6),
            similarityDeviation: [Float](repeating: 0.125, count: 6))
        let dense = DensePoints(
            map: DeformationMap(
                keypointCount: 4, rowStarts: [0, 2, 5], columns: [0, 1, 1, 2, 3],
                weights: [0.25, 0.75, 0.5, 0.25, 0.25]),
            normals: [[1, 0, 0], [0, 0, 0]])
        return ClassRepresentation(
            className: "mug", keypointNames: ["rim", "base", "left", "right"], flip: flip,
            skeleton: [[0, 1], [2, 3]],
            keypoints: [[0, 0, 0], [0, 0, 1], [-0.5, 0, 0.5], [0.5, 0.25, 0.5]],
            dense: dense,
            prior: KeypointPrior(edgePairs: [pair], tetrahedra: [tetrahedron], shapeCovariance: shape),
            appearance: appearance,
            visibility: VisibilityModel(directions: [[0, 0, 1], [0, 0, -1]], table: [UInt8](0..<12)),
            metricScale: MetricScale(metresPerUnit: 0.08, logDeviation: 0.1),
            provenance: Provenance(
                programVersion: "0.1.0", settings: ["seed": "1", "points": "300", "split": "trn"],
                inputHashes: ["b/2.npy": "22", "a/1.npy": "11"]))
    }
}
