// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignEvaluation
import Testing

/// Three keypoints 1 m apart at depth 2 m, whose class mean fits exactly at 1 m a unit.
private let truthPositions: [SIMD3<Double>] = [[0, 0, 2], [1, 0, 2], [0, 1, 2]]

private let representation = ClassRepresentation(
    className: "corner", keypointNames: ["origin", "x", "y"], flip: nil, skeleton: [],
    keypoints: [[0, 0, 0], [1, 0, 0], [0, 1, 0]],
    dense: DensePoints(
        map: DeformationMap(keypointCount: 3, rowStarts: [0], columns: [], weights: []), normals: []),
    prior: KeypointPrior(edgePairs: [], tetrahedra: [], shapeCovariance: [Double](repeating: 0, count: 81)),
    appearance: PointAppearance(
        channels: 1, model: "", vectors: [1, 1, 1], similarityMean: [1, 1, 1],
        similarityDeviation: [0.1, 0.1, 0.1]),
    visibility: VisibilityModel(directions: [[0, 0, 1]], table: [255, 255, 255]), metricScale: nil,
    provenance: Provenance(programVersion: "", settings: [:], inputHashes: [:]))

/// An image with a box of 100 px whose keypoints sit at (0, 0), (100, 0), (0, 100) px; the last is hidden.
private func image(
    pixelErrors: [Double], positionErrors: [Double], deviation: Double = 0.01,
    state: TrackingState = .tracking, isMetric: Bool = true
) -> EvaluatedImage {
    let pixels: [SIMD2<Double>] = [[0, 0], [100, 0], [0, 100]]
    let variance = deviation * deviation
    let keypoints = pixels.indices.map { i in
        KeypointEstimate(
            position: truthPositions[i] + [0, 0, positionErrors[i]], pixel: pixels[i] + [pixelErrors[i], 0],
            covariance: [variance, 0, 0, 0, variance, 0, 0, 0, variance], visible: 1, score: 1)
    }
    return EvaluatedImage(
        id: "image", boxSide: 100,
        truth: pixels.indices.map {
            KeypointTruth(pixel: pixels[$0], isVisible: $0 != 2, position: truthPositions[$0])
        },
        result: TrackingResult(
            state: state, startedCold: true, isMetric: isMetric, focalLengthPixels: 500, energy: 0,
            energyGap: .nan,
            cameraFromClass: SimilarityTransform(scale: 1, rotation: .identity, translation: .zero),
            keypoints: state == .tracking ? keypoints : [], densePoints: [],
            stages: [StageDuration(name: "cold", nanoseconds: 2_000_000)], message: ""),
        nearest: [[0, 0], [100, 20.5], nil])
}

@Suite struct EvaluationReportTests {
    @Test("PCK counts visible keypoints at a distance of at most the threshold, the edge included")
    func shareOfCorrectKeypoints() {
        let report = EvaluationReport(
            [image(pixelErrors: [5, 10.01, 0], positionErrors: [0, 0, 0])], representation: representation)
        #expect(report.pck == [0.5, 0.5, 1])
        #expect(report.nearest == [0.5, 0.5, 0.5])
    }

    @Test("An image without an answer misses all its keypoints")
    func unanswered() {
        let images = [
            image(pixelErrors: [0, 0, 0], positionErrors: [0, 0, 0]),
            image(pixelErrors: [0, 0, 0], positionErrors: [0, 0, 0], state: .lost),
        ]
        let report = EvaluationReport(images, representation: representation)
        #expect(report.images == 2)
        #expect(report.answered == 1)
        #expect(report.pck == [0.5, 0.5, 0.5])
    }

    @Test("Errors in metres pool visible and hidden keypoints, and visible ones apart")
    func errors() {
        let report = EvaluationReport(
            [image(pixelErrors: [0, 0, 0], positionErrors: [0.01, 0.03, 0.05])],
            representation: representation)
        #expect(abs(report.error.median - 0.03) < 1e-9)
        #expect(abs(report.visibleError.median - 0.02) < 1e-9)
        #expect(report.floor.p90 < 1e-9)
    }

    @Test("The 95 % ellipsoid reaches 2.80 deviations along an axis")
    func coverage() {
        let report = EvaluationReport(
            [image(pixelErrors: [0, 0, 0], positionErrors: [0.0279, 0.0281, 0.0279])],
            representation: representation)
        #expect(report.visibleCoverage == 0.5)
        #expect(report.hiddenCoverage == 1)
    }

    @Test("Answers that are not metric have pixels but no errors in metres")
    func notMetric() {
        let report = EvaluationReport(
            [image(pixelErrors: [0, 0, 0], positionErrors: [1, 1, 1], isMetric: false)],
            representation: representation)
        #expect(report.pck == [1, 1, 1])
        #expect(report.error.median.isNaN)
        #expect(report.visibleCoverage.isNaN)
    }

    @Test("Percentiles lie between ranks, and nothing has none")
    func percentiles() {
        #expect(percentile([4, 1, 3, 2], 0.5) == 2.5)
        #expect(percentile([1, 2, 3, 4, 5], 0.9) == 4.6)
        #expect(percentile([], 0.5).isNaN)
    }
}
