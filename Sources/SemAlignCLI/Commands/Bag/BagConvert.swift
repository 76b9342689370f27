// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignBags
import SemAlignDatasets
import SemAlignImport
import SemAlignNode

/// From bags, datasets and recordings of other programs to a bag.
struct BagConvert: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Filter, rename, cut, merge and compress bags; import datasets, ROS 2 bags and folders.",
        discussion: """
            Inputs are MCAP bags or bags of ROS 2 (MCAP with the profile ros2, .db3, either with .zstd behind it, \
            or a folder of them), several of which are merged by log time; or a folder with rgb/, depth/, masks/ \
            and cam_K.txt; or with --run a dataset file.

            EXAMPLE: semalign bag convert long.mcap short.mcap --start 10 --end 20 --exclude '/debug/*'
            EXAMPLE: semalign bag convert ros/ bench.mcap --remap /cam/image_raw:=/camera/color/image
            EXAMPLE: semalign bag convert day_0.db3.zstd day_1.db3.zstd day.mcap
            EXAMPLE: semalign bag convert --run bench_a bench/dataset.json bench_a.mcap
            """)

    @Option(name: .customLong("run"), help: "Run of a dataset to turn into a bag.")
    var recordedRun: String?
    @Argument(
        help: ArgumentHelp("Inputs, then the bag to write, which must not exist yet.", valueName: "files"))
    var files: [String]
    @OptionGroup var topics: TopicOptions
    @OptionGroup var renaming: RemapOptions
    @Option(help: "Seconds at the beginning to leave out.")
    var start = 0.0
    @Option(help: "Seconds from the beginning at which to end.")
    var end: Double?
    @Option(help: "Compression of the chunks: none, lz4 or zstd.")
    var compression = BagCompression.zstd
    @Flag(help: "Take the messages of a ROS 2 bag (MCAP) as they are, without turning them into ours.")
    var raw = false
    @Option(help: "Pictures a second of a folder whose names are no times.")
    var fps = 30.0
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard files.count >= 2 else {
            throw ValidationError("Name one input at least, and the bag to write.")
        }
        guard recordedRun == nil || files.count == 2 else {
            throw ValidationError("--run takes one dataset file and the bag to write.")
        }
        guard (0...1e9).contains(start), end.map({ $0 > start && $0 <= 1e9 }) ?? true else {
            throw ValidationError("--start and --end are seconds from 0 to 1e9, the end after the start.")
        }
        guard (1e-3...1e5).contains(fps) else { throw ValidationError("--fps is from 0.001 to 100000.") }
    }

    func run() throws {
        let inputs = Array(files.dropLast())
        if let recordedRun {
            try convert(run: recordedRun, of: inputs[0])
        } else if SceneFolder.isOne(inputs[0]) {
            try onlyInput()
            try importFolder(inputs[0])
        } else if !raw, inputs.contains(where: ROS2Bag.isOne) {
            try importROS(inputs)
        } else {
            try convert(bags: inputs)
        }
    }

    private var output: String { files[files.count - 1] }

    private func onlyInput() throws(CommandFailure) {
        guard files.count == 2 else {
            throw .usage("a folder of pictures is imported alone: import each, then merge the bags")
        }
    }

    private var writer: WriterConfiguration {
        var configuration = WriterConfiguration()
        configuration.compression = compression.compression
        return configuration
    }

    private func convert(bags: [String]) throws {
        var conversion = BagConversion()
        conversion.topics = topics.filter
        conversion.remap = renaming.names
        conversion.start = UInt64(start * 1e9)
        conversion.end = end.map { UInt64($0 * 1e9) }
        conversion.writer = writer
        var readers: [BagReader] = []
        for path in bags {
            readers.append(try withPath(path) { () throws(BagError) in try BagReader.open(path) })
        }
        var progress = ProgressBar("convert")
        let report = try withPath(output) { () throws(BagError) in
            try conversion.run(readers, to: FileSink(path: output)) { progress.update($0) }
        }
        progress.finish()
        var notes: [String] = []
        for (path, (damage, ending)) in zip(bags, zip(report.damage, report.endings)) {
            notes += damage.map { "'\(path)': \($0)" }
            if case .truncated(let offset) = ending { notes.append("'\(path)' is cut off at byte \(offset)") }
        }
        show(messages: Int(clamping: report.statistics.messageCount), notes)
    }

    private func importROS(_ paths: [String]) throws {
        if let other = paths.first(where: { !ROS2Bag.isOne($0) }) {
            throw CommandFailure.usage(
                "'\(other)' is no bag of ROS 2, and others are: import those first, then merge the bags")
        }
        let bags = try paths.map { path throws(ImportError) in try ROS2Bag(path: path) }
        let target = try ImportTarget(output, writer, renaming.names, start: start, end: end)
        let report = try ROS2Bag.read(bags, topics.filter, target.write)
        show(messages: Int(clamping: try target.close()), Self.notes(on: report))
    }

    private func importFolder(_ path: String) throws {
        let folder = try SceneFolder(path: path)
        let target = try ImportTarget(output, writer, renaming.names, start: start, end: end)
        var report = ImportReport()
        var progress = ProgressBar("convert")
        for (index, stamp) in folder.stamps(rate: fps).enumerated() {
            for message in folder.messages(ofFrame: index, stamp: stamp, report: &report)
            where topics.filter.contains(message.topic) {
                try target.write(message)
            }
            progress.update(index + 1, of: folder.frameCount)
        }
        progress.finish()
        show(messages: Int(clamping: try target.close()), Self.notes(on: report))
    }

    private func convert(run: String, of dataset: String) throws {
        let recording = try RunRecording(of: run, in: try AnnotatedDataset(contentsOf: dataset))
        var progress = ProgressBar("convert")
        let summary = try recording.write(to: output) { progress.update($0, of: $1) }
        progress.finish()
        show(messages: Int(clamping: summary.messages), summary.notes, frames: summary.frames)
    }

    private static func notes(on report: ImportReport) -> [String] {
        report.notes
            + report.leftOut.sorted { $0.key < $1.key }.map { "left out \($0.value) of \($0.key)" }
    }

    private func show(messages: Int, _ notes: [String], frames: Int? = nil) {
        for note in notes { StandardError.note(note) }
        if messages == 0 {
            StandardError.note("'\(output)' is empty: no message of the chosen topics and times was there")
        }
        if json {
            let counts = frames.map { [("frames", JSONValue.integer($0))] } ?? []
            print(
                JSONValue.object(
                    [("output", .text(output))] + counts
                        + [("messages", .integer(messages)), ("notes", .texts(notes))]
                ).line)
        } else {
            print("\(output): " + (frames.map { "\($0) frames in " } ?? "") + counted(messages, "message"))
        }
    }
}
