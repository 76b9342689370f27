// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

/// The built executable, run as a user runs it.
enum Program {
    /// What a run of it left behind.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        /// Standard output as a JSON object.
        func object() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        }
    }

    /// `SEMALIGN_BINARY`, else the executable beside this test bundle.
    static var binary: URL {
        if let path = ProcessInfo.processInfo.environment["SEMALIGN_BINARY"] { return URL(filePath: path) }
        let bundle = URL(filePath: CommandLine.arguments[0]).standardizedFileURL
        return bundle.deletingLastPathComponent().appending(path: "semalign")
    }

    /// Runs it to its end.
    static func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
        try run(arguments, environment: environment)
    }

    /// Runs it to its end.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
        try RunningProgram(binary, arguments, environment: environment).finish()
    }

    /// Runs it and demands success.
    @discardableResult
    static func succeed(
        _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let outcome = try run(arguments)
        try #require(outcome.status == 0, "\(outcome.errors)", sourceLocation: sourceLocation)
        return outcome
    }
}

/// A program that runs; its output goes to files, so that no pipe can fill up.
final class RunningProgram {
    private let process = Process()
    private let folder: TemporaryFolder

    /// Starts it; `keys` is what a person types.
    init(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:], keys: String? = nil
    ) throws {
        folder = try TemporaryFolder()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardInput = keys == nil ? FileHandle.nullDevice : pipe
        process.standardOutput = try folder.file(forWriting: "output")
        process.standardError = try folder.file(forWriting: "errors")
        try process.run()
        if let keys { try pipe.fileHandleForWriting.write(contentsOf: Data(keys.utf8)) }
    }

    /// The number of its process.
    var identifier: Int32 { process.processIdentifier }

    /// Sends it a signal.
    func send(_ signal: Int32) { _ = Glibc.kill(process.processIdentifier, signal) }

    /// What it wrote to standard error so far.
    var errors: String { (try? folder.text("errors")) ?? "" }

    /// Asks it to stop, as a terminal or a supervisor does.
    func terminate() { process.terminate() }

    /// Waits for its end.
    func finish() throws -> Program.Outcome {
        process.waitUntilExit()
        return Program.Outcome(
            status: process.terminationStatus, output: try folder.text("output"),
            errors: try folder.text("errors"))
    }
}

/// Waits until a condition holds, at most a minute; false where it never did.
func waitUntil(_ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = ContinuousClock.now.advanced(by: .seconds(60))
    while try !condition() {
        guard ContinuousClock.now < deadline else { return false }
        usleep(2000)
    }
    return true
}

/// A folder that is gone when nobody needs it any more.
final class TemporaryFolder {
    let url: URL

    init() throws {
        // Short: the path of a socket has at most 107 bytes.
        url = FileManager.default.temporaryDirectory.appending(
            path: "semalign-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    func data(_ name: String) throws -> Data { try Data(contentsOf: url.appending(path: name)) }

    func file(forWriting name: String) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: path(name), contents: nil)
        return try FileHandle(forWritingTo: url.appending(path: name))
    }
}
