// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignBags
import SemAlignCore
import SemAlignImages
import SemAlignMessages
import Testing

@testable import SemAlignImport

/// The interpreter of the tests that read what Python wrote.
private let python = ProcessInfo.processInfo.environment["SEMALIGN_PYTHON"]

@Suite struct ROS2BagTests {
    /// Five frames at 10 Hz, written by Python in several ways.
    private func write(_ folder: TemporaryFolder) throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Python/make_ros_bags.py")
        let process = Process()
        process.executableURL = URL(filePath: python ?? "")
        process.arguments = [script.path, folder.path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    private func read(_ path: String) throws -> (messages: [ImportedMessage], report: ImportReport) {
        var messages: [ImportedMessage] = []
        let report = try ROS2Bag(path: path).read { messages.append($0) }
        return (messages, report)
    }

    @Test(
        "What rosbags and mcap-ros2-support write, in SQLite and MCAP, becomes the same messages of ours",
        .enabled(if: python != nil, "SEMALIGN_PYTHON names no interpreter"))
    func writtenByPython() throws {
        let folder = try TemporaryFolder()
        try write(folder)
        let sqlite = try read(folder.file("sqlite"))
        for other in [
            "sqlite/sqlite.db3", "mcap", "ros2.mcap", "sqlite_file", "sqlite_file/sqlite_file.db3.zstd",
            "mcap_file", "mcap_file/mcap_file.mcap.zstd", "sqlite_message", "mcap_message", "split",
        ] {
            #expect(ROS2Bag.isOne(folder.file(other)))
            #expect(Set(try read(folder.file(other)).messages) == Set(sqlite.messages), "\(other)")
        }
        #expect(sqlite.messages.count == 35 && sqlite.report.messages == 35)
        #expect(Array(sqlite.report.leftOut.values) == [5])
        #expect(sqlite.report.leftOut.keys.first?.contains("/words: messages of type std_msgs") == true)
        try check(frame: 3, of: sqlite.messages)
        var chosen: [String] = []
        _ = try ROS2Bag(path: folder.file("mcap")).read(TopicFilter(included: ["*/depth"])) {
            chosen.append($0.topic)
        }
        #expect(chosen == Array(repeating: "/cam/depth", count: 5))
    }

    @Test(
        "The parts of a recording are read in the order of its description, or merged by time where each is named",
        .enabled(if: python != nil, "SEMALIGN_PYTHON names no interpreter"))
    func parts() throws {
        let folder = try TemporaryFolder()
        try write(folder)
        let whole = try read(folder.file("sqlite")).messages
        let split = try read(folder.file("split"))
        #expect(split.messages == whole)
        #expect(split.report.notes.count == 1 && split.report.notes[0].contains("lost.db3"))
        var merged: [ImportedMessage] = []
        let report = try ROS2Bag.read(
            ["part_b", "mcap_file", "part_a"].map { try ROS2Bag(path: folder.file($0)) }
        ) { merged.append($0) }
        #expect(report.messages == 70)
        #expect(merged.map(\.logTime) == merged.map(\.logTime).sorted())
        #expect(
            merged.filter { $0.topic == "/cam/depth" }
                == whole.flatMap { message in
                    message.topic == "/cam/depth" ? [message, message] : []
                })
    }

    @Test(
        "A compressed bag that is cut or damaged is refused, and nothing of it stays behind",
        .enabled(if: python != nil, "SEMALIGN_PYTHON names no interpreter"))
    func damagedCompression() throws {
        let folder = try TemporaryFolder()
        try write(folder)
        let bytes = [UInt8](
            try Data(contentsOf: URL(filePath: folder.file("sqlite_file/sqlite_file.db3.zstd"))))
        try folder.write("cut.db3.zstd", Array(bytes.dropLast(9)))
        // A bit of the frame's header that must be 0: without a checksum not every other is found out.
        try folder.write("flipped.db3.zstd", bytes.enumerated().map { $0 == 4 ? $1 ^ 0x08 : $1 })
        for name in ["cut.db3.zstd", "flipped.db3.zstd"] {
            #expect(throws: ImportError.self, "\(name)") { try read(folder.file(name)) }
        }
        func expandedPath() throws -> String {
            let copy = try ExpandedFile(folder.file("sqlite_file/sqlite_file.db3.zstd"))
            let path = copy.path
            #expect(try Data(contentsOf: URL(filePath: path)).count > bytes.count)
            return path
        }
        #expect(!FileManager.default.fileExists(atPath: try expandedPath()))
    }

