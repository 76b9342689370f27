// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The program: one line that parses, one that runs, one that says what went wrong.
@main
struct SemAlign: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "semalign",
        abstract: "Aligns learned 3D object classes with camera frames and publishes their keypoints.",
        discussion: """
            A class is built from annotated images with 'build', judged with 'evaluate', tried on one image \
            with 'align'. 'run' is the node, 'replay' the same over a recorded bag. 'simulate' makes data to begin \
            with.

            Exit codes: 0 done, 64 usage, 65 bad data, 66 no such input, 69 service unavailable, \
            73 cannot create, 74 input or output failed, 75 try again, 78 bad configuration.
            """,
        version: ProgramVersion.current,
        subcommands: [
            Simulate.self, Build.self, Align.self, Evaluate.self, Show.self, Run.self, Watch.self,
            Replay.self, Profile.self, Doctor.self, Calibration.self, Keygen.self, Bag.self,
            Shard.self,
        ])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            CommandFailure.exit(error)
        }
    }
}

/// The version of this program, as it is written into files.
enum ProgramVersion {
    static let current = "0.1.0"
}
