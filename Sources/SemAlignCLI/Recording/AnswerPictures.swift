// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignBags
import SemAlignCore
import SemAlignImages
import SemAlignMessages
import SemAlignNode

/// The answers of a replay, drawn on the images that they are about, for people without a viewer.
struct AnswerPictures {
    private let input: String
    private let topics: TopicNames
    /// Lines between keypoints, by class name.
    private let skeletons: [String: [SIMD2<Int32>]]
    private let answers: [UInt64: [KeypointMessage]]
    /// The earliest stamp of an answer [ns].
    private let first: UInt64

    /// Reads the answers in the bag `answers` to the images of the bag `input`.
    init(of answers: String, on input: String, _ configuration: NodeConfiguration) throws {
        self.input = input
        topics = configuration.topics
        var skeletons: [String: [SIMD2<Int32>]] = [:]
        for path in [configuration.representation] + configuration.objects.representations {
            let representation = try RepresentationFile.load(path).representation
            skeletons[representation.className] = representation.skeleton
        }
        self.skeletons = skeletons
        var found: [UInt64: [KeypointMessage]] = [:]
        try Self.forEachMessage(of: answers, on: topics.keypoints) { message in
            let answer = try KeypointMessage(decoding: message.payload)
            found[answer.timestamp, default: []].append(answer)
        }
        self.answers = found
        first = found.keys.min() ?? 0
    }

    /// Frames a second: what half of the distances between stamps are not above; 10 where there is one frame.
    var rate: Double {
        let stamps = answers.keys.sorted()
        let gaps = zip(stamps.dropFirst(), stamps).map { $0 - $1 }.sorted()
        guard !gaps.isEmpty else { return 10 }
        return min(max(1e9 / Double(gaps[gaps.count / 2]), 1), 240)
    }

    /// Hands every picture to `body`, in the order of the bag, and returns how many there were.
    ///
    /// Images that cannot be decoded, or whose frame has no answer, are passed over.
    func draw(_ body: (ColorImage) throws -> Void) throws -> Int {
        var count = 0
        try Self.forEachMessage(of: input, on: topics.image) { message in
            guard let (stamp, image) = Self.image(message), let objects = answers[stamp] else { return }
            try body(try overlay(of: objects, at: stamp).drawn(on: image))
            count += 1
        }
        return count
    }

    /// All objects of a frame in one picture; the badge is the first one's, and the time that since the first answer.
    private func overlay(of objects: [KeypointMessage], at stamp: UInt64) -> Overlay {
        var overlay = Overlay(state: objects[0].result.state)
        let time = "\((Double(stamp - first) / 1e7).rounded() / 100) s"
        // Strips of one height: pictures of one size make a film.
        overlay.legendRows = 3
        for object in objects where !object.result.keypoints.isEmpty {
            let offset = Int32(overlay.keypoints.count)
            let keypoints = zip(object.keypointNames, object.result.keypoints)
            overlay.keypoints += keypoints.map { name, keypoint in
                Overlay.Keypoint(name: name, pixel: keypoint.pixel, isVisible: keypoint.visible >= 0.5)
            }
            overlay.skeleton += (skeletons[object.className] ?? []).map { $0 &+ offset }
        }
        let reasons = objects.map(\.result.message).filter { !$0.isEmpty }
        let count = objects.count > 1 ? ["\(objects.count) objects"] : []
        overlay.notes = [([time] + count + reasons).joined(separator: ", ")]
        return overlay
    }

    /// What is damaged was named by the replay; here it is passed over.
    private static func forEachMessage(
        of bag: String, on topic: String, _ body: (BagMessage) throws -> Void
    ) throws {
        var messages = try withBag(bag, topic)
        var damages = 0
        while damages < 1000 {
            let message: BagMessage?
            do { message = try messages.next() } catch {
                damages += 1
                continue
            }
            guard let message else { return }
            try body(message)
        }
    }

    private static func withBag(_ path: String, _ topic: String) throws(CommandFailure) -> OrderedMessages {
        do { return try BagReader.open(path).messages(MessageSelection(topics: [topic])) } catch {
            throw CommandFailure(error, path: path)
        }
    }

    private static func image(_ message: BagMessage) -> (stamp: UInt64, image: ColorImage)? {
        if message.schemaName == RawImageMessage.schemaName {
            guard let raw = try? RawImageMessage(decoding: message.payload), let pixels = try? raw.rgb()
            else { return nil }
            return (raw.timestamp, ColorImage(size: raw.size, pixels: pixels))
        }
        guard let picture = try? CompressedImageMessage(decoding: message.payload),
            let image = try? ImageDecoder.color(picture.data.span)
        else { return nil }
        return (picture.timestamp, image)
    }
}

/// A folder of numbered pictures: `frame-000000.png`.
struct PictureFolder {
    private let path: String
    private var count = 0

    /// Makes the folder unless it is there.
    init(_ path: String) throws(CommandFailure) {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .cannotCreate("cannot create folder '\(path)': \(error.localizedDescription)")
        }
    }

    /// Writes the next picture.
    mutating func append(_ picture: ColorImage) throws {
        let digits = String(count)
        let name = "frame-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        try OutputFile.write(try ImageEncoder.png(picture), to: "\(path)/\(name).png")
        count += 1
    }
}
