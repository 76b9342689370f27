// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignBags
import Testing

/// A recorder in a process of its own, and a player that feeds it.
private struct Recording {
    let folder: TemporaryFolder
    let recorder: RunningProgram
    let bag: String
    var endpoint: String { "ipc://" + folder.path("in") }

    /// Starts the recorder, by way of the shell command `prefix` if there is one.
    init(_ options: String..., prefix: String? = nil, to path: String? = nil) throws {
        folder = try TemporaryFolder()
        bag = path ?? folder.path("out.mcap")
        let arguments =
            ["bag", "record", bag, "--bind", "ipc://" + folder.path("in"), "--json"] + options
        if let prefix {
            recorder = try RunningProgram(
                URL(filePath: "/bin/sh"),
                ["-c", "\(prefix); exec \"$@\"", "sh", Program.binary.path] + arguments)
        } else {
            recorder = try RunningProgram(Program.binary, arguments)
        }
    }

    func player(_ bag: String, _ options: String...) throws -> RunningProgram {
        try RunningProgram(
            Program.binary, ["bag", "play", bag, "--connect", endpoint, "--wait", "60"] + options)
    }

    var size: Int {
        (try? FileManager.default.attributesOfItem(atPath: bag)[.size] as? Int) ?? 0
    }
}

/// What must not change between a bag that is played and the one that is recorded.
private struct Content: Hashable {
    let topic: String
    let schema: Schema?
    let payload: [UInt8]

    init(_ message: BagMessage) {
        topic = message.topic
        schema = message.channel.schema.map {
            Schema(id: 0, name: $0.name, encoding: $0.encoding, data: $0.data)
        }
        payload = message.payload
    }
}

private func content(of path: String) throws -> [Content] {
    var stream = try BagReader.open(path).stream()
    var result: [Content] = []
    while let message = try stream.next() { result.append(Content(message)) }
    return result
}

@Suite struct RecordCommandTests {
    @Test("What play publishes record stores: all of it, in order, byte for byte")
    func recordsWhatIsPlayed() throws {
        let mugs = try SimulatedMugs.shared.get()
        let recording = try Recording()
        let player = try recording.player(mugs.bag, "--rate", "2", "--json")
        let played = try player.finish()
        #expect(played.status == 0, "\(played.errors)")
        recording.recorder.terminate()
        let outcome = try recording.recorder.finish()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let summary = try outcome.object()
        #expect(summary["recorded"] as? Int == 5 * SimulatedMugs.frames)
        #expect(summary["missing"] as? Int == 0)
        #expect(try content(of: recording.bag) == content(of: mugs.bag))
        #expect(try Program.run("bag", "check", recording.bag).status == 0)
        let late = try #require(try played.object()["lateness_ms"] as? [String: Double])
        #expect(Set(late.keys) == ["p50", "p99", "max"])
    }

