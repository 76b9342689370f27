// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignCore
import SemAlignDatasets
import SemAlignImages
import Testing

@Suite struct DatasetWriterTests {
    private let size = ImageSize(width: 12, height: 8)

    private func frame(_ id: String, isMetric: Bool = true, x: Double = 3.25) -> DatasetFrame {
        var labels = [UInt8](repeating: 0, count: 96)
        for index in 30..<40 { labels[index] = 2 }
        labels[50] = 1
        let depth = (0..<96).map { $0 == 7 ? 0 : Float($0 + 500) / 1000 }
        let observation = Observation(
            timestamp: 1_700_000_000_123_456_789, frameID: "camera", imageSize: size,
            intrinsics: CameraIntrinsics(focalLength: [100.5, 101], principalPoint: [5.5, 3.5]),
            depth: DepthImage(size: size, values: depth, isMetric: isMetric),
            mask: ObjectMask(size: size, labels: labels), instance: 2,
            features: FeatureMap(
                rows: 2, columns: 3, channels: 2, values: (0..<12).map { Float16($0) / 7 },
                region: PixelRegion(minimum: [-1, 0.5], maximum: [11, 8.5]), model: ""))
        let pixels = (0..<288).map { UInt8(truncatingIfNeeded: $0 * 37) }
        return DatasetFrame(
            id: id, split: "trn", instance: "one", run: "r", observation: observation,
            picture: ColorImage(size: size, pixels: pixels),
            boundingBox: PixelRegion(minimum: [1, 2], maximum: [9, 7]),
            keypoints: [
                KeypointAnnotation(pixel: [x, 4], isVisible: true, position: [0.1, -0.25, 0.7]), nil,
                KeypointAnnotation(pixel: [-2, 99], isVisible: false, position: nil),
            ])
    }

    private func write(_ frames: [DatasetFrame], to folder: String, jpegQuality: Int? = nil) throws {
        var writer = try DatasetWriter(
            folder: folder, className: "a \"quoted\" class\n", keypointNames: ["left", "mid", "right"],
            flip: [2, 1, 0], skeleton: [[0, 1], [1, 2]],
            configuration: DatasetWriter.Configuration(jpegQuality: jpegQuality))
        for frame in frames { try writer.append(frame) }
        try writer.finish(pairs: frames.count > 1 ? [ImagePair(source: "a", target: "b")] : [])
    }

    @Test("What is written is read back")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        try write([frame("a"), frame("b")], to: folder.path + "/deep/er")
        let dataset = try AnnotatedDataset(contentsOf: folder.path + "/deep/er")
        #expect(dataset.className == "a \"quoted\" class\n" && dataset.flip == [2, 1, 0])
        #expect(dataset.skeleton == [[0, 1], [1, 2]] && dataset.images.map(\.id) == ["a", "b"])
        #expect(dataset.pairs == [ImagePair(source: "a", target: "b")])

        let written = frame("a")
        let image = dataset.images[0]
        #expect(image.keypoints == written.keypoints && image.boundingBox == written.boundingBox)
        #expect(try dataset.colorImage(of: image) == written.picture)
        let read = try dataset.observation(of: image)
        #expect(read.mask == written.observation.mask && read.instance == 2)
        #expect(read.features == written.observation.features && read.depth == written.observation.depth)
        #expect(read.intrinsics == written.observation.intrinsics)
        #expect(read.timestamp == written.observation.timestamp)
    }

    @Test("Relative depth keeps its order and its holes")
    func relativeDepth() throws {
        let folder = try TemporaryFolder()
        try write([frame("a", isMetric: false)], to: folder.path)
        let dataset = try AnnotatedDataset(contentsOf: folder.path)
        let depth = try #require(try dataset.observation(of: dataset.images[0]).depth)
        #expect(!depth.isMetric && depth.values[7] == 0 && depth.values[95] == 65535)
        #expect(abs(depth.values[8] / depth.values[95] - 508 / 595) < 1e-4)
    }

    @Test("The same frames give the same bytes", arguments: [nil, 90] as [Int?])
    func determinism(jpegQuality: Int?) throws {
        let folder = try TemporaryFolder()
        for name in ["one", "two"] {
            try write([frame("a")], to: "\(folder.path)/\(name)", jpegQuality: jpegQuality)
        }
        let picture = jpegQuality == nil ? "png" : "jpg"
        for name in ["dataset.json", "images/a.\(picture)", "depth/a.png", "masks/a.png", "features/a.npy"] {
            let one = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/one/\(name)"))
            #expect(try one == Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/two/\(name)")))
        }
    }

    @Test("An id twice, an id that is no file name and a coordinate that is no number are refused")
    func refusals() throws {
        let folder = try TemporaryFolder()
        #expect(throws: DatasetError.self) { try write([frame("a"), frame("a")], to: folder.path + "/1") }
        #expect(throws: DatasetError.self) { try write([frame("../a")], to: folder.path + "/2") }
        #expect(throws: DatasetError.self) { try write([frame("a", x: .nan)], to: folder.path + "/3") }
    }

    @Test("A dataset that exists is not overwritten")
    func existing() throws {
        let folder = try TemporaryFolder()
        try write([frame("a")], to: folder.path)
        #expect(
            throws: DatasetError.unwritable(
                path: folder.path + "/dataset.json", reason: "it exists; choose another folder")
        ) { try write([frame("a")], to: folder.path) }
    }

    @Test("A file that does not fit its picture, or is missing, is named")
    func mismatches() throws {
        let folder = try TemporaryFolder()
        try write([frame("a")], to: folder.path)
        let dataset = try AnnotatedDataset(contentsOf: folder.path)
        let mask = ObjectMask(size: ImageSize(width: 3, height: 2), labels: [0, 0, 1, 1, 0, 0])
        let maskPath = URL(fileURLWithPath: folder.path + "/masks/a.png")
        try Data(try ImageEncoder.png(mask)).write(to: maskPath)
        #expect(
            throws: DatasetError.mismatch(
                image: "a", key: "mask", found: "3×2", expected: "the picture's size, 12×8")
        ) { try dataset.observation(of: dataset.images[0]) }
        try FileManager.default.removeItem(at: maskPath)
        #expect(
            throws: DatasetError.unreadableFile(
                image: "a", key: "mask", path: "masks/a.png", reason: "No such file or directory")
        ) { try dataset.trainingView(of: dataset.images[0]) }
    }
}
