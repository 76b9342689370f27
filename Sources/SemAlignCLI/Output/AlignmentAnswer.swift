// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignImages

/// What `align` prints.
struct AlignmentAnswer {
    let image: String
    let names: [String]
    let result: TrackingResult

    private var milliseconds: Double { result.stages.reduce(0) { $0 + Double($1.nanoseconds) } * 1e-6 }

    /// For people.
    var text: String {
        guard result.state == .tracking else {
            return "\(image): \(result.state.rawValue), \(result.message)"
        }
        let factor = result.isMetric ? 1000.0 : 1
        var table = TextTable("keypoint", "u", "v", "x", "y", "z", "sigma", "visible", "score")
        for (name, point) in zip(names, result.keypoints) {
            let variance = point.covariance[0] + point.covariance[4] + point.covariance[8]
            table.append(
                name, point.pixel.x.fixed(1), point.pixel.y.fixed(1), (factor * point.position.x).fixed(1),
                (factor * point.position.y).fixed(1), (factor * point.position.z).fixed(1),
                (factor * (variance / 3).squareRoot()).fixed(1), point.visible.fixed(2), point.score.fixed(2))
        }
        return """
            \(image): \(result.state.rawValue), energy \(result.energy.fixed(3)), gap \
            \(result.energyGap.fixed(3)), f \(result.focalLengthPixels.fixed(1)) px, \
            \(milliseconds.fixed(1)) ms, positions in \(result.isMetric ? "mm" : "canonical units")
            \(table.text)
            """
    }

    /// For programs.
    var json: JSONValue {
        let pose = result.cameraFromClass
        return .object([
            ("image", .text(image)), ("state", .text(result.state.rawValue)),
            ("metric", .boolean(result.isMetric)), ("focal_length_px", .number(result.focalLengthPixels)),
            ("energy", .number(result.energy)), ("energy_gap", .number(result.energyGap)),
            ("scale", .number(pose.scale)), ("milliseconds", .number(milliseconds)),
            ("message", .text(result.message)),
            ("keypoints", .list(zip(names, result.keypoints).map(Self.json))),
        ])
    }

    private static func json(name: String, point: KeypointEstimate) -> JSONValue {
        .object([
            ("name", .text(name)),
            ("position", .numbers([point.position.x, point.position.y, point.position.z])),
            ("pixel", .numbers([point.pixel.x, point.pixel.y])), ("covariance", .numbers(point.covariance)),
            ("visible", .number(point.visible)), ("score", .number(point.score)),
        ])
    }
}

extension Overlay {
    /// An answer drawn with names, skeleton and state; `truth` marks where keypoints were annotated.
    init(_ result: TrackingResult, of representation: ClassRepresentation, truth: [SIMD2<Double>?]) {
        let points = zip(representation.keypointNames, result.keypoints).enumerated().map { index, pair in
            Keypoint(
                name: pair.0, pixel: pair.1.pixel, isVisible: pair.1.visible >= 0.5, truth: truth[index])
        }
        self.init(
            keypoints: points, skeleton: representation.skeleton, state: result.state,
            notes: result.state == .tracking ? [] : [result.message])
    }
}
