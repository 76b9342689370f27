// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import Testing

/// A class of four corners and two points between them with one-hot features: small enough to know by heart.
private enum CornerClass {
    static let channels = 8

    static let representation: ClassRepresentation = {
        let map = DeformationMap(
            keypointCount: 4, rowStarts: [0, 2, 4], columns: [0, 1, 2, 3], weights: [0.5, 0.5, 0.5, 0.5])
        var vectors = [Float](repeating: 0, count: 6 * channels)
        for point in 0..<6 { vectors[point * channels + point] = 1 }
        return ClassRepresentation(
            className: "corner", keypointNames: ["origin", "x", "y", "z"], flip: nil, skeleton: [],
            keypoints: [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]],
            dense: DensePoints(map: map, normals: [[0, 0, -1], [0, 0, -1]]),
            prior: KeypointPrior(
                edgePairs: [], tetrahedra: [],
                shapeCovariance: (0..<144).map { $0 % 13 == 0 ? 0.001 : 0 }),
            appearance: PointAppearance(
                channels: channels, model: "", vectors: vectors,
                similarityMean: Array(repeating: 0.9, count: 6),
                similarityDeviation: Array(repeating: 0.1, count: 6)),
            visibility: VisibilityModel(directions: [[0, 0, -1]], table: Array(repeating: 255, count: 6)),
            metricScale: nil, provenance: Provenance(programVersion: "", settings: [:], inputHashes: [:]))
    }()
}

private let size = ImageSize(width: 64, height: 48)
private let camera = CameraIntrinsics(focalLength: [60, 60], principalPoint: [31.5, 23.5])

/// The answer for the class held at `pose`.
private func aligned(_ pose: SimilarityTransform) -> TrackingResult {
    let points = CornerClass.representation.points.map { pose.apply($0) }
    return TrackingResult(
        state: .tracking, startedCold: true, isMetric: true, focalLengthPixels: 60, energy: 0,
        energyGap: .nan,
        cameraFromClass: pose,
        keypoints: points.prefix(4).map {
            KeypointEstimate(
                position: $0, pixel: camera.project($0) ?? .zero,
                covariance: [1e-4, 0, 0, 0, 1e-4, 0, 0, 0, 4e-4], visible: 1, score: 1)
        },
        densePoints: Array(points.dropFirst(4)), stages: [], message: "")
}

/// A frame whose patches look like the class's point nearest to each patch.
private func seen(_ result: TrackingResult, depth: DepthImage? = nil) -> Observation {
    let points = result.keypoints.map(\.position) + result.densePoints
    var values: [Float16] = []
    let grid = FeatureMap(
        rows: 24, columns: 32, channels: 1, values: Array(repeating: 0, count: 768),
        region: PixelRegion(size), model: "")
    for row in 0..<24 {
        for column in 0..<32 {
            let center = grid.center(row: row, column: column)
            let nearest = points.indices.min { first, second in
                distance(points[first], center) < distance(points[second], center)
            }
            values += (0..<CornerClass.channels).map { $0 == nearest ? 1 : 0 }
        }
    }
    return Observation(
        timestamp: 1, frameID: "c", imageSize: size, intrinsics: camera, depth: depth,
        mask: ObjectMask(size: size, labels: [UInt8](repeating: 1, count: 64 * 48)), instance: 1,
        features: FeatureMap(
            rows: 24, columns: 32, channels: CornerClass.channels, values: values,
            region: PixelRegion(size), model: ""))
}

private func distance(_ point: SIMD3<Double>, _ pixel: SIMD2<Double>) -> Double {
    let difference = (camera.project(point) ?? .zero) - pixel
    return (difference * difference).sum()
}

private let first = SimilarityTransform(scale: 0.2, rotation: .identity, translation: [-0.05, -0.05, 1])
private let second = SimilarityTransform(
    scale: 0.2, rotation: Rotation(quaternion: [0, 0, 0.38268, 0.92388]), translation: [0.05, -0.1, 1.2])

