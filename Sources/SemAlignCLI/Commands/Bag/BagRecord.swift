// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignBags
import SemAlignNode

/// From ZeroMQ to a bag.
struct BagRecord: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract:
            "Record what is published over ZeroMQ, a node's results unless told otherwise, until SIGINT.",
        discussion: """
            Space pauses and goes on. In snapshot mode the last seconds stay in memory, and s or SIGUSR1 writes \
            them to a file. What was recorded a second ago survives a crash; 'bag recover' closes such a file.

            Exit codes: 74 where the recording ended by itself: the disk is full, too little of it is left, or the \
            file is gone.

            EXAMPLE: semalign bag record bench.mcap --bind ipc:///tmp/bench.sock --exclude '/debug/*'
            """)

    @Argument(help: "Bag to write; it must not exist yet. With several files, _0000 and so on are added.")
    var output: String
    @OptionGroup var endpoints: EndpointOptions
    @OptionGroup var topics: TopicOptions
    @Option(help: "Compression of the chunks: none, lz4 or zstd.")
    var compression = BagCompression.zstd
    @Option(help: "Begin a new file at this size [MiB].")
    var splitMib: Int?
    @Option(help: "Begin a new file after this time [s].")
    var splitSeconds: Double?
    @Option(help: "Keep the last files only, this many.")
    var keep: Int?
    @Option(help: "Snapshot mode: keep this time in memory [s] and write it when asked.")
    var snapshot: Double?
    @Flag(help: "Record nothing before space is pressed.")
    var startPaused = false
    @Option(help: "Memory for messages that wait for the disk, and again for a snapshot [MiB].")
    var memoryMib = 256
    @Option(
        help: "Free space that stays on the disk [MiB]: before there is less the recording ends; 0 = none.")
    var freeMib = RecordSettings().freeMebibytes
    @Flag(help: "Print one JSON object at the end.")
    var json = false

    func validate() throws {
        for seconds in [splitSeconds, snapshot].compactMap({ $0 }) where !(0.001...1e9).contains(seconds) {
            throw ValidationError("Times are seconds from 0.001 to 1e9, found \(seconds).")
        }
        for size in [splitMib ?? 1, keep ?? 1, memoryMib] where !(1...1 << 30).contains(size) {
            throw ValidationError("Sizes and numbers of files are from 1 to 2^30, found \(size).")
        }
        guard (0...1 << 30).contains(freeMib) else {
            throw ValidationError("--free-mib is \(freeMib), expected 0 to 2^30.")
        }
    }

    func run() throws {
        let recording = try WireRecording(wire, recorder: recorder)
        let request = StopFlag()
        let summary = try runUntilSignal(named: "semalign-wire", onRequest: request.set) {
            stop throws(NodeError) in
            var keys = TerminalKeys()
            var isPaused = startPaused
            if isPaused { StandardError.note("paused; space begins") }
            return try recording.run(
                until: stop,
                commands: {
                    if request.take() { return .snapshot }
                    switch keys.next() {
                    case .space:
                        isPaused.toggle()
                        StandardError.note(isPaused ? "paused; space goes on" : "recording goes on")
                        return .togglePause
                    case .letter("s"): return .snapshot
                    default: return nil
                    }
                },
                report: { StandardError.note($0.description) })
        }
        print(json ? Self.json(summary).line : summary.description)
        guard summary.recorder.failure == nil else {
            throw CommandFailure.outputError(
                "the recording ended before its time, \(summary.recorder.lost) messages are lost")
        }
    }

    private var wire: WireRecordingConfiguration {
        var configuration = WireRecordingConfiguration()
        endpoints.apply(to: &configuration.endpoints)
        return configuration
    }

    private var recorder: RecorderConfiguration {
        var configuration = RecorderConfiguration(path: output)
        configuration.topics = topics.filter
        configuration.compression = compression.compression
        configuration.splitSize = splitMib.map { UInt64($0) << 20 }
        configuration.splitTime = splitSeconds.map { UInt64($0 * 1e9) }
        configuration.keptFiles = keep
        configuration.snapshotTime = snapshot.map { UInt64($0 * 1e9) }
        configuration.startsPaused = startPaused
        configuration.memoryLimit = memoryMib << 20
        configuration.freeSpace = UInt64(freeMib) << 20
        return configuration
    }

    private static func json(_ summary: WireRecordingSummary) -> JSONValue {
        let recorder = summary.recorder
        return .object([
            ("files", .texts(recorder.files)), ("recorded", .integer(Int(clamping: recorder.written))),
            ("dropped", .integer(Int(clamping: recorder.dropped))),
            ("lost", .integer(Int(clamping: recorder.lost))),
            ("received", .integer(Int(clamping: summary.received))),
            ("missing", .integer(Int(clamping: summary.missing))),
            ("malformed", .integer(Int(clamping: summary.malformed))),
            ("failure", recorder.failure.map { .text($0) } ?? .null),
        ])
    }
}
