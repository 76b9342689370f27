// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignCore
import SemAlignImages
import Testing

@testable import SemAlignDatasets

@Suite struct MaskChoiceTests {
    private static let size = ImageSize(width: 40, height: 20)

    /// A dataset of one image whose mask shows a large object on the left and a small one on the right.
    private func choice(colors: [SIMD3<UInt8>]?, box: PixelRegion?) throws -> MaskChoice {
        let folder = try TemporaryFolder()
        var picture = ColorImage(size: Self.size, color: .zero)
        var labels = [UInt8](repeating: 0, count: 800)
        for (number, (columns, rows)) in [(2..<22, 2..<18), (28..<36, 5..<15)].enumerated() {
            for row in rows {
                for column in columns {
                    labels[row * 40 + column] = UInt8(number + 3)
                    if let colors { picture[column, row] = colors[number] }
                }
            }
        }
        let mask = ObjectMask(size: Self.size, labels: labels)
        let file = try colors == nil ? ImageEncoder.png(mask) : ImageEncoder.png(picture)
        try Data(file).write(to: URL(filePath: folder.path + "/mask.png"))
        try Data(ImageEncoder.png(picture)).write(to: URL(filePath: folder.path + "/image.png"))
        let boxText = box.map {
            "[\($0.minimum.x), \($0.minimum.y), \($0.maximum.x), \($0.maximum.y)]"
        }
        let text = """
            {"class_name": "thing", "keypoint_names": ["a"], "flip": null,
             "images": [{"id": "one", "split": "trn", "instance": "x", "image": "image.png", "mask": "mask.png",
                         "bbox": \(boxText ?? "null"), "depth": null, "features": null, "crop": null, "intrinsics": null, "keypoints": {}}]}
            """
        try Data(text.utf8).write(to: URL(filePath: folder.path + "/dataset.json"))
        let dataset = try AnnotatedDataset(contentsOf: folder.path)
        return try dataset.maskChoice(of: dataset.images[0])
    }

    @Test("The object is the one whose box is the annotated one, and without a box the largest")
    func box() throws {
        let right = PixelRegion(minimum: [27, 4], maximum: [37, 16])
        let small = try choice(colors: nil, box: right)
        #expect(small.instance == 4 && small.labelCount == 2 && small.color == nil)
        #expect(small.note == "label 4 of 2")
        #expect(try choice(colors: nil, box: nil).instance == 3)
    }

    @Test("Colours are taken as objects, and it is said which one was")
    func colors() throws {
        let right = PixelRegion(minimum: [27, 4], maximum: [37, 16])
        let voc = try choice(colors: [[64, 128, 128], [192, 0, 0]], box: right)
        #expect(voc.instance == 9 && voc.note == "colour #c00000 of 2")
        let other = try choice(colors: [[255, 0, 0], [0, 255, 4]], box: right)
        #expect(other.instance == 2 && other.note == "colour #00ff04 of 2")
        #expect(other.mask.area(of: 2) == 80)
    }
}
