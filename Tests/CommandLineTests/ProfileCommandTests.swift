// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct ProfileCommandTests {
    @Test(
        "A profile names every stage, counts allocations, writes its files, and equals itself when compared")
    func profiles() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let outcome = try Program.succeed(
            "profile", mugs.bag, "-r", mugs.representation, "--rate", "0", "--output", folder.path("a"),
            "--json")
        let report = try outcome.object()
        #expect(
            report["sent"] as? Int == SimulatedMugs.frames && report["frames"] as? Int == SimulatedMugs.frames
        )
        let warm = try #require(report["warm"] as? [String: Any])
        let stages = try #require(warm["stages_ms"] as? [String: [String: Any]])
        for name in [
            "receive", "join", "parse", "decode", "wait", "similarity", "warm", "covariance", "encode",
            "publish",
            "last_topic_to_wire", "end_to_end",
        ] {
            let stage = try #require(stages[name], "\(name) is missing")
            #expect(Set(stage.keys).isSuperset(of: ["p50", "p90", "p99", "p99.9", "max", "jitter"]))
        }
        let cost = try #require(warm["cost"] as? [String: Any])
        #expect(cost["answer_allocations"] as? Double ?? 0 > 0)
        #expect((report["cold"] as? [String: Any])?["frames"] as? Int ?? 0 > 0)
        for name in ["frames.csv", "latency.hlog", "trace.json", "report.html"] {
            #expect(try !folder.data("a/" + name).isEmpty)
        }
        let same = try Program.succeed("profile", "--compare", folder.path("a"), folder.path("a")).output
        #expect(same.contains("0 of "), "\(same)")
    }

    @Test("SIGUSR1 makes a running node say its latencies and write its files, and it goes on")
    func reportsOnSignal() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let (input, output) = ("ipc://" + folder.path("in"), "ipc://" + folder.path("out"))
        let node = try RunningProgram(
            Program.binary,
            [
                "run", "--representation", mugs.representation, "--set", "subscribe.bind=[\"\(input)\"]",
                "--set",
                "publish.bind=[\"\(output)\"]", "--set", "profile.frames=100", "--set",
                "profile.folder=\(folder.path("."))",
            ])
        let player = try RunningProgram(
            Program.binary, ["bag", "play", mugs.bag, "--connect", input, "--wait", "60", "--loop"])
        for round in 0..<2 {
            _ = try Program.succeed("watch", output, "--count", "2", "--timeout", "60")
            try? FileManager.default.removeItem(atPath: folder.path("report.html"))
            node.send(SIGUSR1)
            #expect(
                wait { FileManager.default.fileExists(atPath: folder.path("report.html")) }, "round \(round)")
        }
        player.terminate()
        _ = try player.finish()
        node.terminate()
        let outcome = try node.finish()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("latency of last_topic_to_wire:"))
        #expect(try folder.text("node.hlog").contains("Tag=similarity,"))
        #expect(try folder.text("frames.csv").split(separator: "\n").count > 2)
    }

    /// Asks again and again until a condition holds, for twenty seconds at most.
    private func wait(for condition: () -> Bool) -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if condition() { return true }
            sched_yield()
        }
        return false
    }
}
