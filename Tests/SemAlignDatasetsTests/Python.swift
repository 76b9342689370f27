// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The interpreter that the environment names for tests against other programs.
enum Python {
    static let interpreter = ProcessInfo.processInfo.environment["SEMALIGN_PYTHON"]
    static var isNamed: Bool { interpreter != nil }

    struct Failure: Error {
        let output: String
    }

    /// Runs a program text; throws its output where it does not end well.
    static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: interpreter ?? "")
        process.arguments = ["-c", program] + arguments
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(output: String(decoding: text, as: UTF8.self))
        }
    }
}
