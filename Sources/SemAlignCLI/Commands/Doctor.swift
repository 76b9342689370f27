// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignNode

/// What an experienced colleague would see.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for what costs latency on this machine, or for mistakes in recorded or live data.",
        discussion: """
            Says for each thing what was found, whether it matters here, and what mends it. With --bag it looks at \
            the data: stamps, intrinsics, depth, mask and features; with a representation also whether they fit the \
            class. With --live it looks at the same on the node's own topics for some seconds, in the node's place: \
            publishers that connect to the node can only be heard while the node is not running.

            Exit codes: 0 all is well or only worth a note, 1 there are warnings or problems.

            EXAMPLE: semalign doctor
            EXAMPLE: semalign doctor --bag video.mcap --representation mug.semalign
            EXAMPLE: semalign doctor --live 10 --config node.yaml
            """)

    @Option(help: "MCAP bag to look at instead of the machine.")
    var bag: String?
    @Option(help: "Seconds to listen to the node's topics instead.")
    var live: Double?
    @OptionGroup var node: NodeOptions
    @Option(help: "Folder that recordings would go to. (default: that of record.path, or this one)")
    var recordings: String?
    @Option(help: ArgumentHelp("Root of the file system to look at.", visibility: .hidden))
    var root = "/"
    @Flag(help: "Also show what is as it should be.")
    var all = false
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard bag == nil || live == nil else {
            throw ValidationError("--bag and --live exclude each other.")
        }
        if let live, !(live > 0 && live <= 3600) {
            throw ValidationError("--live is \(live), expected more than 0 and at most 3600 seconds.")
        }
    }

    func run() throws {
        let configuration = try node.resolved().configuration
        let findings: [Finding]
        if let bag {
            var progress = ProgressBar("doctor")
            findings = try BagDoctor(configuration).findings(of: bag) {
                progress.update(0, detail: "\($0) frames")
            }
            progress.finish()
        } else if let live {
            var progress = ProgressBar("doctor")
            findings = try LiveDoctor(configuration, seconds: live).findings {
                progress.update($0, detail: "\($1) messages")
            }
            progress.finish()
        } else {
            findings = MachineDoctor(
                root: root, traits: .here(recordings: recordings ?? configuration.record.folder),
                realtime: configuration.realtime, recording: configuration.record
            ).findings()
        }
        print(json ? JSONValue.findings(findings).line : Self.text(findings, all: all))
        if findings.contains(where: { $0.verdict == .problem || $0.verdict == .warning }) {
            throw ExitCode(1)
        }
    }

    /// What is wrong first, one thing a paragraph.
    static func text(_ findings: [Finding], all: Bool) -> String {
        let marks: [(Finding.Verdict, String)] = [
            (.problem, "PROBLEM"), (.warning, "warning"), (.note, "note"), (.unknown, "unknown"),
            (.good, "good"),
        ]
        var lines: [String] = []
        for (verdict, mark) in marks {
            for finding in findings where finding.verdict == verdict && (all || verdict != .good) {
                lines.append("\(mark)  \(finding.name): \(finding.found)")
                if !finding.matter.isEmpty { lines.append("    \(finding.matter)") }
                if !finding.remedy.isEmpty { lines.append("    to mend it: \(finding.remedy)") }
            }
        }
        let good = findings.filter { $0.verdict == .good }.map(\.name)
        if !all, !good.isEmpty { lines.append("good: \(good.joined(separator: ", "))") }
        return lines.joined(separator: "\n")
    }
}

extension JSONValue {
    /// The findings as an object.
    static func findings(_ findings: [Finding]) -> JSONValue {
        .object([
            (
                "findings",
                .list(
                    findings.map {
                        .object([
                            ("name", .text($0.name)), ("verdict", .text($0.verdict.rawValue)),
                            ("found", .text($0.found)), ("matter", .text($0.matter)),
                            ("remedy", .text($0.remedy)),
                        ])
                    })
            )
        ])
    }
}
