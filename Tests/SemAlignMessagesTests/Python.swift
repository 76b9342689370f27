// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The interpreter that the environment names for tests against other programs.
enum Python {
    static let interpreter = ProcessInfo.processInfo.environment["SEMALIGN_PYTHON"]
    static var isNamed: Bool { interpreter != nil }

    struct Failure: Error {
        let output: String
    }

    /// Runs a program in `folder` and gives its standard output; throws all output where it does not end well.
    static func run(_ program: String, in folder: URL, arguments: [String] = []) throws -> String {
        let script = folder.appendingPathComponent("program.py")
        try Data(program.utf8).write(to: script)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: interpreter ?? "")
        process.arguments = [script.path] + arguments
        process.currentDirectoryURL = folder
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(output: text) }
        return text
    }

    /// The Python program that follows `heading` in a Markdown text.
    static func program(after heading: String, in text: String) -> String? {
        guard let start = text.range(of: heading),
            let fence = text[start.upperBound...].range(of: "```python\n"),
            let end = text[fence.upperBound...].range(of: "\n```")
        else { return nil }
        return String(text[fence.upperBound..<end.lowerBound])
    }
}
