// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignBags
import SemAlignCore
import SemAlignImages
import SemAlignMessages
import SemAlignNode

/// The answers of a replay, drawn on the images that they are about, for people without a viewer.
struct AnswerPictures {
    let topics: TopicNames
    let representation: ClassRepresentation

    /// Draws the answers in the bag `answers` on the images of the bag `input` into `folder`, one PNG a frame.
    ///
    /// Files are numbered in the order of the bag: `frame-000000.png`. Returns how many were drawn; images that
    /// cannot be decoded, or whose frame has no answer, are passed over.
    func draw(_ answers: String, on input: String, into folder: String) throws -> Int {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure.cannotCreate(
                "cannot create folder '\(folder)': \(error.localizedDescription)")
        }
        let results = try results(in: answers)
        var count = 0
        try forEachMessage(of: input, on: topics.image) { message in
            guard let (stamp, image) = Self.image(message), let result = results[stamp] else { return }
            let overlay = Overlay(
                result, of: representation, truth: representation.keypoints.map { _ in nil })
            let digits = String(count)
            let name = "frame-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
            try OutputFile.write(
                try ImageEncoder.png(try overlay.drawn(on: image)), to: "\(folder)/\(name).png")
            count += 1
        }
        return count
    }

    private func results(in bag: String) throws -> [UInt64: TrackingResult] {
        var results: [UInt64: TrackingResult] = [:]
        try forEachMessage(of: bag, on: topics.keypoints) { message in
            let answer = try KeypointMessage(decoding: message.payload)
            results[answer.timestamp] = answer.result
        }
        return results
    }

    /// What is damaged was named by the replay; here it is passed over.
    private func forEachMessage(
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

    private func withBag(_ path: String, _ topic: String) throws(CommandFailure) -> OrderedMessages {
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
