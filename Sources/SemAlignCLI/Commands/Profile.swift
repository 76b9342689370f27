// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CAllocations
import SemAlignNode
import SemAlignProfiling

/// Latency of the frame path.
struct Profile: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Play a bag into a node and say where each frame's time goes, or compare two such profiles.",
        discussion: """
            The node is that of 'run', with threads and sockets of its own. At a rate, messages are sent when they \
            are due, whether or not the node keeps up; with --rate 0 each frame waits for the answer to the one \
            before. --output writes frames.csv (values frame by frame), latency.hlog (HdrHistogram), trace.json \
            (ui.perfetto.dev) and report.html. --compare reads two such folders and tests every column by ranks.

            EXAMPLE: semalign profile video.mcap -r mug.semalign --rate 30 --output before
            EXAMPLE: semalign profile --compare before after
            """)

    @Argument(help: "MCAP bag with the topics that the node needs.")
    var bag: String?
    @OptionGroup var node: NodeOptions
    @Option(help: "Frames a second; 0 = as fast as it goes. Default: the bag's own rate.")
    var rate: Double?
    @Option(help: "How often the bag is played.")
    var rounds = 1
    @Option(help: "Longest that an answer may take [ms]. Default: one period of the rate.")
    var deadline: Double?
    @Option(help: "Transport between the feeder and the node: ipc, tcp or inproc.")
    var transport = "ipc"
    @Option(name: .shortAndLong, help: "Folder to write the files to.")
    var output: String?
    @Option(
        parsing: .upToNextOption, help: "Two folders (or frames.csv files) to compare: before and after.")
    var compare: [String] = []
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard compare.isEmpty || compare.count == 2 else {
            throw ValidationError("--compare needs two profiles, found \(compare.count).")
        }
        guard (bag == nil) != compare.isEmpty else {
            throw ValidationError("Give either a bag to profile, or --compare with two profiles.")
        }
        guard ["ipc", "tcp", "inproc"].contains(transport) else {
            throw ValidationError("--transport '\(transport)' is none of ipc, tcp, inproc.")
        }
        guard compare.isEmpty || output == nil else {
            throw ValidationError("--output takes the files of a profile; a comparison is only printed.")
        }
        if let rate, !(rate >= 0 && rate <= 10_000) {
            throw ValidationError("--rate is \(rate), expected 0 to 10000 frames a second.")
        }
        if let deadline, !(deadline > 0 && deadline < 1e9) {
            throw ValidationError("--deadline is \(deadline), expected more than 0 and less than 1e9 ms.")
        }
        guard (1...100_000).contains(rounds) else {
            throw ValidationError("--rounds is \(rounds), expected 1 to 100000.")
        }
    }

    func run() throws {
        guard let bag else {
            let comparison = ProfileComparison(
                try ProfileFiles.table(compare[0]), try ProfileFiles.table(compare[1]))
            print(json ? comparison.json.line : comparison.text)
            return
        }
        if let output { try ProfileFolder(output).make() }
        let profile = try take(bag)
        print(json ? profile.json.line : profile.text)
        if let output { try ProfileFolder(output).write(profile) }
    }

    private func take(_ bag: String) throws -> LatencyProfile {
        var settings = ProfileSettings()
        settings.rate = rate
        settings.rounds = rounds
        settings.deadline = deadline.map { UInt64($0 * 1e6) }
        settings.transport = transport
        let profiler = try BagProfiler(
            try node.resolved().configuration, path: bag, settings: settings)
        var progress = ProgressBar("profile")
        var profile = try profiler.run(
            meter: ThreadMeter(allocations: { semalign_thread_allocations() })
        ) { progress.update($0) }
        progress.finish()
        profile.facts = [.init("file", bag)] + profile.facts + MachineFacts.all
        return profile
    }
}
