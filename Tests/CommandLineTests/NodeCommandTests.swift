// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A node in a process of its own, with sockets in a folder of its own.
private struct NodeProcess {
    let folder: TemporaryFolder
    let node: RunningProgram
    var input: String { "ipc://" + folder.path("in") }
    var output: String { "ipc://" + folder.path("out") }

    init(
        _ representation: String, _ settings: [String] = [], environment: [String: String] = [:]
    ) throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        let endpoints = ["in", "out"].map { "[\"ipc://\(folder.path($0))\"]" }
        node = try RunningProgram(
            Program.binary,
            [
                "run", "--representation", representation, "--set", "subscribe.bind=\(endpoints[0])", "--set",
                "publish.bind=\(endpoints[1])",
            ] + settings.flatMap { ["--set", $0] }, environment: environment)
    }

    /// Ends the node as a supervisor does, and demands that it ended well.
    func stop() throws {
        node.terminate()
        let outcome = try node.finish()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("stopped"))
    }
}

/// The socket at which a supervisor hears of its services.
private final class NotifySocket {
    let path: String
    private let folder: TemporaryFolder
    private let descriptor: Int32

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("notify")
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
    }

    deinit { close(descriptor) }

    /// What it is told next; `nil` where nothing comes for half a minute.
    func next() -> String? {
        var waiting = unsafe pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&waiting, 1, 30_000) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}

@Suite struct NodeCommandTests {
    @Test("A player, a node and a subscriber in three processes: answers come with the images' stamps")
    func plays() throws {
        let mugs = try SimulatedMugs.shared.get()
        // The bag is shorter than a search that waits for idle time may take on a busy machine.
        let node = try NodeProcess(mugs.representation, ["track.defer_searches=false"])
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

    @Test("A supervisor hears that the node is ready, that both of its threads live, and that it stops")
    func supervised() throws {
        let mugs = try SimulatedMugs.shared.get()
        let supervisor = try NotifySocket()
        let node = try NodeProcess(
            mugs.representation, ["diagnostics.period_ms=50"],
            environment: ["NOTIFY_SOCKET": supervisor.path])
        var states: [String] = []
        while states.last != "READY=1", let state = supervisor.next() { states.append(state) }
        #expect(states.last == "READY=1", "\(states)")
        var pings = 0
        while pings < 3, let state = supervisor.next() {
            #expect(state.hasPrefix("WATCHDOG=1\nSTATUS=0 frames"))
            pings += 1
        }
        #expect(pings == 3)
        try node.stop()
        while states.last != "STOPPING=1", let state = supervisor.next() { states.append(state) }
        #expect(states.last == "STOPPING=1")
    }

    @Test("Over encrypted tcp only a program whose key is listed hears the node")
    func encrypted() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        var keys: [String: String] = [:]
        for name in ["robot", "laptop", "stranger"] {
            keys[name] = try Program.succeed("keygen", folder.path(name)).output
                .trimmingCharacters(in: .newlines)
        }
        #expect(try Program.run("keygen", folder.path("robot")).status == 73)
        let node = try NodeProcess(
            mugs.representation,
            [
                "publish.bind=[\"tcp://127.0.0.1:*\"]", "curve.secret_key=\(folder.path("robot"))",
                "curve.clients=\(folder.path("laptop.pub"))",
            ])
        #expect(waitUntil { node.node.errors.contains("results at") }, "\(node.node.errors)")
        let endpoint = try #require(
            node.node.errors.firstMatch(of: /results at (tcp:[^\s,]+)/).map { String($0.1) })
        let player = try RunningProgram(
            Program.binary, ["bag", "play", mugs.bag, "--connect", node.input, "--wait", "60", "--loop"])
        let server = try #require(keys["robot"])
        func watch(_ name: String, timeout: String) throws -> Int32 {
            try Program.run(
                "watch", endpoint, "--count", "2", "--timeout", timeout, "--curve-key", folder.path(name),
                "--curve-server", server
            ).status
        }
        #expect(try watch("laptop", timeout: "60") == 0)
        #expect(try watch("stranger", timeout: "1") == 69)
        #expect(waitUntil { node.node.errors.contains("refused_peer") }, "\(node.node.errors)")
        player.terminate()
        _ = try player.finish()
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
