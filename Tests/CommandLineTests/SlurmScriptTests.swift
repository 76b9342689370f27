// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `launch/shards.slurm`, driven as Slurm drives it: tasks of an array in any order, some killed.
@Suite struct SlurmScriptTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "launch/shards.slurm").path

    /// Stands in for `sbatch --array=FIRST-LAST SCRIPT …`: runs the tasks in the order that `ORDER` names, and
    /// kills the task `KILLED` with all of its processes as soon as it runs.
    private static let scheduler = """
        set -u
        range=${1#--array=}
        shift
        export SLURM_ARRAY_JOB_ID=77 SLURM_ARRAY_TASK_MIN=${range%-*}
        export SLURM_ARRAY_TASK_COUNT=$((${range#*-} - SLURM_ARRAY_TASK_MIN + 1))
        worst=0
        for task in $ORDER; do
            export SLURM_ARRAY_TASK_ID=$task
            if [[ $task == "${KILLED:-none}" ]]; then
                setsid bash "$@" &
                kill -KILL -- -$! 2>/dev/null || kill -KILL $!
                wait $!
            else
                bash "$@"
            fi
            code=$?
            if [[ $code -gt $worst ]]; then worst=$code; fi
        done
        exit $worst
        """

    private func submit(
        _ array: String, order: String, killed: String = "none", _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> Program.Outcome {
        try RunningProgram(
            URL(filePath: "/bin/bash"), ["-c", Self.scheduler, "sbatch", "--array=\(array)"] + arguments,
            environment: [
                "SEMALIGN": Program.binary.path, "ORDER": order, "KILLED": killed, "SLURM_RESTART_COUNT": "0",
            ].merging(environment) { $1 }
        ).finish()
    }

    private func plan(_ mugs: SimulatedMugs, _ folder: TemporaryFolder) throws -> String {
        let plan = folder.path("plan.jsonl")
        try Program.succeed(
            "shard", "plan", mugs.dataset, "-r", mugs.representation, "--split", "seen", "--output", plan)
        return plan
    }

    @Test(
        "Tasks in any order, one killed and the array submitted again, merge to the same bytes as one shard")
    func arrays() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let plan = try plan(mugs, folder)
        try Program.succeed("shard", "run", plan, "--shard", "0/1", "--output", folder.path("whole"))
        let whole = try Program.succeed("shard", "merge", plan, folder.path("whole")).output
        for (number, array) in ["0-2", "5-9"].enumerated() {
            let results = folder.path("results-\(number)")
            let order = number == 0 ? "2 0 1" : "7 9 5 8 6"
            let killed = number == 0 ? "0" : "8"
            let first = try submit(array, order: order, killed: killed, [Self.script, plan, results])
            #expect(first.status == 137, "\(first.errors)")
            let again = try submit(array, order: order, [Self.script, plan, results])
            #expect(again.status == 0, "\(again.errors)")
            // What was done before is left alone: the killed task alone had work.
            #expect(again.output.components(separatedBy: "done before").count >= order.count / 2)
            #expect(try Program.succeed("shard", "merge", plan, results).output == whole)
        }
    }

    @Test("A task that may succeed later goes back into the queue, three times at most")
    func requeues() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path("bin"), withIntermediateDirectories: true)
        for (name, text) in [
            ("scontrol", "#!/bin/bash\necho \"$@\" >>\"$LOG\"\n"), ("again", "#!/bin/bash\nexit 75\n"),
        ] {
            try Data(text.utf8)
                .write(to: URL(filePath: folder.path("bin/" + name)))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: folder.path("bin/" + name))
        }
        let path = folder.path("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
        for restarts in ["0", "3"] {
            let outcome = try submit(
                "0-1", order: "1", [Self.script, "plan.jsonl", "results"],
                environment: [
                    "SEMALIGN": folder.path("bin/again"), "PATH": path, "LOG": folder.path("log"),
                    "SLURM_RESTART_COUNT": restarts,
                ])
            #expect(outcome.status == 75)
        }
        #expect(try folder.text("log") == "requeue 77_1\n")
    }
}
