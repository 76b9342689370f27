// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import SemAlignBags
import SemAlignEvaluation
import SemAlignNode
import SemAlignTransport

/// What recording costs a node: the time from sending a frame to hearing its answer, with and without it.
struct RecordingBenchmark {
    private static let rounds = 4

    let bag: String
    let representation: String
    let folder: String

    /// Prints a row for a node that records nothing and one for a node that records all it hears and says.
    func run() throws {
        let frames = try frames()
        print("| node | frames | p50 [ms] | p99 [ms] | max [ms] | recorded |")
        print("|---|---|---|---|---|---|")
        var rows: [Bool: [UInt64]] = [:]
        // In turns, so that other work on the machine hits both.
        for round in 0..<Self.rounds {
            for isRecording in [false, true] {
                rows[isRecording, default: []] += try durations(frames, isRecording, "\(round)")
            }
        }
        for isRecording in [false, true] {
            let latency = (rows[isRecording] ?? []).map { Double($0) / 1e6 }
            let figures = [0.5, 0.99, 1].map { String((percentile(latency, $0) * 100).rounded() / 100) }
            let cells =
                [isRecording ? "recording inputs and outputs" : "recording nothing", "\(latency.count)"]
                + figures + [isRecording ? "\(try recorded()) messages" : "–"]
            print("| \(cells.joined(separator: " | ")) |")
        }
    }

    /// The bag's messages, frame by frame.
    private func frames() throws -> [[BagMessage]] {
        var frames: [UInt64: [BagMessage]] = [:]
        var stream = try BagReader.open(bag).stream()
        while let message = try stream.next() { frames[message.logTime, default: []].append(message) }
        return frames.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Times [ns] from sending to hearing; the cold start is left out.
    private func durations(_ frames: [[BagMessage]], _ isRecording: Bool, _ name: String) throws -> [UInt64] {
        var configuration = NodeConfiguration()
        configuration.representation = representation
        configuration.subscribe.bind = ["inproc://in"]
        configuration.publish.bind = ["inproc://out"]
        if isRecording { configuration.record.path = "\(folder)/recorded\(name).mcap" }
        let context = try Context()
        let node = try Node.start(
            configuration, logger: Logger(label: "node") { _ in SwiftLogNoOpLogHandler() }, context: context)
        var publisher = try Publisher(context: context)
        try publisher.connect("inproc://in")
        var subscriber = try Subscriber(context: context)
        try subscriber.subscribe(to: configuration.topics.keypoints)
        try subscriber.connect("inproc://out")
        _ = try publisher.waitForSubscriber(to: configuration.topics.features, timeout: .seconds(10))
        var slots = ReceivedMessage()
        var durations: [UInt64] = []
        let clock = NodeClocks.system
        for (number, frame) in frames.enumerated() {
            let start = clock.steady()
            for message in frame {
                try publisher.publish(
                    topic: message.topic, schema: message.schemaName, payload: message.payload.span,
                    publishTime: clock.wall())
            }
            guard try subscriber.receive(into: &slots, timeout: .seconds(10)) else { continue }
            if number > 0 { durations.append(clock.steady() - start) }
        }
        _ = try node.stop()
        return durations
    }

    /// Messages in all the recordings.
    private func recorded() throws -> UInt64 {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix("recorded") }
        return try names.reduce(0) {
            try $0 + BagReader.open("\(folder)/\($1)").info(withTiming: false).statistics.messageCount
        }
    }
}
