// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignBags
import SemAlignCore
import SemAlignMessages
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

    @Test(
        "Parts, several bags and the plain path are replayed; the plain path agrees within half a millimetre")
    func replaysParts() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: mugs.bag, toPath: folder.path("again.mcap"))
        try Program.succeed(
            "replay", mugs.bag, folder.path("again.mcap"), "-r", mugs.representation, "-o",
            folder.path("all"), "--jobs", "2", "--end", "0.6")
        let whole = try folder.data("all/video.mcap")
        #expect(try folder.data("all/again.mcap") == whole)
        let plain = try Program.succeed(
            "replay", mugs.bag, "-r", mugs.representation, "-o", folder.path("plain.mcap"), "--end", "0.6",
            "--plain", "--json", "--frames", folder.path("pictures")
        ).object()
        #expect(plain["frames"] as? Int == 9)
        let pictures = try FileManager.default.contentsOfDirectory(atPath: folder.path("pictures"))
        #expect(pictures.sorted() == (0..<9).map { "frame-00000\($0).png" })
        let (best, other) = (
            try keypoints(folder.path("all/video.mcap")), try keypoints(folder.path("plain.mcap"))
        )
        #expect(best.count == 9 && other.count == 9)
        for (one, another) in zip(best, other) {
            #expect(one.result.state == another.result.state)
            for (here, there) in zip(one.result.keypoints, another.result.keypoints) {
                let gap = here.position - there.position
                #expect((gap * gap).sum().squareRoot() < 5e-4)
            }
        }
    }

    private func keypoints(_ path: String) throws -> [KeypointMessage] {
        var stream = try BagReader.open(path).stream()
        var answers: [KeypointMessage] = []
        while let message = try stream.next() {
            if message.topic == "/semalign/keypoints" {
                answers.append(try KeypointMessage(decoding: message.payload))
            }
        }
        return answers
    }

    @Test(
        "--video draws every answered frame into a film of the images' pace, as --frames draws them",
        .enabled(if: Film.isReadable, "ffmpeg is not in PATH"))
    func video() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let film = Film(path: folder.path("answers.mp4"))
        let replay = { (output: String) in
            try Program.run(
                "replay", mugs.bag, "-r", mugs.representation, "-o", folder.path(output), "--end", "0.6",
                "--video", film.path, "--frames", folder.path("pictures"))
        }
        let outcome = try replay("answers.mcap")
        #expect(outcome.status == 0 && outcome.errors.contains("9 pictures"), "\(outcome.errors)")
        let (description, frames) = (try film.description(), try film.greyFrames())
        #expect(description.rate == 15)
        #expect(frames.count == 9 && frames.allSatisfy { $0.count == description.width * description.height })
        // What a picture shows, the film shows.
        for number in [0, 8] {
            let picture = try Film(path: folder.path("pictures/frame-00000\(number).png")).greyFrames()
            #expect(picture.count == 1 && picture[0].count == frames[number].count)
            let gaps = zip(picture[0], frames[number]).map { abs(Int($0) - Int($1)) }
            #expect(Double(gaps.reduce(0, +)) / Double(gaps.count) < 4)
        }
        // Nobody's film is overwritten, and no work is done first.
        let again = try replay("more.mcap")
        #expect(again.status == 73 && again.errors.contains("answers.mp4"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("more.mcap")))
    }

    @Test("Without ffmpeg a film is refused before the work, and so is one of another form")
    func noVideo() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        for (film, status, text) in [("a.mp4", 69, "ffmpeg"), ("a.avi", 64, ".mp4")] {
            let outcome = try Program.run(
                [
                    "replay", mugs.bag, "-r", mugs.representation, "-o", folder.path("out.mcap"), "--video",
                    film,
                ],
                environment: ["PATH": folder.path(".")])
            #expect(Int(outcome.status) == status && outcome.errors.contains(text), "\(outcome.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("out.mcap")))
    }

    @Test(
        "What a replay writes for viewers is read by Foxglove's own classes: one scene and one drawing a frame",
        .enabled(if: Python.isNamed, "SEMALIGN_PYTHON does not name an interpreter"))
    func viewers() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        try Program.succeed(
            "replay", mugs.bag, "-r", mugs.representation, "-o", folder.path("answers.mcap"))
        let counts = try Python.viewerCounts(of: folder.path("answers.mcap"), images: mugs.bag).object()
        #expect(counts["keypoints"] as? Int == SimulatedMugs.frames)
        #expect(counts["scenes"] as? Int == SimulatedMugs.frames)
        #expect(counts["annotations"] as? Int == SimulatedMugs.frames)
        let tracked = try #require(counts["tracked"] as? Int)
        #expect(tracked > SimulatedMugs.frames / 2)
    }

    @Test("convert filters, renames, cuts and merges")
    func convertsBags() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        try Program.succeed(
            "bag", "convert", mugs.bag, folder.path("a.mcap"), "--topic", "*/mask", "--remap",
            "/perception/mask:=/left/mask", "--compression", "lz4", "--end", "0.5")
        try Program.succeed("bag", "convert", mugs.bag, folder.path("b.mcap"), "--exclude", "/camera/*")
        let merged = try Program.succeed(
            "bag", "convert", folder.path("a.mcap"), folder.path("b.mcap"), folder.path("c.mcap"), "--json"
        ).object()
        #expect(merged["messages"] as? Int == 8 + 2 * SimulatedMugs.frames)
        let info = try Program.succeed("bag", "info", folder.path("c.mcap"), "--json").object()
        let topics = try #require(info["topics"] as? [[String: Any]])
        #expect(
            topics.map { $0["topic"] as? String } == [
                "/left/mask", "/perception/features", "/perception/mask",
            ])
        #expect(try Program.run("bag", "check", folder.path("c.mcap")).status == 0)
        for arguments in [
            ["only.mcap"], ["a", "b", "--remap", "x=y"], ["a", "b", "--start", "2", "--end", "1"],
        ] {
            #expect(try Program.run(["bag", "convert"] + arguments).status == 64)
        }
        #expect(try Program.run("bag", "convert", folder.path("absent"), folder.path("d.mcap")).status == 66)
        #expect(try Program.run("bag", "convert", mugs.bag, folder.path("c.mcap")).status == 73)
    }

    @Test("info fits a terminal of eighty columns, and obeys no names from outside")
    func info() throws {
        let mugs = try SimulatedMugs.shared.get()
        let text = try Program.succeed("bag", "info", mugs.bag).output
        // The first line has a path of the tests.
        let lengths = text.split(separator: "\n").map(\.count)
        #expect(lengths.dropFirst().allSatisfy { $0 <= 80 }, "\(text)")
        #expect(text.contains("2023-11-14 22:13:20 UTC"))
        #expect(text.contains("/camera/depth/image"))
        let folder = try TemporaryFolder()
        var writer = try BagWriter(FileSink(path: folder.path("odd.mcap")))
        for topic in ["/red\u{1B}[31m\n", "/" + String(repeating: "long", count: 50_000)] {
            let channel = try writer.addChannel(topic: topic, schema: 0, encoding: "json")
            try writer.write(channel: channel, logTime: 5, payload: [])
        }
        _ = try writer.close()
        let odd = try Program.succeed("bag", "info", folder.path("odd.mcap")).output
        #expect(!odd.contains("\u{1B}") && odd.contains("/red\\u{1B}[31m\\n"))
        let widths = odd.split(separator: "\n").map(\.count)
        #expect(widths.dropFirst().allSatisfy { $0 <= 110 }, "\(odd)")
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
