// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import SemAlignCore
import SemAlignMessages
import SemAlignNode
import Synchronization

/// The node's pipeline over bags.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Align every frame of recorded bags and write the answers to new bags.",
        discussion: """
            Every frame is answered, in order, without waiting; the same bag, representation and settings give \
            the same bytes. Answers to several bags go to a folder, under the names of their bags. SIGINT and \
            SIGTERM finish the frame and complete the new bag.

            EXAMPLE: semalign replay recording.mcap --representation mug.semalign --output answers.mcap
            EXAMPLE: semalign replay bags/*.mcap -r mug.semalign -o answers --jobs 2
            """)

    @Argument(
        help: ArgumentHelp(
            "MCAP bags with image, mask and feature topics, better with depth and calibration.",
            valueName: "bag"))
    var bags: [String]
    @Option(name: .shortAndLong, help: "Bag to write, which must not exist yet; for several bags a folder.")
    var output: String
    @OptionGroup var node: NodeOptions
    @Option(help: "Seconds at the beginning to leave out.")
    var start = 0.0
    @Option(help: "Seconds from the beginning at which to end.")
    var end: Double?
    @OptionGroup var topics: TopicOptions
    @Option(help: "Bags to work on at the same time.")
    var jobs = 1
    @Flag(help: "Use the instructions that every processor has, to see what other processors compute.")
    var plain = false
    @Option(help: "Folder to draw the answers into, a picture for every frame of one bag.")
    var frames: String?
    @Option(help: "MP4 file to draw the answers to one bag into; needs the program ffmpeg.")
    var video: String?
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard frames == nil && video == nil || bags.count == 1 else {
            throw ValidationError("--frames and --video draw the answers to one bag.")
        }
        guard video?.lowercased().hasSuffix(".mp4") ?? true else {
            throw ValidationError("--video names an .mp4 file.")
        }
        guard (1...256).contains(jobs) else {
            throw ValidationError("--jobs is from 1 to 256, found \(jobs).")
        }
    }

    func run() throws {
        // Known before the work, not after it.
        if let video { try VideoFile.encoder(for: video) }
        let items = try items()
        let configuration = try node.resolved().configuration
        let batch = ReplayBatch(try BagReplay(configuration, part: part), items)
        let progress = Mutex(ProgressBar("replay"))
        let isPlain = plain
        let results = try runUntilSignal(named: "semalign-batch") { stop throws(NodeError) in
            try batch.run(
                jobs: jobs, until: stop,
                prepare: { work in
                    isPlain ? InstructionSet.$forced.withValue(.base, operation: work) : work()
                },
                progress: { state in
                    progress.withLock { $0.update(state.share, detail: "\(state.frames) frames") }
                })
        }
        progress.withLock { $0.finish() }
        try show(results, of: items)
        if frames != nil || video != nil {
            try draw(AnswerPictures(of: output, on: bags[0], configuration))
        }
    }

    private func draw(_ pictures: AnswerPictures) throws {
        var folder = try frames.map { path throws(CommandFailure) in try PictureFolder(path) }
        let film = try video.map { path throws(CommandFailure) in
            try VideoFile(path, rate: pictures.rate)
        }
        let count = try pictures.draw { picture in
            try folder?.append(picture)
            try film?.append(picture)
        }
        try film?.close()
        StandardError.note(
            "\(count) pictures in \([frames, video].compactMap { $0 }.joined(separator: ", "))")
    }

    private var part: ReplayPart {
        var part = ReplayPart()
        part.startSeconds = start
        part.endSeconds = end
        part.topics = topics.filter
        return part
    }

    /// Where the answers to each bag go.
    private func items() throws -> [ReplayBatch.Item] {
        if bags.count == 1 { return [ReplayBatch.Item(input: bags[0], output: output)] }
        do {
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure.cannotCreate(
                "cannot create folder '\(output)': \(error.localizedDescription)")
        }
        let names = bags.map { ($0 as NSString).lastPathComponent }
        guard Set(names).count == names.count else {
            throw CommandFailure.usage("two bags have the same name: replay them one by one")
        }
        return zip(bags, names).map { ReplayBatch.Item(input: $0, output: "\(output)/\($1)") }
    }

    private func show(_ results: [Result<ReplaySummary, NodeError>], of items: [ReplayBatch.Item]) throws {
        var failures: [NodeError] = []
        var objects: [String] = []
        for (item, result) in zip(items, results) {
            switch result {
            case .success(let summary):
                let name = JSONValue.text(item.input).line
                objects.append("{\"bag\":\(name),\(summary.json.dropFirst())")
                if !json { print((items.count > 1 ? "\(item.input): " : "") + summary.description) }
                if json, items.count == 1 { print(summary.json) }
            case .failure(let error):
                let (bag, reason) = (JSONValue.text(item.input).line, JSONValue.text("\(error)").line)
                objects.append("{\"bag\":\(bag),\"error\":\(reason)}")
                if items.count > 1 { StandardError.note("\(error)") }
                failures.append(error)
            }
        }
        if json, items.count > 1 { print("{\"bags\":[\(objects.joined(separator: ","))]}") }
        guard let failure = failures.last else { return }
        guard items.count > 1 else { throw failure }
        throw CommandFailure(
            code: failure.exitCode, message: "\(failures.count) of \(items.count) bags were not replayed")
    }
}
