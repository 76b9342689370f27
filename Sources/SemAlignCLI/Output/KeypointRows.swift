// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignEvaluation

/// A row for each keypoint of each image, for spreadsheets and notebooks.
struct KeypointRows {
    private static let heading = """
        image,keypoint,state,cold,milliseconds,box_side_px,truth_visible,truth_u,truth_v,truth_x,truth_y,truth_z,\
        u,v,x,y,z,metric,visible,score,pixel_error,error_m,nearest_u,nearest_v,nearest_pixel_error
        """
    /// The whole file.
    let csv: String

    /// Writes the rows of `images`; empty cells stand for what is not known.
    init(_ images: [EvaluatedImage], names: [String]) {
        let rows = images.flatMap { image in
            names.indices.map { Self.row(image, keypoint: $0, name: names[$0]) }
        }
        csv = ([Self.heading] + rows).joined(separator: "\n") + "\n"
    }

    private static func row(_ image: EvaluatedImage, keypoint: Int, name: String) -> String {
        let result = image.result
        let estimate = image.isAnswered ? result.keypoints[keypoint] : nil
        let truth = image.truth[keypoint]
        let milliseconds = result.stages.reduce(0) { $0 + Double($1.nanoseconds) } * 1e-6
        var cells = [
            escaped(image.id), escaped(name), result.state.rawValue, result.startedCold ? "1" : "0",
            number(milliseconds), number(image.boxSide), truth.map { $0.isVisible ? "1" : "0" } ?? "",
        ]
        cells += numbers(truth?.pixel) + numbers(truth?.position)
        cells += numbers(estimate?.pixel) + numbers(estimate?.position)
        cells += [
            result.isMetric ? "1" : "0", number(estimate?.visible), number(estimate?.score),
            number(distance(estimate?.pixel, truth?.pixel)),
            number(result.isMetric ? distance(estimate?.position, truth?.position) : nil),
        ]
        cells += numbers(image.nearest[keypoint])
        cells.append(number(distance(image.nearest[keypoint], truth?.pixel)))
        return cells.joined(separator: ",")
    }

    private static func number(_ value: Double?) -> String {
        value.flatMap { $0.isFinite ? "\($0)" : nil } ?? ""
    }

    private static func numbers(_ vector: SIMD2<Double>?) -> [String] {
        [number(vector?.x), number(vector?.y)]
    }

    private static func numbers(_ vector: SIMD3<Double>?) -> [String] {
        [number(vector?.x), number(vector?.y), number(vector?.z)]
    }

    private static func distance<Vector: SIMD<Double>>(_ a: Vector?, _ b: Vector?) -> Double? {
        guard let a, let b else { return nil }
        let difference = a - b
        return (difference * difference).sum().squareRoot()
    }

    private static func escaped(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }
}