    private func check(frame: Int, of messages: [ImportedMessage]) throws {
        let stamp = 1_700_000_000_000_000_000 + UInt64(frame) * 100_000_000
        func payload(_ topic: String) throws -> [UInt8] {
            try #require(messages.first { $0.topic == topic && $0.logTime == stamp + 7 }).payload
        }
        let image = try RawImageMessage(decoding: payload("/cam/image_raw"))
        #expect(image.timestamp == stamp && image.frameID == "optical" && image.encoding == .bgr8)
        #expect(image.data == (0..<24).map { UInt8($0 + frame) })
        let depth = try RawImageMessage(decoding: payload("/cam/depth"))
        #expect(depth.encoding == .depthMillimetres)
        #expect(depth.data == (frame..<frame + 8).flatMap { [UInt8($0), 0] })
        let inverse = try RawImageMessage(decoding: payload("/cam/inverse")).depth().values
        #expect(inverse.last == 0)
        for (index, metres) in inverse.dropLast().enumerated() {
            let truth = Float(1 + frame + index)
            #expect(abs(metres - truth) < 1e-4 * truth * truth)
        }
        let runs = try RawImageMessage(decoding: payload("/cam/rvl"))
        #expect(runs.encoding == .depthMillimetres && runs.size == ImageSize(width: 4, height: 2))
        #expect(
            runs.data
                == [0, 0, 700 + UInt16(frame), 65535, 1, 0, 4000, 0].flatMap {
                    [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)]
                })
        let picture = try CompressedImageMessage(decoding: payload("/cam/compressed"))
        #expect(try ImageDecoder.mask(picture.data.span).labels == [0, 1, 2, 3, 0, 1, 2, 3])
        let camera = try CalibrationMessage(decoding: payload("/cam/info"))
        #expect(camera.intrinsics?.focalLength == [500, 510] && camera.distortion.model == .plumbBob)
        let cloud = try RawImageMessage(decoding: payload("/cam/points"))
        #expect(cloud.size == ImageSize(width: 4, height: 2) && cloud.encoding == .depthMetres)
        let first = Float(bitPattern: cloud.data.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) })
        #expect(first == Float(frame))
    }

    @Test("What is no bag of ROS 2 is refused with its reason")
    func refusals() throws {
        let folder = try TemporaryFolder()
        try folder.write("text.db3", Array("not a database".utf8))
        try folder.write("empty.db3", [])
        try folder.write("packed/bag_0.db3.zstd", [1])
        try folder.write("nothing/readme.txt", [1])
        for (path, reason) in [
            ("text.db3", "not a database"), ("empty.db3", "no such table"), ("packed", "zstd data"),
            ("nothing", "no .db3 or .mcap"), ("absent", "no such file"),
        ] {
            do {
                _ = try read(folder.file(path))
                Issue.record("\(path) was read")
            } catch {
                #expect("\(error)".contains(reason), "\(error)")
            }
        }
    }

    @Test("Files of a bag are read in the order of their numbers")
    func order() throws {
        let folder = try TemporaryFolder()
        for number in [10, 9, 0] { try folder.write("bag_\(number).db3", []) }
        #expect(try ROS2Bag(path: folder.path).files == [0, 9, 10].map { folder.file("bag_\($0).db3") })
    }
}
