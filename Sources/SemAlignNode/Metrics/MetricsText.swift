// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore
internal import SemAlignProfiling

/// What a node counted, at one moment.
struct CounterSnapshot: Sendable {
    struct Topic: Sendable {
        let name: String
        let received: UInt64
        let missing: UInt64
    }

    /// Since the start [s].
    let uptime: Double
    let frames: UInt64
    let state: TrackingState
    let topics: [Topic]
    let drops: [DropReason: UInt64]
    let stages: [(name: String, histogram: LatencyHistogram)]
}

/// A snapshot in the text format of Prometheus, version 0.0.4.
struct MetricsText: Sendable {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"
    /// Upper ends of the buckets [s].
    private static let ends = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

    /// The page.
    let text: String

    init(_ snapshot: CounterSnapshot) {
        var page = Page()
        page.begin("semalign_uptime_seconds", "gauge", "Time since the node started.")
        page.add("semalign_uptime_seconds", [], "\(snapshot.uptime)")
        page.begin("semalign_frames_total", "counter", "Frames that were answered.")
        page.add("semalign_frames_total", [], "\(snapshot.frames)")
        page.begin("semalign_state", "gauge", "1 for the state of the last answer, 0 for all others.")
        for state in TrackingState.allCases {
            page.add("semalign_state", [("state", state.rawValue)], state == snapshot.state ? "1" : "0")
        }
        page.begin("semalign_messages_received_total", "counter", "Messages received by topic.")
        for topic in snapshot.topics {
            page.add("semalign_messages_received_total", [("topic", topic.name)], "\(topic.received)")
        }
        page.begin(
            "semalign_messages_missing_total", "counter", "Messages that were numbered and never came.")
        for topic in snapshot.topics {
            page.add("semalign_messages_missing_total", [("topic", topic.name)], "\(topic.missing)")
        }
        page.begin("semalign_drops_total", "counter", "Messages and frames that were not used, by reason.")
        for reason in DropReason.allCases {
            page.add("semalign_drops_total", [("reason", reason.rawValue)], "\(snapshot.drops[reason] ?? 0)")
        }
        Self.add(snapshot.stages, to: &page)
        text = page.text
    }

    private static func add(
        _ stages: [(name: String, histogram: LatencyHistogram)], to page: inout Page
    ) {
        let name = "semalign_stage_duration_seconds"
        page.begin(name, "histogram", "Time that frames spend in each stage.")
        for (stage, histogram) in stages {
            for end in ends {
                let count = histogram.count - histogram.count(above: UInt64(end * 1e9))
                page.add(name + "_bucket", [("stage", stage), ("le", "\(end)")], "\(count)")
            }
            page.add(name + "_bucket", [("stage", stage), ("le", "+Inf")], "\(histogram.count)")
            let sum = histogram.count == 0 ? 0 : histogram.mean * Double(histogram.count) / 1e9
            page.add(name + "_sum", [("stage", stage)], "\(sum)")
            page.add(name + "_count", [("stage", stage)], "\(histogram.count)")
        }
    }

    /// Collects the lines.
    private struct Page {
        private var lines: [String] = []
        var text: String { lines.joined(separator: "\n") + "\n" }

        mutating func begin(_ name: String, _ type: String, _ help: String) {
            lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
        }

        mutating func add(_ name: String, _ labels: [(String, String)], _ value: String) {
            let list = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
            lines.append(name + (list.isEmpty ? "" : "{\(list)}") + " " + value)
        }

        private static func escaped(_ text: String) -> String {
            text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }
    }
}
