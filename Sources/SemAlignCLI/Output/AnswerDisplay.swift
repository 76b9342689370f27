// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignCore
import SemAlignMessages

/// Shows answers on standard output: a table that stays in place on a terminal, else a line for each.
struct AnswerDisplay {
    private let isJSON: Bool
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private var shownLines = 0

    init(isJSON: Bool) { self.isJSON = isJSON }

    /// Shows one answer at once.
    mutating func show(_ answer: KeypointMessage) {
        if isJSON {
            print(Self.json(answer).line)
        } else if isTerminal {
            let lines = Self.table(answer)
            let up = shownLines > 0 ? "\u{1B}[\(shownLines)A\u{1B}[J" : ""
            print(up + lines.joined(separator: "\n"))
            shownLines = lines.count
        } else {
            print(Self.line(answer))
        }
        _ = fflush(nil)
    }

    private static func milliseconds(_ answer: KeypointMessage) -> Double {
        answer.result.stages.reduce(0) { $0 + Double($1.nanoseconds) } * 1e-6
    }

    private static func line(_ answer: KeypointMessage) -> String {
        let result = answer.result
        let seen = result.keypoints.reduce(0) { $0 + ($1.visible >= 0.5 ? 1 : 0) }
        return "\(answer.timestamp) \(result.state.rawValue) \(result.startedCold ? "cold" : "warm") "
            + "\(milliseconds(answer).fixed(1)) ms, \(seen) of \(result.keypoints.count) keypoints visible"
            + (result.message.isEmpty ? "" : ", \(result.message)")
    }

    /// At most 80 columns wide; the same number of lines while the object is tracked.
    private static func table(_ answer: KeypointMessage) -> [String] {
        let result = answer.result
        let factor = result.isMetric ? 1000.0 : 1
        var table = TextTable("keypoint", "u [px]", "v [px]", "x", "y", "z", "sigma", "visible")
        for (name, point) in zip(answer.keypointNames, result.keypoints) {
            let variance = (point.covariance[0] + point.covariance[4] + point.covariance[8]) / 3
            table.append(
                String(name.prefix(20)), point.pixel.x.fixed(1), point.pixel.y.fixed(1),
                (factor * point.position.x).fixed(1), (factor * point.position.y).fixed(1),
                (factor * point.position.z).fixed(1), (factor * variance.squareRoot()).fixed(1),
                point.visible.fixed(2))
        }
        let head =
            "frame \(answer.sequence)  \(answer.className)  \(result.state.rawValue)"
            + "  \(result.startedCold ? "cold" : "warm")  \(milliseconds(answer).fixed(1)) ms  "
            + (result.isMetric ? "positions in mm" : "positions without scale")
        return ([head, result.message] + table.text.split(separator: "\n").map(String.init)).map {
            String($0.prefix(80))
        }
    }

    private static func json(_ answer: KeypointMessage) -> JSONValue {
        .object([
            ("timestamp", .integer(Int(clamping: answer.timestamp))), ("frame_id", .text(answer.frameID)),
            ("sequence", .integer(Int(clamping: answer.sequence))), ("class_name", .text(answer.className)),
            ("instance", .integer(Int(answer.instance))),
            (
                "answer",
                AlignmentAnswer(
                    image: "\(answer.timestamp)", names: answer.keypointNames, result: answer.result
                ).json
            ),
        ])
    }
}
