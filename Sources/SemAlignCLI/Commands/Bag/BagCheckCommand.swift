// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignBags
import SemAlignNode

/// Whether a bag is sound.
struct BagCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check every part of a bag against every other; exit code 0 = sound, 65 = not.",
        discussion: """
            First the file: checksums, indexes, statistics, order. Then its messages: payloads against their \
            schemas, the stamps of each frame's streams, gaps.

            EXAMPLE: semalign bag check recording.mcap && echo sound
            """)

    @Argument(help: "MCAP bag.")
    var file: String
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let check = try withPath(file) { () throws(BagError) in try BagCheck(FileSource(path: file)) }
        // A file that is no bag at all has no messages either.
        let content = try? BagContentCheck(FileSource(path: file))
        print(
            json ? Self.json(check, content, path: file).line : Self.text(check, content, path: file))
        let errors = check.errorCount + (content?.errorCount ?? 0)
        guard errors == 0 else {
            throw CommandFailure.badData(
                "'\(file)' is not sound: \(counted(errors, "error"))"
                    + (content == nil ? "" : "; 'semalign bag recover' saves what can be read"))
        }
    }

    private static func text(_ check: BagCheck, _ content: BagContentCheck?, path: String) -> String {
        var lines = check.findings.map {
            "\($0.severity) at byte \($0.offset): \($0.text.shortened(to: 300))"
        }
        if check.omitted > 0 { lines.append(counted(check.omitted, "more finding")) }
        lines += (content?.findings ?? []).map {
            "\($0.isError ? "error" : "note"): \($0.text.shortened(to: 300))"
        }
        let isSound = check.isSound && content?.errorCount == 0
        let counts =
            "\(counted(check.statistics.messageCount, "message")) in "
            + counted(check.statistics.chunkCount, "chunk")
        lines.append("\(path): \(isSound ? "sound" : "not sound"), \(counts)")
        return lines.joined(separator: "\n")
    }

    private static func json(_ check: BagCheck, _ content: BagContentCheck?, path: String) -> JSONValue {
        let errors = check.errorCount + (content?.errorCount ?? 0)
        return .object([
            ("file", .text(path)), ("sound", .boolean(errors == 0)), ("errors", .integer(errors)),
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
            (
                "content",
                .list(
                    (content?.findings ?? []).map {
                        .object([("error", .boolean($0.isError)), ("text", .text($0.text))])
                    })
            ),
        ])
    }
}
