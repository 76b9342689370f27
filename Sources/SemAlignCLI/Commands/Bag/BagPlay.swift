// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignNode

/// A bag over ZeroMQ.
struct BagPlay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play",
        abstract: "Publish a bag over ZeroMQ at its own pace, to a node's input unless told otherwise.",
        discussion: "EXAMPLE: semalign bag play recording.mcap --rate 2")

    @Argument(help: "MCAP bag.")
    var file: String
    @Option(help: "Endpoint to connect to; may be given several times.")
    var connect: [String] = []
    @Option(help: "Endpoint to bind instead; may be given several times.")
    var bind: [String] = []
    @Option(help: "Speed: 2 is twice as fast, 0 is without pauses.")
    var rate = 1.0
    @Flag(help: "Play again and again until stopped.")
    var loop = false
    @Option(help: "Seconds at the beginning to leave out.")
    var start = 0.0
    @Option(help: "Seconds to play; to the end unless given.")
    var duration: Double?
    @Option(help: "Topic to play; may be given several times; all unless given.")
    var topic: [String] = []
    @Option(help: "Seconds to wait for a subscriber; 0 = do not wait.")
    var wait = 10.0
    @Flag(help: "Allow to bind addresses that other machines can reach.")
    var allowInsecure = false

    func run() throws {
        var configuration = PlayerConfiguration()
        if !connect.isEmpty || !bind.isEmpty { configuration.connect = connect }
        configuration.bind = bind
        configuration.rate = rate
        configuration.isLooping = loop
        configuration.startSeconds = start
        configuration.durationSeconds = duration
        configuration.topics = topic.isEmpty ? nil : Set(topic)
        configuration.waitSeconds = wait
        configuration.allowInsecure = allowInsecure
        let player = try BagPlayer(path: file, configuration: configuration)
        let summary = try runUntilSignal(named: "semalign-play") { stop throws(NodeError) in
            try player.run(until: stop)
        }
        print(summary)
    }
}
