// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignDatasets
import Testing

@Suite struct AnnotatedDatasetTests {
    private static let image = """
        {"id": "a", "split": "trn", "instance": "i", "image": "a.png", "depth": null, "depth_scale": null,
         "mask": null, "features": null, "crop": null, "intrinsics": null, "bbox": [0, 0, 4, 3],
         "keypoints": {"tip": {"x": 1, "y": 2.5, "visible": true}, "tail": {"x": 3, "y": 0, "visible": false,
         "xyz": [0.1, 0, 1]}}}
        """
    private static let text = """
        {"class_name": "arrow", "keypoint_names": ["tip", "tail", "barb"], "flip": null, "remark": "any",
         "images": [\(image)]}
        """

    private func read(_ text: String) throws -> AnnotatedDataset {
        let folder = try TemporaryFolder()
        return try AnnotatedDataset(contentsOf: folder.write(text, to: "dataset.json"))
    }

    @Test("A small file gives its values, in the order of the keypoint names")
    func values() throws {
        let dataset = try read(Self.text)
        #expect(dataset.className == "arrow" && dataset.skeleton.isEmpty && dataset.pairs.isEmpty)
        let image = try #require(dataset.images.first)
        #expect(image.visiblePixels == [[1, 2.5], nil, nil])
        #expect(image.keypoints[1]?.position == [0.1, 0, 1] && image.keypoints[2] == nil)
        #expect(image.boundingBox?.maximum == [4, 3] && image.crop == nil && image.timestamp == nil)
    }

    @Test(
        "A mistake is named by image and key",
        arguments: [
            ("\"arrow\"", "\"\"", nil, "class_name"),
            ("[\"tip\", \"tail\", \"barb\"]", "[\"tip\", \"tip\"]", nil, "keypoint_names"),
            ("\"flip\": null", "\"flip\": [1, 2, 0]", nil, "flip"),
            ("\"flip\": null", "\"flip\": [0, 1]", nil, "flip"),
            ("\"flip\": null", "\"skeleton\": [[0, 3]]", nil, "skeleton"),
            ("\"flip\": null", "\"pairs\": [[\"a\", \"b\"]]", nil, "pairs"),
            ("\"class_name\"", "\"klass\"", nil, "class_name"),
            ("\"split\": \"trn\"", "\"split\": 3", "a", "split"),
            ("\"split\": \"trn\", ", "", "a", "split"),
            ("\"image\": \"a.png\"", "\"image\": \"/a.png\"", "a", "image"),
            ("\"depth_scale\": null", "\"depth_scale\": 0", "a", "depth_scale"),
            ("\"crop\": null", "\"crop\": [1, 2, 1, 3]", "a", "crop"),
            ("[0, 0, 4, 3]", "[0, 0, 4]", "a", "bbox"),
            ("\"x\": 1,", "\"x\": \"left\",", "a", "keypoints.tip.x"),
            ("\"visible\": true", "\"visible\": 1", "a", "keypoints.tip.visible"),
            ("[0.1, 0, 1]", "[0.1, 0]", "a", "keypoints.tail.xyz"),
            ("\"tail\": {", "\"tali\": {", "a", "keypoints"),
            ("\"id\": \"a\"", "\"id\": null", "number 1", "id"),
            ("\"mask\": null", "\"stamp_ns\": -4", "a", "stamp_ns"),
            (
                "\"intrinsics\": null",
                "\"intrinsics\": {\"fx\": -1, \"fy\": 1, \"cx\": 0, \"cy\": 0, \"width\": 4, \"height\": 3}",
                "a",
                "intrinsics"
            ),
        ] as [(String, String, String?, String)])
    func mistakes(part: String, replacement: String, image: String?, key: String) throws {
        let text = Self.text.replacing(part, with: replacement)
        #expect(text != Self.text)
        let error = #expect(throws: DatasetError.self) { try read(text) }
        guard case .invalid(_, let foundImage, let foundKey, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(foundImage == image && foundKey == key, "\(String(describing: error))")
    }

    @Test("An id that occurs twice, text that is no JSON and a missing file are refused")
    func refusals() throws {
        let twice = Self.text.replacing(Self.image, with: Self.image + "," + Self.image)
        #expect(throws: DatasetError.self) { try read(twice) }
        let cut = #expect(throws: DatasetError.self) { try read(String(Self.text.dropLast(9))) }
        guard case .notJSON(_, reason: "Unexpected end of file during JSON parse.")? = cut else {
            Issue.record("\(String(describing: cut))")
            return
        }
        #expect(throws: DatasetError.unreadable(path: "/nowhere/d.json", reason: "No such file or directory"))
        {
            try AnnotatedDataset(contentsOf: "/nowhere/d.json")
        }
    }

    @Test("Missing files concern their image alone, and say which it is")
    func missingFiles() throws {
        let dataset = try read(Self.text)
        #expect(
            throws: DatasetError.unreadableFile(
                image: "a", key: "image", path: "a.png", reason: "No such file or directory")
        ) { try dataset.observation(of: dataset.images[0]) }
    }
}
