// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignMessages
import SemAlignNode
import SemAlignTransport

/// What a node answers, as a table.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Subscribe to a node and show its keypoints as they come.",
        discussion: """
            On a terminal the table stays in place; elsewhere one line is printed for each answer, with --json \
            an object.

            EXAMPLE: semalign watch ipc:///tmp/semalign-output.sock
            """)

    @Argument(help: "Endpoint of a node's results.")
    var endpoint = NodeConfiguration().publish.bind[0]
    @Option(help: "Topic of the keypoints.")
    var topic = Topic.keypoints.defaultName
    @Option(help: "End after so many answers; without it at SIGINT.")
    var count: Int?
    @Option(help: "End after so many seconds without an answer; 0 = never.")
    var timeout = 0.0
    @Flag(help: "Print one JSON object for each answer.")
    var json = false

    func validate() throws {
        guard timeout >= 0, timeout < 1e9, (count ?? 1) > 0 else {
            throw ValidationError("--timeout and --count must be positive.")
        }
    }

    func run() throws {
        let (endpoint, topic, count, timeout) = (endpoint, topic, count, timeout)
        let display = AnswerDisplay(isJSON: json)
        let received = try runUntilSignal(named: "semalign-watch") { stop throws(NodeError) in
            try Self.watch(endpoint, topic, count: count, timeout: timeout, until: stop, display)
        }
        guard count == nil || received == count else {
            throw CommandFailure(
                code: CommandFailure.unavailable,
                message:
                    "\(received) of \(count ?? 0) answers came from \(endpoint): does the node run, and get frames?"
            )
        }
    }

    /// Shows answers until one of the ends is reached, and returns their number.
    private static func watch(
        _ endpoint: String, _ topic: String, count: Int?, timeout: Double, until stop: StopFlag,
        _ display: AnswerDisplay
    ) throws(NodeError) -> Int {
        var display = display
        var received = 0
        do throws(TransportError) {
            var subscriber = try Subscriber(context: try Context())
            try subscriber.subscribe(to: topic)
            try subscriber.connect(endpoint)
            var slots = ReceivedMessage()
            var last = MonotonicClock.now()
            while !stop.isSet, received < count ?? .max {
                guard try subscriber.receive(into: &slots, timeout: .milliseconds(100)) else {
                    let silence = Double(MonotonicClock.now() - last) * 1e-9
                    if timeout > 0, silence > timeout { break }
                    continue
                }
                last = MonotonicClock.now()
                guard let message = try? WireMessage(decoding: slots), message.topic == topic,
                    let answer = try? KeypointMessage(decoding: message.payload)
                else { continue }
                received += 1
                display.show(answer)
            }
        } catch {
            throw .endpoint(endpoint: endpoint, reason: error.description)
        }
        return received
    }
}
