// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The example programs, run by the interpreter that `SEMALIGN_PYTHON` names.
enum Python {
    private static let interpreter = ProcessInfo.processInfo.environment["SEMALIGN_PYTHON"]
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static var isNamed: Bool { interpreter != nil }

    /// Makes the message classes as the examples' own texts say.
    static func generateMessages(into folder: String) throws {
        let schemas = root.appending(path: "Sources/SemAlignMessages/Schemas").path
        let outcome = try RunningProgram(
            URL(filePath: "/usr/bin/env"),
            ["protoc", "-I", schemas, "--python_out=\(folder)", "semalign.proto", "foxglove_images.proto"]
        ).finish()
        try #require(outcome.status == 0, "protoc (package protobuf-compiler): \(outcome.errors)")
    }

    /// Starts an example; after `lines` lines of output it ends.
    static func start(
        _ name: String, _ arguments: [String], messages folder: String, lines: Int? = nil
    ) throws -> RunningProgram {
        let script = root.appending(path: "launch/examples/\(name)").path
        let python = URL(filePath: interpreter ?? "")
        let environment = ["PYTHONPATH": folder]
        guard let lines else {
            return try RunningProgram(python, [script] + arguments, environment: environment)
        }
        let program = """
            import builtins, runpy, sys
            say, left = print, [\(lines)]
            def count(*texts, **options):
                say(*texts, **options)
                left[0] -= 1
                if left[0] == 0: sys.exit(0)
            builtins.print = count
            sys.argv = sys.argv[1:]
            runpy.run_path(sys.argv[0], run_name="__main__")
            """
        return try RunningProgram(python, ["-c", program, script] + arguments, environment: environment)
    }
}
