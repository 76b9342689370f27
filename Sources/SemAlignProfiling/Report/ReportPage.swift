// SPDX-License-Identifier: Apache-2.0

/// A profile as one HTML page that needs no other file and no network.
public struct ReportPage: Sendable {
    static let colors = [
        "#4878a8", "#e08a3c", "#5aa469", "#c65b57", "#8a72b0", "#8c6d5a", "#d68bb8", "#7f7f7f", "#b5b04a",
        "#4fb3bf", "#2f4f6f", "#a6bddb", "#fdc086",
    ]
    private let profile: LatencyProfile

    /// A page about `profile`.
    public init(_ profile: LatencyProfile) { self.profile = profile }

    /// The page.
    public var text: String {
        let facts = profile.facts.map {
            "<tr><th>\(markupText($0.name))</th><td>\(markupText($0.value))</td></tr>"
        }
        let kinds = StageFigures.Kind.allCases.filter { !profile.frames($0).isEmpty }
        var body = [
            "<h1>Latency of the frame path</h1>", "<table class=\"facts\">\(facts.joined())</table>",
        ]
        body += kinds.map { "<h2>\(Self.title($0)) frames</h2>" + table($0) }
        if profile.frames.isEmpty {
            body.append("<p>No frame was answered.</p>")
        } else {
            body += [
                "<h2>End to end over time</h2>", Self.legend, profile.latencyPlot,
                "<h2>How often</h2>", profile.histogramPlot, "<h2>Stages</h2>", stageLegend,
                profile.stagePlot,
            ]
        }
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
            + "<title>semalign profile</title><style>\(style)</style></head><body>\n"
            + body.joined(separator: "\n") + "\n</body></html>\n"
    }

    private static func title(_ kind: StageFigures.Kind) -> String { kind == .warm ? "Warm" : "Cold" }

    private static let legend =
        "<p class=\"legend\"><i class=\"warm\"></i> warm <i class=\"cold\"></i> cold "
        + "<i class=\"drop\"></i> dropped</p>"

    private var stageLegend: String {
        let entries = profile.stackedStages.enumerated().map { place, name in
            "<span><i style=\"background:\(Self.colors[place % Self.colors.count])\"></i> \(markupText(name))</span>"
        }
        return "<p class=\"legend\">\(entries.joined(separator: " "))</p>"
    }

    private func table(_ kind: StageFigures.Kind) -> String {
        let heads =
            ["stage", "frames", "mean"] + StageFigures.shares.map(\.name) + ["max", "deviation", "jitter"]
        let rows = profile.figures(kind).map { stage -> String in
            let figures =
                [stage.histogram.mean] + StageFigures.shares.map { Double(stage.percentile($0.share)) }
                + [Double(stage.histogram.maximum), stage.histogram.standardDeviation, stage.jitter]
            let cells = [markupText(stage.name), "\(stage.values.count)"] + figures.map { short($0 / 1e6) }
            return "<tr>" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
        }
        return "<table><tr>" + heads.map { "<th>\($0)</th>" }.joined() + "</tr>\(rows.joined())</table>"
            + "<p class=\"note\">Milliseconds. Jitter: mean difference between successive frames.</p>"
    }

    private var style: String {
        let stages = Self.colors.enumerated().map { ".s\($0){fill:\($1)}" }.joined()
        return """
            body{font:15px/1.45 system-ui,sans-serif;max-width:900px;margin:2em auto;padding:0 1em;color:#222}
            table{border-collapse:collapse;font-variant-numeric:tabular-nums}
            td,th{padding:.15em .7em;text-align:right;border-bottom:1px solid #ddd}
            td:first-child,th:first-child,.facts td{text-align:left}
            svg{width:100%;height:auto;font-size:11px;fill:#444}.grid{stroke:#ddd}.axis{font-size:12px}
            .warm{fill:#4878a8;background:#4878a8}.cold{fill:#c65b57;background:#c65b57}
            .drop{fill:#222;background:#222}.limit{stroke:#c65b57;stroke-dasharray:5 3}
            .legend i{display:inline-block;width:.8em;height:.8em;margin-left:.8em}.legend span{white-space:nowrap}.note{color:#666;fill:#666}
            \(stages)
            """
    }
}
