// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignNode

/// The node's pipeline over a bag.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Align every frame of a recorded bag and write the answers to a new bag.",
        discussion: """
            Every frame is answered, in order, without waiting; the same bag, representation and settings give \
            the same bytes. SIGINT and SIGTERM finish the frame and complete the new bag.

            EXAMPLE: semalign replay recording.mcap --representation mug.semalign --output answers.mcap
            """)

    @Argument(help: "MCAP bag with image, mask and feature topics, better with depth and calibration.")
    var bag: String
    @Option(name: .shortAndLong, help: "Bag to write; it must not exist yet.")
    var output: String
    @OptionGroup var node: NodeOptions
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let replay = try BagReplay(try node.resolved().configuration)
        let (bag, output) = (bag, output)
        let summary = try runUntilSignal(named: "semalign-replay") { stop throws(NodeError) in
            var progress = ProgressBar("replay")
            defer { progress.finish() }
            return try replay.run(from: bag, to: output, until: stop) {
                progress.update(0, detail: "\($0) frames")
            }
        }
        print(json ? summary.json : summary.description)
    }
}
