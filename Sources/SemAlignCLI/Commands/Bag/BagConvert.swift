// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignDatasets

/// From a run of a dataset to a bag.
struct BagConvert: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Turn a run of a dataset folder into a bag of the topics that a node listens to.",
        discussion: "EXAMPLE: semalign bag convert --run bench_a bench/dataset.json bench_a.mcap")

    @Option(name: .customLong("run"), help: "Name of the run.")
    var recordedRun: String
    @Argument(help: "Dataset file (dataset.json).")
    var dataset: String
    @Argument(help: "Bag to write; it must not exist yet.")
    var output: String
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let recording = try RunRecording(of: recordedRun, in: try AnnotatedDataset(contentsOf: dataset))
        var progress = ProgressBar("convert")
        let summary = try recording.write(to: output) { progress.update($0, of: $1) }
        progress.finish()
        for note in summary.notes { StandardError.note(note) }
        if json {
            print(
                JSONValue.object([
                    ("output", .text(output)), ("frames", .integer(summary.frames)),
                    ("messages", .integer(Int(summary.messages))), ("notes", .texts(summary.notes)),
                ]).line)
        } else {
            print("\(output): \(summary.frames) frames in \(summary.messages) messages")
        }
    }
}
