// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignCore
import SemAlignImages
import Testing

@testable import SemAlignDatasets

@Suite struct BenchmarkTests {
    private static let size = ImageSize(width: 40, height: 20)

    private func frame(_ id: String, split: String, shift: Double, hidden: Int? = nil) -> DatasetFrame {
        let area = Self.size.width * Self.size.height
        let observation = Observation(
            timestamp: 0, frameID: "", imageSize: Self.size, intrinsics: nil,
            depth: DepthImage(
                size: Self.size, values: [Float](repeating: 2, count: area), isMetric: false),
            mask: ObjectMask(size: Self.size, labels: [UInt8](repeating: 1, count: area)), instance: 1,
            features: FeatureMap(
                rows: 2, columns: 2, channels: 2, values: [Float16](repeating: 1, count: 8),
                region: PixelRegion(Self.size), model: ""))
        return DatasetFrame(
            id: id, split: split, instance: id, run: nil, observation: observation,
            picture: ColorImage(size: Self.size, color: SIMD3(9, 90, 200)),
            boundingBox: PixelRegion(minimum: [4, 5], maximum: [24 + shift, 15]),
            keypoints: (0..<4).map { index in
                KeypointAnnotation(
                    pixel: [Double(2 * index) + shift, 3], isVisible: index != hidden, position: nil)
            })
    }

    /// A category of two test images.
    private func write(_ layout: BenchmarkLayout, category: String, to folder: String) throws {
        var writer = try BenchmarkWriter(root: folder, layout: layout, category: category)
        try writer.append(frame("a-1", split: "test", shift: 1, hidden: 3))
        try writer.append(frame("b-2", split: "test", shift: 2.5, hidden: 0))
        try writer.finish()
    }

    @Test("Each layout is recognised and reads back what was written", arguments: BenchmarkLayout.allCases)
    func roundTrip(layout: BenchmarkLayout) throws {
        let folder = try TemporaryFolder()
        try write(layout, category: "chair", to: folder.path)
        #expect(BenchmarkLayout.detect(at: folder.path) == layout)
        let benchmark = try Benchmark(at: folder.path + "/")
        #expect(try benchmark.categories(inSplit: "test") == ["chair"])
        let category = try benchmark.category("chair", split: "test")
        #expect(category.dataset.images.map(\.id) == ["a_1", "b_2"])
        #expect(category.pairs.count == 2)
        let pair = try #require(category.pairs.first { $0.source == "a_1" })
        #expect(pair.target == "b_2")
        // PF-Pascal's share is of the image, the others' of the target's box.
        #expect(pair.thresholdSide == (layout == .pfPascal ? 40 : 22.5))
        // Keypoint 0 is hidden in the target: it is listed without a place, but not in PF-Pascal's own lists.
        let known = pair.points.filter { $0.target != nil }
        #expect(known.map(\.source) == [[3, 3], [5, 3]] && known.map(\.target) == [[4.5, 3], [6.5, 3]])
        #expect(pair.points.count == (layout == .pfPascal ? 2 : 3))
        #expect(known.map(\.keypoint) == [1, 2])
        let image = category.dataset.images[0]
        let observation = try category.dataset.observation(of: image)
        #expect(observation.imageSize == Self.size && observation.depth?.isMetric == false)
        #expect(observation.mask.area(of: 1) == 800)
        // The image is 40×20; padded to a square it reaches 10 pixels beyond both long sides.
        #expect(observation.features.region == PixelRegion(minimum: [0, -10], maximum: [40, 30]))
        #expect(image.visiblePixels[3] == nil)
    }

    @Test("SPair's pair files decide which keypoints count where that is asked for")
    func pairKeypoints() throws {
        let folder = try TemporaryFolder()
        try write(.spair, category: "bottle", to: folder.path)
        var options = BenchmarkOptions()
        options.pairKeypoints = .pair
        let category = try Benchmark(at: folder.path, options: options).category("bottle", split: "test")
        #expect(category.pairs.map(\.points.count) == [2, 2])
        // 0-1 and 2-3 are pairs of a bottle's sides; all four keypoints are shown by some image.
        #expect(category.geometryGroups == [[0, 1], [2, 3]] && category.dataset.flip == [1, 0, 3, 2])
    }

    @Test("Dummy numbers of SPair's bicycle leave the others in their groups")
    func renumbering() throws {
        let symmetry = try #require(KeypointSymmetry.spair["bus"])
        // Numbers 8 and 9 do not occur: names keep 10, 13, 20 and 23 together.
        let names = (0..<30).filter { $0 != 8 && $0 != 9 }.map { "\($0)" }
        let group = try #require(symmetry.groups(names).first { $0.contains(8) })
        #expect(group.map { names[$0] } == ["10", "13", "20", "23"])
        let flip = try #require(symmetry.flip(names))
        #expect(flip.indices.allSatisfy { flip[flip[$0]] == $0 })
        for symmetry in KeypointSymmetry.spair.values {
            let all = (0..<30).map { "\($0)" }
            let flip = try #require(symmetry.flip(all))
            #expect(flip.indices.allSatisfy { flip[flip[$0]] == $0 })
        }
    }

    @Test("AP-10K's visibility 1 keeps its coordinates, and halves them in the square where code is repeated")
    func visibilityTrap() throws {
        let folder = try TemporaryFolder()
        try write(.ap10k, category: "fox", to: folder.path)
        let path = folder.path + "/ImageAnnotation/simulated/fox/a_1.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("3.0, 3.0, 2"))
        try text.replacingOccurrences(of: "3.0, 3.0, 2", with: "3.0, 3.0, 1").write(
            toFile: path, atomically: true, encoding: .utf8)
        func pixel(_ options: BenchmarkOptions) throws -> SIMD2<Double>? {
            let category = try Benchmark(at: folder.path, options: options).category("fox", split: "test")
            return category.dataset.image(id: "a_1")?.visiblePixels[1]
        }
        #expect(try pixel(BenchmarkOptions()) == [3, 3])
        var strict = BenchmarkOptions()
        strict.repeatsVisibilityTrap = true
        // 840 / 40 = 21 pixels of the square a pixel, 210 of padding above: (63, 273) becomes (31.5, 136.5).
        #expect(try pixel(strict) == [1.5, (136.5 - 210) / 21])
    }

    @Test("Names that lead out of the folder, and what is not there, are named")
    func refusals() throws {
        let folder = try TemporaryFolder()
        #expect(throws: DatasetError.self) { try Benchmark(at: folder.path) }
        try write(.ap10k, category: "fox", to: folder.path)
        let benchmark = try Benchmark(at: folder.path)
        #expect(throws: DatasetError.self) { try benchmark.category("fox", split: "../..") }
        let path = folder.path + "/PairAnnotation/test/a_1-b_2:fox.json"
        try """
        {"src_json_path": "ImageAnnotation/../../x.json", "trg_json_path": "ImageAnnotation/simulated/fox/b_2.json"}
        """.write(toFile: path, atomically: true, encoding: .utf8)
        #expect {
            try benchmark.category("fox", split: "test")
        } throws: {
            "\($0)".contains("inside the benchmark's folder")
        }
        #expect(throws: DatasetError.self) {
            try BenchmarkWriter(root: folder.path, layout: .ap10k, category: "fox")
        }
        #expect(throws: DatasetError.self) {
            try BenchmarkWriter(root: folder.path, layout: .pfPascal, category: "fox")
        }
    }
}
