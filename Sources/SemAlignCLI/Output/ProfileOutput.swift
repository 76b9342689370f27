// SPDX-License-Identifier: Apache-2.0

import CAllocations
import SemAlignProfiling

extension LatencyProfile {
    /// Tables for people.
    var text: String {
        var lines = [
            "\(frames.count) frames answered\(sentFrames.map { " of \($0) sent" } ?? ""), \(dropText)"
        ]
        if let deadline, let missed = missedDeadlines {
            let share = 100 * Double(missed) / Double(max(1, sentFrames ?? frames.count))
            lines.append(
                "deadline \((Double(deadline) / 1e6).fixed(1)) ms: \(missed) missed, "
                    + "\(share.fixed(1)) %")
        }
        for kind in StageFigures.Kind.allCases where !frames(kind).isEmpty {
            lines += ["", table(kind), "", costText(kind)]
        }
        return lines.joined(separator: "\n")
    }

    private var dropText: String {
        drops.isEmpty
            ? "nothing dropped"
            : "dropped: " + dropCounts.map { "\($0.reason) \($0.count)" }.joined(separator: ", ")
    }

    private func table(_ kind: StageFigures.Kind) -> String {
        var table = TextTable(
            headings: ["\(kind.rawValue) [ms]", "frames", "mean"] + StageFigures.shares.map(\.name)
                + ["max", "jitter"])
        for stage in figures(kind) {
            let figures =
                [stage.histogram.mean] + StageFigures.shares.map { Double(stage.percentile($0.share)) }
                + [Double(stage.histogram.maximum), stage.jitter]
            table.append(
                [stage.name, "\(stage.values.count)"]
                    + figures.map { $0.isFinite ? ($0 / 1e6).fixed(3) : "–" })
        }
        return table.text
    }

    private func costText(_ kind: StageFigures.Kind) -> String {
        let frames = frames(kind)
        let mean = { (value: (FrameRecord) -> UInt64) in
            (frames.reduce(0) { $0 + Double(value($1)) } / Double(frames.count)).fixed(2)
        }
        let wall = frames.reduce(0) { $0 + Double($1.published &- $1.taken) }
        let busy = frames.reduce(0) { $0 + Double($1.alignmentCost.processorTime) }
        let counted = semalign_counts_allocations() != 0
        return "a \(kind.rawValue) frame: "
            + (counted
                ? "\(mean { $0.inputCost.allocations }) allocations to receive and "
                    + "\(mean { $0.alignmentCost.allocations }) to answer, " : "")
            + "\(mean { $0.inputCost.minorFaults + $0.alignmentCost.minorFaults }) page faults, "
            + "\(mean { $0.inputCost.majorFaults + $0.alignmentCost.majorFaults }) from disk, "
            + "\(mean { $0.alignmentCost.preemptions }) preemptions; "
            + "answering used the processor \((100 * busy / max(wall, 1)).fixed(0)) % of its time"
    }

    /// The figures as an object, durations in milliseconds.
    var json: JSONValue {
        .object([
            ("facts", .object(facts.map { ($0.name, .text($0.value)) })),
            ("frames", .integer(frames.count)), ("sent", sentFrames.map { .integer($0) } ?? .null),
            ("deadline_ms", deadline.map { .number(Double($0) / 1e6) } ?? .null),
            ("missed_deadlines", missedDeadlines.map { .integer($0) } ?? .null),
            ("drops", .object(dropCounts.map { ($0.reason, .integer($0.count)) })),
            ("warm", json(.warm)), ("cold", json(.cold)),
        ])
    }

    private func json(_ kind: StageFigures.Kind) -> JSONValue {
        let frames = frames(kind)
        let mean = { (value: (FrameRecord) -> UInt64) -> JSONValue in
            .number(frames.reduce(0) { $0 + Double(value($1)) } / Double(frames.count))
        }
        let stages = figures(kind).map { stage -> (String, JSONValue) in
            let figures = StageFigures.shares.map { share -> (String, JSONValue) in
                (share.name, .number(Double(stage.percentile(share.share)) / 1e6))
            }
            let spread: [(String, JSONValue)] = [
                ("count", .integer(stage.values.count)), ("mean", .number(stage.histogram.mean / 1e6)),
            ]
            return (
                stage.name,
                .object(
                    spread + figures + [
                        ("max", .number(Double(stage.histogram.maximum) / 1e6)),
                        ("standard_deviation", .number(stage.histogram.standardDeviation / 1e6)),
                        ("jitter", .number(stage.jitter / 1e6)),
                    ])
            )
        }
        return .object([
            ("frames", .integer(frames.count)), ("stages_ms", .object(stages)),
            (
                "cost",
                .object([
                    ("receive_allocations", mean { $0.inputCost.allocations }),
                    ("answer_allocations", mean { $0.alignmentCost.allocations }),
                    ("page_faults", mean { $0.inputCost.minorFaults + $0.alignmentCost.minorFaults }),
                    (
                        "page_faults_from_disk",
                        mean { $0.inputCost.majorFaults + $0.alignmentCost.majorFaults }
                    ),
                    ("preemptions", mean { $0.inputCost.preemptions + $0.alignmentCost.preemptions }),
                    ("receive_cpu_ms", .number(Self.milliseconds(frames) { $0.inputCost.processorTime })),
                    ("answer_cpu_ms", .number(Self.milliseconds(frames) { $0.alignmentCost.processorTime })),
                    ("answer_wall_ms", .number(Self.milliseconds(frames) { $0.published &- $0.taken })),
                ])
            ),
        ])
    }

    private static func milliseconds(_ frames: [FrameRecord], _ value: (FrameRecord) -> UInt64) -> Double {
        frames.reduce(0) { $0 + Double(value($1)) / 1e6 } / Double(frames.count)
    }
}

extension ProfileComparison {
    /// A table for people: what changed beyond doubt first.
    var text: String {
        var table = TextTable(
            "column", "frames", "median before", "after", "p99 before", "after", "shift", "delta", "p",
            "verdict")
        let order = rows.filter { $0.verdict != .same } + rows.filter { $0.verdict == .same }
        for row in order {
            table.append(
                row.column, row.kind.rawValue, Self.text(row.medians.x), Self.text(row.medians.y),
                Self.text(row.percentiles99.x), Self.text(row.percentiles99.y), Self.text(row.test.shift),
                row.test.effect.fixed(2), row.correctedP.fixed(4),
                row.verdict.rawValue)
        }
        let changed = rows.count { $0.verdict != .same }
        return table.text
            + "\n\n\(changed) of \(rows.count) columns changed: Mann-Whitney on the values of the "
            + "frames, p < 0.01 after Holm's correction, and Cliff's delta beyond 0.147."
    }

    private static func text(_ value: Double) -> String {
        value.isFinite ? value.fixed(abs(value) < 100 && value != value.rounded() ? 2 : 0) : "–"
    }

    /// The rows as an object.
    var json: JSONValue {
        .object([
            (
                "rows",
                .list(
                    rows.map { row in
                        .object([
                            ("column", .text(row.column)), ("kind", .text(row.kind.rawValue)),
                            ("frames", .list([.integer(row.counts.x), .integer(row.counts.y)])),
                            ("median", .numbers([row.medians.x, row.medians.y])),
                            ("p99", .numbers([row.percentiles99.x, row.percentiles99.y])),
                            ("shift", .number(row.test.shift)), ("effect", .number(row.test.effect)),
                            ("p", .number(row.test.pValue)), ("p_corrected", .number(row.correctedP)),
                            ("verdict", .text(row.verdict.rawValue)),
                        ])
                    })
            )
        ])
    }
}
