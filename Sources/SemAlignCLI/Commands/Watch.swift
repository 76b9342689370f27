// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignMessages
import SemAlignNode
import SemAlignTransport

/// What a node answers, as a table.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Subscribe to a node and show its keypoints as they come.",
        discussion: """
            On a terminal the table stays in place; elsewhere one line is printed for each answer, with --json \
            an object. With --truth the answers are compared, stamp by stamp, with the dataset that the frames \
            come from, and accuracy and latency are printed at the end.

            EXAMPLE: semalign watch ipc:///tmp/semalign-output.sock
            """)

    @Argument(help: "Endpoint of a node's results.")
    var endpoint = NodeConfiguration().publish.bind[0]
    @Option(help: "Topic of the keypoints.")
    var topic = Topic.keypoints.defaultName
    @Option(help: "End after so many answers; without it at SIGINT.")
    var count: Int?
    @Option(help: "End after so many seconds without an answer; 0 = never.")
    var timeout = 0.0
    @Option(help: "Dataset file (dataset.json) with the truth about the frames; needs --representation.")
    var truth: String?
    @Option(name: .shortAndLong, help: "Class representation that the node uses.")
    var representation: String?
    @Option(help: "Folder for pictures of some answers, made at the end; needs --truth.")
    var overlays: String?
    @Flag(help: "Print one JSON object for each answer.")
    var json = false
    @OptionGroup var curve: CurveOptions

    func validate() throws {
        guard timeout >= 0, timeout < 1e9, (count ?? 1) > 0 else {
            throw ValidationError("--count must be positive and --timeout not negative.")
        }
        guard (truth == nil) == (representation == nil) else {
            throw ValidationError("--truth and --representation go together.")
        }
        guard overlays == nil || truth != nil else {
            throw ValidationError("--overlays draws on the frames of a dataset: name it with --truth.")
        }
    }

    func run() throws {
        let comparison = try comparison()
        let limit = AnswerLimit(count: count, silence: timeout)
        let display = AnswerDisplay(isJSON: json)
        let (endpoint, topic) = (endpoint, topic)
        let security = try curve.settings.security
        let answers = try runUntilSignal(named: "semalign-watch") { stop throws(NodeError) in
            try AnswerStream(endpoint: endpoint, topic: topic, security: security).take(
                limit, until: stop, showing: display)
        }
        if let comparison {
            let report = comparison.report(on: answers)
            print(json ? report.json.line : "\n\(report.text(hasBaseline: false))")
            if let overlays {
                let count = try comparison.draw(answers, into: overlays)
                if !json { print("\(overlays): \(count) pictures of answers, crosses mark the truth") }
            }
        }
        guard count == nil || answers.count == count else {
            throw CommandFailure(
                code: CommandFailure.unavailable,
                message: "\(answers.count) of \(count ?? 0) answers came from \(endpoint): "
                    + "does the node run, and does it get frames?")
        }
    }

    private func comparison() throws -> AnswerComparison? {
        guard let truth, let representation else { return nil }
        return try AnswerComparison(
            dataset: truth, representation: try RepresentationFile.load(representation).representation)
    }
}
