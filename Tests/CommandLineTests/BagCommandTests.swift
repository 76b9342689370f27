// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct BagCommandTests {
    @Test("convert makes the bag that simulate makes, with the topics of a camera")
    func converts() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        try Program.succeed(
            "bag", "convert", "--run", "video", mugs.dataset, folder.path("video.mcap"))
        #expect(try folder.data("video.mcap") == Data(contentsOf: URL(filePath: mugs.bag)))
        let info = try Program.succeed("bag", "info", folder.path("video.mcap"), "--json").object()
        #expect(info["messages"] as? Int == 5 * SimulatedMugs.frames)
        let topics = try #require(info["topics"] as? [[String: Any]])
        #expect(
            topics.map { $0["topic"] as? String } == [
                "/camera/color/camera_info", "/camera/color/image", "/camera/depth/image",
                "/perception/features", "/perception/mask",
            ])
        #expect(topics.allSatisfy { $0["messages"] as? Int == SimulatedMugs.frames })
    }

    @Test("replay answers every frame, and writes the same bytes at every run")
    func replays() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        for name in ["first.mcap", "second.mcap"] {
            let summary = try Program.succeed(
                "replay", mugs.bag, "--representation", mugs.representation, "--output", folder.path(name),
                "--json"
            ).object()
            #expect(summary["frames"] as? Int == SimulatedMugs.frames)
        }
        #expect(try folder.data("first.mcap") == folder.data("second.mcap"))
        #expect(try Program.run("bag", "check", folder.path("first.mcap")).status == 0)
    }

    @Test("A replay that is asked to stop finishes its frame and completes the new bag")
    func replayStops() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let output = folder.path("answers.mcap")
        let replay = try RunningProgram(
            Program.binary, ["replay", mugs.bag, "-r", mugs.representation, "--output", output])
        // The new bag is there once the signals are waited for.
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while !FileManager.default.fileExists(atPath: output), ContinuousClock.now < deadline {
            sched_yield()
        }
        replay.terminate()
        let outcome = try replay.finish()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("frames"))
        #expect(try Program.run("bag", "check", output).status == 0)
    }

    @Test("A cut-off bag is found out and mended")
    func recovers() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let whole = try Data(contentsOf: URL(filePath: mugs.bag))
        try whole.prefix(whole.count * 2 / 3).write(to: folder.url.appending(path: "cut.mcap"))
        let check = try Program.run("bag", "check", folder.path("cut.mcap"))
        #expect(check.status == 65)
        #expect(check.errors.contains("bag recover"))
        try Program.succeed("bag", "recover", folder.path("cut.mcap"), folder.path("mended.mcap"))
        #expect(try Program.run("bag", "check", folder.path("mended.mcap")).status == 0)
        // Nobody's bag is overwritten.
        let again = try Program.run("bag", "recover", folder.path("cut.mcap"), folder.path("mended.mcap"))
        #expect(again.status == 73)
    }
}