    @Test("Killed at once, a recording is read, replayed and mended up to its last flushed chunk")
    func killed() throws {
        let mugs = try SimulatedMugs.shared.get()
        let recording = try Recording()
        let player = try recording.player(mugs.bag, "--rate", "4", "--loop")
        #expect(waitUntil { recording.size > 3 << 20 })
        recording.recorder.send(SIGKILL)
        #expect(try recording.recorder.finish().status == SIGKILL)
        player.terminate()
        _ = try player.finish()

        let check = try Program.run("bag", "check", recording.bag)
        #expect(check.status == 65 && check.output.contains("the bag was not closed"))
        let (sent, kept) = (try content(of: mugs.bag), try content(of: recording.bag))
        #expect(kept.count > 10)
        #expect(kept.enumerated().allSatisfy { $1 == sent[$0 % sent.count] })
        let info = try Program.succeed("bag", "info", recording.bag, "--json").object()
        #expect(info["messages"] as? Int == kept.count)
        try Program.succeed(
            "replay", recording.bag, "-r", mugs.representation, "-o", recording.folder.path("answers.mcap"))
        let mended = recording.folder.path("mended.mcap")
        try Program.succeed("bag", "recover", recording.bag, mended)
        #expect(try Program.run("bag", "check", mended).status == 0)
        #expect(try content(of: mended).starts(with: kept))
        if Python.isNamed { #expect(try Python.messageCount(of: recording.bag) == kept.count) }
    }

    @Test("Where no more can be written it is said once, all is accounted for, and the rest stays readable")
    func fullDisk() throws {
        // In blocks of 512 bytes.
        try runsFull(try Recording(prefix: "ulimit -f 4096"), saying: "File too large")
    }

    @Test(
        "On a disk that is full it is said once, all is accounted for, and the rest stays readable",
        .enabled(if: SmallDisk.isPermitted, "only an administrator may mount a small disk"))
    func realFullDisk() throws {
        let disk = try SmallDisk(mebibytes: 3)
        let recording = try Recording("--free-mib", "0", to: disk.path("out.mcap"))
        try runsFull(recording, saying: "No space left on device")
    }

    @Test(
        "Before less of a disk is free than shall stay so the bag is completed, and all is accounted for",
        .enabled(if: SmallDisk.isPermitted, "only an administrator may mount a small disk"))
    func leavesSpace() throws {
        let disk = try SmallDisk(mebibytes: 7)
        let recording = try Recording("--free-mib", "3", to: disk.path("out.mcap"))
        try runsFull(recording, saying: "3 MiB are to stay free (free_mib)", isComplete: true)
        #expect(try disk.free >= 3 << 20)
        #expect(try disk.free < 5 << 20)
    }

    @Test(
        "A node whose recording fills the disk, or all it may of it, says so once, counts, and answers on",
        .enabled(if: SmallDisk.isPermitted, "only an administrator may mount a small disk"),
        arguments: [0, 3])
    func nodeOnFullDisk(floor: Int) throws {
        let mugs = try SimulatedMugs.shared.get()
        let (disk, folder) = (try SmallDisk(mebibytes: 3 + 2 * floor), try TemporaryFolder())
        let reason = floor > 0 ? "\(floor) MiB are to stay free" : "No space left on device"
        let (input, output) = ("ipc://" + folder.path("in"), "ipc://" + folder.path("out"))
        let settings = [
            "subscribe.bind=[\"\(input)\"]", "publish.bind=[\"\(output)\"]",
            "record.path=\(disk.path("bench.mcap"))", "record.free_mib=\(floor)",
        ]
        let node = try RunningProgram(
            Program.binary, ["run", "-r", mugs.representation] + settings.flatMap { ["--set", $0] })
        let player = try RunningProgram(
            Program.binary, ["bag", "play", mugs.bag, "--connect", input, "--wait", "60", "--loop"])
        #expect(waitUntil { node.errors.contains(reason) })
        let watch = try Program.run("watch", output, "--count", "3", "--timeout", "60")
        #expect(watch.status == 0, "\(watch.errors)")
        player.terminate()
        #expect(try player.finish().status == 0)
        node.terminate()
        let outcome = try node.finish()
        #expect(outcome.status == 0)
        #expect(outcome.errors.split(separator: "recording has stopped").count == 2, "\(outcome.errors)")
        #expect(outcome.errors.contains("record"), "\(outcome.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: disk.path("."))
        let bag = disk.path(try #require(names.first { $0.hasSuffix(".mcap") }))
        #expect(try disk.free >= floor << 20)
        #expect(try content(of: bag).count > 10)
        try isSound(bag, isComplete: floor > 0)
    }

    /// Checks that a bag is sound, after it was mended where it is not complete.
    private func isSound(_ bag: String, isComplete: Bool) throws {
        let (folder, check) = (try TemporaryFolder(), try Program.run("bag", "check", bag))
        #expect(check.status == (isComplete ? 0 : 65), "\(check.output)")
        let mended = folder.path("mended.mcap")
        try Program.succeed("bag", "recover", bag, mended)
        #expect(try Program.run("bag", "check", mended).status == 0)
    }

    /// Feeds a recording until it cannot go on, and sees that no message is unaccounted for.
    private func runsFull(
        _ recording: Recording, saying reason: String, isComplete: Bool = false
    ) throws {
        let mugs = try SimulatedMugs.shared.get()
        let player = try recording.player(mugs.bag, "--rate", "4", "--loop")
        let outcome = try recording.recorder.finish()
        player.terminate()
        #expect(try player.finish().status == 0)
        #expect(outcome.status == 74)
        #expect(outcome.errors.split(separator: reason).count == 2, "\(outcome.errors)")
        let summary = try outcome.object()
        let counts = try ["recorded", "lost", "dropped"].map { try #require(summary[$0] as? Int) }
        #expect(summary["received"] as? Int == counts.reduce(0, +))
        #expect(try content(of: recording.bag).count == counts[0])
        #expect(counts[0] > 10)
        try isSound(recording.bag, isComplete: isComplete)
    }

    @Test("A snapshot is written when SIGUSR1 asks for it")
    func snapshot() throws {
        let mugs = try SimulatedMugs.shared.get()
        let recording = try Recording("--snapshot", "600", "--exclude", "*/features")
        let player = try recording.player(mugs.bag, "--rate", "4")
        #expect(try player.finish().status == 0)
        #expect(
            waitUntil {
                recording.recorder.send(SIGUSR1)
                return recording.recorder.errors.contains("out_0000.mcap is complete")
            })
        recording.recorder.terminate()
        #expect(try recording.recorder.finish().status == 0)
        let kept = try content(of: recording.folder.path("out_0000.mcap"))
        let sent = try content(of: mugs.bag).filter { !$0.topic.hasSuffix("/features") }
        #expect(!kept.isEmpty && sent.starts(with: kept))
    }

    @Test(
        "Keys step through a paused bag and let it go on",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "script is missing"))
    func keys() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        // A job in the background is not given keys, and `timeout` makes one where a shell starts it.
        let command =
            "exec timeout --foreground 100 \(Program.binary.path) bag play \(mugs.bag) "
            + "--connect ipc://\(folder.path("none")) --wait 0 --rate 4 --start-paused --json"
        // Twice the right arrow, the up arrow, a key without a meaning, space.
        let player = try RunningProgram(
            URL(filePath: "/usr/bin/script"), ["-qec", command, "/dev/null"],
            keys: "\u{1B}[C\u{1B}[C\u{1B}[Ax ")
        let outcome = try player.finish()
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.output.contains("\"messages\": \(5 * SimulatedMugs.frames)"))
    }

    @Test("Existing files, public addresses and impossible settings end with their codes")
    func refusals() throws {
        let folder = try TemporaryFolder()
        try Data().write(to: folder.url.appending(path: "there.mcap"))
        let endpoint = "ipc://" + folder.path("in")
        for (arguments, status) in [
            (["there.mcap", "--bind", endpoint], 73), (["new.mcap", "--bind", "tcp://*:0"], 78),
            (["new.mcap", "--bind", endpoint, "--keep", "2"], 78),
            (["new.mcap", "--split-mib", "0"], 64), (["new.mcap", "--free-mib", "-1"], 64),
            (["new.mcap", "--bind", endpoint, "--free-mib", "1000000000"], 74),
            (["new.mcap", "--compression", "zip"], 64),
        ] {
            let path = folder.path(arguments[0])
            let outcome = try Program.run(["bag", "record", path] + arguments.dropFirst())
            #expect(Int(outcome.status) == status, "\(arguments): \(outcome.errors)")
        }
    }
}
