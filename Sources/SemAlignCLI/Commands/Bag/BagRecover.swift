// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignBags

/// From a damaged bag to a sound one.
struct BagRecover: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Write what can be read of a damaged or cut-off bag into a sound one.",
        discussion: "EXAMPLE: semalign bag recover broken.mcap mended.mcap")

    @Argument(help: "Damaged MCAP bag; it is not changed.")
    var input: String
    @Argument(help: "Bag to write; it must not exist yet.")
    var output: String
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let source = try withPath(input) { () throws(BagError) in try FileSource(path: input) }
        let sink = try withPath(output) { () throws(BagError) in
            try FileSink(path: output, replacing: false)
        }
        let report = try withPath(input) { () throws(BagError) in
            try BagRecovery.recover(source, to: sink)
        }
        print(json ? Self.json(report, path: output).line : Self.text(report, path: output))
    }

    private static func text(_ report: BagRecovery.Report, path: String) -> String {
        var lines = report.damage.prefix(20).map { "damaged: \($0.description.shortened(to: 300))" }
        if report.damage.count > 20 {
            lines.append("damaged: \(counted(report.damage.count - 20, "more place"))")
        }
        let lost =
            report.isLossExact || report.lostMessages > 0
            ? "\(report.isLossExact ? "" : "at least ")\(counted(report.lostMessages, "message")) lost"
            : "none known to be lost"
        lines.append(
            "\(path): \(counted(report.messages, "message")) recovered, \(lost), "
                + "\(counted(report.lostChunks, "damaged chunk")), "
                + "\(counted(report.skippedBytes, "byte")) passed over")
        return lines.joined(separator: "\n")
    }

    private static func json(_ report: BagRecovery.Report, path: String) -> JSONValue {
        .object([
            ("output", .text(path)), ("messages", .integer(Int(clamping: report.messages))),
            ("unverified_messages", .integer(Int(clamping: report.unverifiedMessages))),
            ("lost_messages", .integer(Int(clamping: report.lostMessages))),
            ("loss_is_exact", .boolean(report.isLossExact)), ("chunks", .integer(report.chunks)),
            ("lost_chunks", .integer(report.lostChunks)),
            ("skipped_bytes", .integer(Int(clamping: report.skippedBytes))),
            ("complete", .boolean(report.isComplete)),
            ("damage", .texts(report.damage.map(\.description))),
        ])
    }
}
