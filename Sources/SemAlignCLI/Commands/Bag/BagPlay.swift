// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignNode

/// A bag over ZeroMQ.
struct BagPlay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play",
        abstract: "Publish a bag over ZeroMQ at its own pace, to a node's input unless told otherwise.",
        discussion: """
            Space pauses and goes on, the right arrow sends the next message of a paused bag, up and down change \
            the rate by 0.1.

            EXAMPLE: semalign bag play recording.mcap --rate 2
            """)

    @Argument(help: "MCAP bag.")
    var file: String
    @OptionGroup var endpoints: EndpointOptions
    @Option(help: "Speed: 2 is twice as fast, 0 is without pauses.")
    var rate = 1.0
    @Flag(help: "Play again and again until stopped.")
    var loop = false
    @Flag(help: "Stamp frames with the time that they are played: a loop becomes one endless sequence.")
    var restamp = false
    @Flag(help: "Wait for space or the right arrow.")
    var startPaused = false
    @Option(help: "Seconds at the beginning to leave out.")
    var start = 0.0
    @Option(help: "Seconds to play; to the end unless given.")
    var duration: Double?
    @OptionGroup var topics: TopicOptions
    @OptionGroup var renaming: RemapOptions
    @Option(help: "Seconds to wait for a subscriber; 0 = do not wait.")
    var wait = 10.0
    @Flag(help: "Print one JSON object at the end.")
    var json = false

    func run() throws {
        let player = try BagPlayer(path: file, configuration: player)
        let summary = try runUntilSignal(named: "semalign-play") { stop throws(NodeError) in
            var keys = TerminalKeys()
            var status = StatusLine()
            var shown: PlayerProgress?
            defer { status.finish() }
            return try player.run(
                until: stop,
                commands: {
                    switch keys.next() {
                    case .space: .togglePause
                    case .right: .step
                    case .up: .faster
                    case .down: .slower
                    default: nil
                    }
                },
                progress: { progress in
                    let isUrgent = progress.isPaused != shown?.isPaused || progress.rate != shown?.rate
                    shown = progress
                    // In a pause every message was asked for.
                    status.update(isUrgent: isUrgent || progress.isPaused) { Self.line(progress) }
                })
        }
        print(json ? Self.json(summary).line : summary.description)
        if summary.messages == 0 {
            StandardError.note("nothing of '\(file)' was sent; 'semalign bag info' shows topics and times")
        }
    }

    /// Where the player is, for a person with a hand at the keys.
    private static func line(_ progress: PlayerProgress) -> String {
        let state = progress.isPaused ? "paused " : "playing"
        return "\(state) \(progress.seconds.fixed(2)) s, rate \(progress.rate.fixed(1)), "
            + counted(progress.messages, "message")
    }

    private var player: PlayerConfiguration {
        var configuration = PlayerConfiguration()
        endpoints.apply(to: &configuration.endpoints)
        configuration.rate = rate
        configuration.isLooping = loop
        configuration.restamps = restamp
        configuration.startsPaused = startPaused
        configuration.startSeconds = start
        configuration.durationSeconds = duration
        configuration.topics = topics.filter
        configuration.remap = renaming.names
        configuration.waitSeconds = wait
        return configuration
    }

    private static func json(_ summary: PlayerSummary) -> JSONValue {
        let late = summary.latenessPercentiles
        return .object([
            ("messages", .integer(summary.messages)), ("delivered", .integer(summary.delivered)),
            ("rounds", .integer(summary.rounds)),
            (
                "lateness_ms",
                .object([
                    ("p50", .number(Double(late.median) / 1e6)),
                    ("p99", .number(Double(late.percentile99) / 1e6)),
                    ("max", .number(Double(late.maximum) / 1e6)),
                ])
            ), ("damages", .texts(summary.damages)),
        ])
    }
}
