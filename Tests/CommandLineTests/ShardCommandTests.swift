// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

@Suite struct ShardCommandTests {
    /// A plan of the mugs' video split.
    private func plan(_ mugs: SimulatedMugs, _ path: String) throws {
        try Program.succeed(
            "shard", "plan", mugs.dataset, "-r", mugs.representation, "--split", "seen", "--output", path)
    }

    private func run(_ plan: String, _ shard: String, to folder: String) throws -> Program.Outcome {
        try Program.run("shard", "run", plan, "--shard", shard, "--output", folder)
    }

    @Test("Any number of shards in any order merge to the same bytes, those of evaluate but for latencies")
    func merges() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        try plan(mugs, folder.path("plan.jsonl"))
        try plan(mugs, folder.path("again.jsonl"))
        #expect(try folder.data("plan.jsonl") == folder.data("again.jsonl"))
        var outputs: Set<String> = []
        for count in [1, 2, 7] {
            let results = folder.path("results-\(count)")
            for index in (0..<count).reversed() {
                let outcome = try run(folder.path("plan.jsonl"), "\(index)/\(count)", to: results)
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
            outputs.insert(try Program.succeed("shard", "merge", folder.path("plan.jsonl"), results).output)
        }
        #expect(outputs.count == 1)
        let whole = try Program.succeed(
            "evaluate", mugs.dataset, "-r", mugs.representation, "--split", "seen", "--json"
        ).output
        func head(_ text: String) -> String? { text.components(separatedBy: "\"latency_ms\"").first }
        #expect(outputs.first.flatMap(head) == head(whole) && whole.contains("latency_ms"))
    }

    @Test("A shard that was killed is run again; one that is done is left alone; missing ones are listed")
    func restarts() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let (plan, results) = (folder.path("plan.jsonl"), folder.path("results"))
        try self.plan(mugs, plan)
        // It stops itself first, so that it cannot be done before it is killed.
        let killed = try RunningProgram(
            URL(filePath: "/bin/sh"),
            ["-c", "kill -STOP $$; exec \"$0\" \"$@\"", Program.binary.path]
                + ["shard", "run", plan, "--shard", "0/2", "--output", results])
        killed.send(SIGKILL)
        _ = try killed.finish()
        let early = try Program.run("shard", "merge", plan, results)
        #expect(early.status == 75 && early.errors.contains("missing"), "\(early.errors)")
        #expect(try run(plan, "1/2", to: results).status == 0)
        let part = try Program.run("shard", "merge", plan, results)
        #expect(part.status == 75 && part.errors.contains("0/2"), "\(part.errors)")
        #expect(try run(plan, "0/2", to: results).status == 0)
        #expect(try run(plan, "0/2", to: results).output.contains("done before"))
        try Program.succeed("shard", "merge", plan, results)
        // Shards of another number do the same units: that is refused, not counted twice.
        #expect(try run(plan, "0/1", to: results).status == 0)
        let twice = try Program.run("shard", "merge", plan, results)
        #expect(twice.status == 65 && twice.errors.contains("shard-0-of-1"), "\(twice.errors)")
    }

    @Test("An image with bad data is recorded and not tried again; the number may come from the scheduler")
    func badData() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let original = (mugs.dataset as NSString).deletingLastPathComponent
        try FileManager.default.copyItem(atPath: original, toPath: folder.path("mugs"))
        try FileManager.default.removeItem(atPath: folder.path("mugs/features/seen-0001.npy"))
        let plan = folder.path("plan.jsonl")
        try Program.succeed(
            "shard", "plan", folder.path("mugs"), "-r", mugs.representation, "--split", "seen", "--output",
            plan)
        for (name, index) in [("SLURM_ARRAY_TASK_ID", "0"), ("JOB_COMPLETION_INDEX", "1")] {
            let outcome = try Program.run(
                ["shard", "run", plan, "--shard", "2", "--output", folder.path("results")],
                environment: [name: index])
            #expect([0, 65].contains(outcome.status), "\(outcome.errors)")
        }
        let merged = try Program.succeed("shard", "merge", plan, folder.path("results"))
        #expect(merged.errors.contains("seen-0001"))
        let report = try merged.object()
        #expect(report["images"] as? Int == 3 && report["answered"] as? Int == 2)
        let none = try run(plan, "2", to: folder.path("results"))
        #expect(none.status == 64 && none.errors.contains("SLURM_ARRAY_TASK_ID"), "\(none.errors)")
        #expect(try run(plan, "3/2", to: folder.path("results")).status == 64)
    }

    @Test("Bags are answered in shards as replay answers them, and counted together")
    func bags() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: mugs.bag, toPath: folder.path("other.mcap"))
        let plan = folder.path("plan.jsonl")
        try Program.succeed(
            "shard", "plan", mugs.bag, folder.path("other.mcap"), "-r", mugs.representation, "--output", plan)
        for index in 0..<2 {
            #expect(try run(plan, "\(index)/2", to: folder.path("results")).status == 0)
        }
        let merged = try Program.succeed("shard", "merge", plan, folder.path("results")).object()
        #expect(merged["bags"] as? Int == 2 && merged["frames"] as? Int == 2 * SimulatedMugs.frames)
        try Program.succeed(
            "replay", mugs.bag, "-r", mugs.representation, "--output", folder.path("answers.mcap"))
        let outputs = try #require(merged["outputs"] as? [[String: String]])
        for output in outputs {
            let name = try #require(output["output"])
            #expect(try folder.data("results/\(name)") == folder.data("answers.mcap"))
        }
    }
}
