// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The example programs, run by the interpreter that `SEMALIGN_PYTHON` names.
enum Python {
    private static let interpreter = ProcessInfo.processInfo.environment["SEMALIGN_PYTHON"]
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static var isNamed: Bool { interpreter != nil }

    /// Runs the tests that the scripts have themselves.
    static func runScriptTests() throws -> Program.Outcome {
        let folder = root.appending(path: "Tests/Python").path
        return try RunningProgram(
            URL(filePath: interpreter ?? ""), ["-m", "unittest", "discover", "-s", folder]
        ).finish()
    }

    /// Makes the message classes as the examples' own texts say.
    static func generateMessages(into folder: String) throws {
        let schemas = root.appending(path: "Sources/SemAlignMessages/Schemas")
        let files = try FileManager.default.contentsOfDirectory(atPath: schemas.path).filter {
            $0.hasSuffix(".proto")
        }
        let outcome = try RunningProgram(
            URL(filePath: interpreter ?? ""),
            ["-m", "grpc_tools.protoc", "-I", schemas.path, "--python_out=\(folder)"] + files
        ).finish()
        try #require(outcome.status == 0, "\(outcome.errors)")
    }

    /// Starts an example; it ends after `lines` lines of output, and at the latest after two minutes.
    static func start(
        _ name: String, _ arguments: [String], messages folder: String, lines: Int = .max
    ) throws -> RunningProgram {
        let script = root.appending(path: "launch/examples/\(name)").path
        // The threads that tests run on block signals, and children inherit that.
        let program = """
            import builtins, runpy, signal, sys
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            signal.alarm(120)
            say, left = print, [\(lines)]
            def count(*texts, **options):
                say(*texts, **options)
                left[0] -= 1
                if left[0] == 0: sys.exit(0)
            builtins.print = count
            sys.argv = sys.argv[1:]
            runpy.run_path(sys.argv[0], run_name="__main__")
            """
        return try RunningProgram(
            URL(filePath: interpreter ?? ""), ["-c", program, script] + arguments,
            environment: ["PYTHONPATH": folder])
    }
}

extension Python {
    /// Messages that the package `mcap` reads before the end or the first error.
    static func messageCount(of bag: String) throws -> Int? {
        let program = """
            import sys
            from mcap.stream_reader import StreamReader
            from mcap.records import Message
            count = 0
            try:
                for record in StreamReader(open(sys.argv[1], "rb"), record_size_limit=None).records:
                    count += isinstance(record, Message)
            except Exception:
                pass
            print(count)
            """
        let outcome = try RunningProgram(URL(filePath: interpreter ?? ""), ["-c", program, bag]).finish()
        return Int(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

extension Python {
    /// Compares scenes and drawings of a bag with its keypoints, read by Foxglove's classes; counts as JSON.
    static func viewerCounts(of answers: String, images: String) throws -> Program.Outcome {
        let script = root.appending(path: "Tests/Python/check_viewers.py").path
        let outcome = try RunningProgram(
            URL(filePath: interpreter ?? ""), [script, answers, images]
        ).finish()
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome
    }
}
