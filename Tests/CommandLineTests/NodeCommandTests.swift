// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A node in a process of its own, with sockets in a folder of its own.
private struct NodeProcess {
    let folder: TemporaryFolder
    let node: RunningProgram
    var input: String { "ipc://" + folder.path("in") }
    var output: String { "ipc://" + folder.path("out") }

    init(_ representation: String) throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        let endpoints = ["in", "out"].map { "[\"ipc://\(folder.path($0))\"]" }
        node = try RunningProgram(
            Program.binary,
            [
                "run", "--representation", representation, "--set", "subscribe.bind=\(endpoints[0])", "--set",
                "publish.bind=\(endpoints[1])",
            ])
    }

    /// Ends the node as a supervisor does, and demands that it ended well.
    func stop() throws {
        node.terminate()
        let outcome = try node.finish()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("stopped"))
    }
}

@Suite struct NodeCommandTests {
    @Test("A player, a node and a subscriber in three processes: answers come with the images' stamps")
    func plays() throws {
        let mugs = try SimulatedMugs.shared.get()
        let node = try NodeProcess(mugs.representation)
        let player = try RunningProgram(
            Program.binary, ["bag", "play", mugs.bag, "--connect", node.input, "--wait", "60", "--loop"])
        let watch = try Program.run(
            "watch", node.output, "--count", "4", "--timeout", "60", "--truth", mugs.dataset,
            "--representation", mugs.representation, "--overlays", node.folder.path("pictures"))
        player.terminate()
        #expect(try player.finish().status == 0)
        #expect(watch.status == 0, "\(watch.errors)")
        #expect(watch.output.contains("4 of 4 images answered"))
        let pictures = try FileManager.default.contentsOfDirectory(atPath: node.folder.path("pictures"))
        #expect(!pictures.isEmpty && pictures.allSatisfy { $0.hasPrefix("video-") && $0.hasSuffix(".png") })
        try node.stop()
    }

    @Test("print-config prints settings that can be read back")
    func printsConfiguration() throws {
        let folder = try TemporaryFolder()
        let printed = try Program.succeed("run", "--print-config", "--set", "join.max_wait_ms=123").output
        #expect(printed.contains("max_wait_ms: 123"))
        try printed.write(toFile: folder.path("node.yaml"), atomically: true, encoding: .utf8)
        let again = try Program.succeed("run", "--config", folder.path("node.yaml"), "--print-config").output
        #expect(again.contains("max_wait_ms: 123"))
    }

    @Test(
        "The examples of the README run: Python feeds a node, and Python hears it",
        .enabled(if: Python.isNamed, "SEMALIGN_PYTHON does not name an interpreter"))
    func examples() throws {
        let mugs = try SimulatedMugs.shared.get()
        let node = try NodeProcess(mugs.representation)
        try Python.generateMessages(into: node.folder.path("."))
        let feeder = try Python.start(
            "feed.py", [mugs.dataset, "video", node.input, "1000"], messages: node.folder.path("."))
        let subscriber = try Python.start(
            "subscribe.py", [node.output], messages: node.folder.path("."), lines: 14)
        let planner = try Python.start(
            "plan_grasp.py", [node.output], messages: node.folder.path("."), lines: 3)
        let heard = try subscriber.finish()
        let planned = try planner.finish()
        feeder.terminate()
        let fed = try feeder.finish()
        #expect(heard.output.contains("TRACKING"), "\(heard.errors) \(fed.errors)")
        #expect(heard.output.contains("handle_top"))
        #expect(planned.output.contains("grasp"), "\(planned.output) \(planned.errors)")
        try node.stop()
    }
}