@Suite struct CorrespondenceMapTests {
    @Test("A point of the class frame is found where the pose puts it")
    func classFrame() throws {
        let map = CorrespondenceMap(representation: CornerClass.representation, reference: nil)
        let result = aligned(second)
        let query = CorrespondenceQuery(id: "x", place: .position([1, 0, 0]))
        let answer = try #require(
            map.correspondences(for: [query], result: result, observation: seen(result)).first)
        let expected = second.apply([1, 0, 0])
        #expect(answer.id == "x" && answer.queryPixel == nil)
        #expect((answer.position - expected).max() < 1e-9 && (expected - answer.position).max() < 1e-9)
        #expect(distance(expected, answer.pixel).squareRoot() < 2)
        #expect(answer.score > 0.5 && answer.visible == 1)
        #expect(answer.covariance == [1e-4, 0, 0, 0, 1e-4, 0, 0, 0, 4e-4])
    }

    @Test("A pixel of the reference view is carried to the same spot of the turned object")
    func referenceView() throws {
        let view = aligned(first)
        let map = CorrespondenceMap(
            representation: CornerClass.representation,
            reference: ReferenceView(observation: seen(view), result: view))
        let spot = try #require(camera.project(first.apply([0, 1, 0])))
        let result = aligned(second)
        let answer = try #require(
            map.correspondences(
                for: [CorrespondenceQuery(id: "y", place: .pixel(spot))], result: result,
                observation: seen(result)
            ).first)
        #expect(answer.queryPixel == spot)
        #expect(distance(second.apply([0, 1, 0]), answer.pixel).squareRoot() < 3)
        let error = answer.position - second.apply([0, 1, 0])
        #expect((error * error).sum().squareRoot() < 0.01)
    }

    @Test("The wider σ is, the farther from the projection a better match is taken")
    func width() throws {
        let truth = aligned(second)
        let off = SimilarityTransform(
            scale: second.scale, rotation: second.rotation, translation: second.translation - [0.24, 0, 0])
        let query = CorrespondenceQuery(id: "x", place: .position([1, 0, 0]))
        let answers = try [0.03, 1].map { sigma in
            let map = CorrespondenceMap(
                representation: CornerClass.representation, reference: nil, sigma: sigma)
            return try #require(
                map.correspondences(for: [query], result: aligned(off), observation: seen(truth)).first)
        }
        let errors = answers.map { distance(second.apply([1, 0, 0]), $0.pixel).squareRoot() }
        #expect(errors[1] < errors[0] - 1)
        #expect(answers[1].score > 0.5 && answers[0].score < 0.1)
    }

    @Test("Measured depth that agrees gives the position; a nearer surface hides the point")
    func depth() throws {
        let map = CorrespondenceMap(representation: CornerClass.representation, reference: nil)
        let result = aligned(first)
        let query = CorrespondenceQuery(id: "o", place: .position([0, 0, 0]))
        for (metres, z, visible) in [(1.02, 1.02, 1.0), (0.5, 1.0, 0.0)] {
            let depth = DepthImage(
                size: size, values: Array(repeating: Float(metres), count: 64 * 48), isMetric: true)
            let answer = try #require(
                map.correspondences(for: [query], result: result, observation: seen(result, depth: depth))
                    .first)
            #expect(abs(answer.position.z - z) < 1e-6)
            #expect(answer.visible == visible)
        }
    }

    @Test("Without keypoints, and without an aligned reference, there is no answer")
    func noAnswer() {
        let map = CorrespondenceMap(representation: CornerClass.representation, reference: nil)
        let lost = TrackingResult(withoutKeypoints: .lost, message: "")
        let result = aligned(first)
        let position = CorrespondenceQuery(id: "o", place: .position([0, 0, 0]))
        let pixel = CorrespondenceQuery(id: "p", place: .pixel([1, 1]))
        #expect(map.correspondences(for: [position], result: lost, observation: seen(result)).isEmpty)
        #expect(map.correspondences(for: [pixel], result: result, observation: seen(result)).isEmpty)
    }
}
