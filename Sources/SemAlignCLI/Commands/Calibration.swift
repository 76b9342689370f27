// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignNode

/// Camera calibration files.
struct Calibration: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at camera calibration files.", subcommands: [CalibrationCheckCommand.self])
}

/// What is odd about a calibration.
struct CalibrationCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read a camera calibration (ROS camera_info YAML) and say what is odd about it.",
        discussion: """
            Exit codes: 0 sound, 1 something is odd, 78 the file cannot be used.

            EXAMPLE: semalign calibration check calibration/example_rgbd.yaml
            """)

    @Argument(help: "The file.")
    var file: String
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let findings = try CalibrationCheck(path: file).findings
        print(json ? JSONValue.findings(findings).line : Doctor.text(findings, all: true))
        if findings.contains(where: { $0.verdict == .problem || $0.verdict == .warning }) {
            throw ExitCode(1)
        }
    }
}
