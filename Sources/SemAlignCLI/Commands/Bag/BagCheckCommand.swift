// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignBags

/// Whether a bag is sound.
struct BagCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check every part of a bag against every other; exit code 0 = sound, 65 = not.",
        discussion: "EXAMPLE: semalign bag check recording.mcap && echo sound")

    @Argument(help: "MCAP bag.")
    var file: String
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let check = try withPath(file) { () throws(BagError) in try BagCheck(FileSource(path: file)) }
        print(json ? Self.json(check, path: file).line : Self.text(check, path: file))
        guard check.isSound else {
            throw CommandFailure.badData(
                "'\(file)' is not sound: \(check.errorCount) errors; 'semalign bag recover' saves what can be read"
            )
        }
    }

    private static func text(_ check: BagCheck, path: String) -> String {
        var lines = check.findings.map { "\($0.severity) at byte \($0.offset): \($0.text)" }
        if check.omitted > 0 { lines.append("\(check.omitted) more findings") }
        let counts = "\(check.statistics.messageCount) messages in \(check.statistics.chunkCount) chunks"
        lines.append("\(path): \(check.isSound ? "sound" : "not sound"), \(counts)")
        return lines.joined(separator: "\n")
    }

    private static func json(_ check: BagCheck, path: String) -> JSONValue {
        .object([
            ("file", .text(path)), ("sound", .boolean(check.isSound)), ("errors", .integer(check.errorCount)),
            ("messages", .integer(Int(clamping: check.statistics.messageCount))),
            (
                "findings",
                .list(
                    check.findings.map {
                        .object([
                            ("severity", .text("\($0.severity)")),
                            ("offset", .integer(Int(clamping: $0.offset))), ("text", .text($0.text)),
                        ])
                    })
            ), ("omitted", .integer(check.omitted)),
        ])
    }
}
