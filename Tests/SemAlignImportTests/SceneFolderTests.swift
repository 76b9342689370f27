// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignCore
import SemAlignImages
import SemAlignMessages
import Testing

@testable import SemAlignImport

/// A folder that is gone when the test is over.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "semalign-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let url = URL(filePath: file(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }
}

@Suite struct SceneFolderTests {
    private static let size = ImageSize(width: 4, height: 3)

    private func folder(_ names: [String], suffix: String = "png") throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let picture = try ImageEncoder.png(ColorImage(size: Self.size, color: [9, 8, 7]))
        let mask = try ImageEncoder.png(
            ObjectMask(size: Self.size, labels: [UInt8](repeating: 255, count: 12)))
        let depth = try ImageEncoder.png(
            [UInt16](repeating: 700, count: 12), size: Self.size)
        for name in names {
            try folder.write("rgb/\(name).\(suffix)", picture)
            try folder.write("depth/\(name).png", depth)
            try folder.write("masks/\(name).png", mask)
        }
        try folder.write("cam_K.txt", Array("600 0 1.5\n0 610 1\n0 0 1\n".utf8))
        return folder
    }

    private func messages(_ folder: TemporaryFolder, _ report: inout ImportReport) throws -> [ImportedMessage]
    {
        let scene = try SceneFolder(path: folder.path)
        var all: [ImportedMessage] = []
        for (index, stamp) in scene.stamps(rate: 10).enumerated() {
            all += scene.messages(ofFrame: index, stamp: stamp, report: &report)
        }
        return all
    }

    @Test("Every frame gives camera, image, depth and mask under one stamp")
    func frames() throws {
        let folder = try folder(["0", "1", "10", "2"])
        #expect(SceneFolder.isOne(folder.path))
        var report = ImportReport()
        let messages = try messages(folder, &report)
        #expect(messages.count == 16 && report.messages == 16 && report.leftOut.isEmpty)
        #expect(
            messages.prefix(4).map(\.topic) == [
                "/camera/color/camera_info", "/camera/color/image", "/camera/depth/image", "/perception/mask",
            ])
        #expect(Set(messages.map(\.logTime)) == Set((0..<4).map { 1_000_000_000 + $0 * 100_000_000 }))
        let camera = try CalibrationMessage(decoding: messages[0].payload)
        #expect(camera.size == Self.size && camera.intrinsics?.principalPoint == [1.5, 1])
        let depth = try CompressedImageMessage(decoding: messages[2].payload)
        #expect(try ImageDecoder.depthUnits(depth.data.span).values.allSatisfy { $0 == 700 })
        let mask = try CompressedImageMessage(decoding: messages[3].payload)
        #expect(try ImageDecoder.mask(mask.data.span).labels.allSatisfy { $0 == 255 })
    }

    @Test("Names that are times in nanoseconds are the stamps")
    func stamps() throws {
        let names = ["1581120424100262102", "1581120424148532296"]
        let (timed, numbered) = (try folder(names), try folder(["a", "b"]))
        let scene = try SceneFolder(path: timed.path)
        #expect(scene.stamps(rate: 30) == names.compactMap { UInt64($0) })
        #expect(try SceneFolder(path: numbered.path).stamps(rate: 2).last == 1_500_000_000)
    }

    @Test("A coloured mask is one instance; what is missing or damaged is left out and named")
    func oddities() throws {
        let folder = try folder(["0", "1"])
        try folder.write("masks/0.png", try ImageEncoder.png(ColorImage(size: Self.size, color: [0, 5, 0])))
        try folder.write("depth/0.png", [1, 2, 3])
        try FileManager.default.removeItem(atPath: folder.file("masks/1.png"))
        var report = ImportReport()
        let messages = try messages(folder, &report)
        #expect(messages.count == 6)
        #expect(report.leftOut.keys.contains { $0.hasPrefix("depth/0.png") })
        let mask = try #require(messages.first { $0.topic == "/perception/mask" })
        #expect(try RawImageMessage(decoding: mask.payload).data.allSatisfy { $0 == 1 })
    }

    @Test("A camera matrix that is none, and a folder without pictures, are refused")
    func refusals() throws {
        let folder = try folder(["0"])
        try folder.write("cam_K.txt", Array("1 2 3".utf8))
        #expect(throws: ImportError.self) { try SceneFolder(path: folder.path) }
        #expect(throws: ImportError.self) { try SceneFolder(path: folder.path + "/absent") }
    }
}
