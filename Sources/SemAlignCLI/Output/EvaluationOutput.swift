// SPDX-License-Identifier: Apache-2.0

import SemAlignEvaluation

extension EvaluationReport {
    /// For programs; the names are fixed.
    var json: JSONValue {
        .object([
            ("images", .integer(images)), ("answered", .integer(answered)), ("pck", Self.shares(pck)),
            ("nearest", Self.shares(nearest)), ("error_m", error.json),
            ("error_visible_m", visibleError.json), ("floor_m", floor.json),
            (
                "coverage_95",
                .object([("visible", .number(visibleCoverage)), ("hidden", .number(hiddenCoverage))])
            ),
            ("latency_ms", .object([("cold", cold.json), ("warm", warm.json)])),
        ])
    }

    private static func shares(_ values: [Double]) -> JSONValue {
        .object(zip(thresholds, values).map { ("\($0)", .number($1)) })
    }

    /// For people.
    ///
    /// Without a baseline its line is left out.
    func text(hasBaseline: Bool = true) -> String {
        var shares = TextTable(
            headings: ["visible keypoints within"] + Self.thresholds.map { "\($0) of the box" })
        shares.append(["semalign"] + pck.map { $0.fixed(3) })
        if hasBaseline { shares.append(["nearest neighbour"] + nearest.map { $0.fixed(3) }) }
        var errors = TextTable("3D error [mm]", "median", "p90")
        for (name, spread) in [
            ("all keypoints", error), ("visible keypoints", visibleError), ("floor: class mean", floor),
        ] {
            errors.append(name, (1000 * spread.median).fixed(1), (1000 * spread.p90).fixed(1))
        }
        var latency = TextTable("latency [ms]", "p50", "p99")
        latency.append("cold frames", cold.p50.fixed(1), cold.p99.fixed(1))
        latency.append("warm frames", warm.p50.fixed(1), warm.p99.fixed(1))
        return """
            \(answered) of \(images) images answered

            \(shares.text)

            \(errors.text)
            truth inside the 95 % ellipsoid: visible \(visibleCoverage.fixed(2)), hidden \(hiddenCoverage.fixed(2))

            \(latency.text)
            """
    }
}

extension EvaluationReport.Spread {
    fileprivate var json: JSONValue { .object([("median", .number(median)), ("p90", .number(p90))]) }
}

extension EvaluationReport.Latency {
    fileprivate var json: JSONValue { .object([("p50", .number(p50)), ("p99", .number(p99))]) }
}
