// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct EndToEndTests {
    @Test("The same seed gives the same dataset, bag and representation")
    func isDeterministic() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        try Program.succeed(
            "simulate", "mug", "--output", folder.path("mugs"), "--train", "18", "--test", "3", "--grid",
            "20",
            "--channels", "64", "--video", "\(SimulatedMugs.frames)", "--bag", folder.path("video.mcap"))
        try Program.succeed("build", folder.path("mugs"), "--output", folder.path("mug.semalign"))
        for (name, other) in [
            ("mugs/dataset.json", mugs.dataset), ("video.mcap", mugs.bag),
            ("mug.semalign", mugs.representation),
        ] {
            #expect(try folder.data(name) == Data(contentsOf: URL(filePath: other)), "\(name)")
        }
    }

    @Test("evaluate prints the agreed JSON, tracked and image by image", arguments: [[], ["--track"]])
    func evaluates(options: [String]) throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let outcome = try Program.run(
            [
                "evaluate", mugs.dataset, "--representation", mugs.representation, "--split", "video",
                "--json",
                "--csv", folder.path("rows.csv"),
            ] + options)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let report = try outcome.object()
        #expect(
            Set(report.keys) == [
                "images", "answered", "pck", "nearest", "error_m", "error_visible_m", "floor_m",
                "coverage_95",
                "latency_ms",
            ])
        #expect(report["images"] as? Int == SimulatedMugs.frames)
        #expect(report["answered"] as? Int == SimulatedMugs.frames)
        for name in ["pck", "nearest"] {
            let shares = try #require(report[name] as? [String: Double])
            #expect(Set(shares.keys) == ["0.05", "0.1", "0.2"])
            #expect(shares.values.allSatisfy { (0...1).contains($0) })
        }
        let latency = try #require(report["latency_ms"] as? [String: [String: Any]])
        let warm = try #require(latency["warm"])
        #expect((warm["p50"] is NSNull) == options.isEmpty)
        let rows = try folder.text("rows.csv").split(separator: "\n")
        #expect(rows.count == 1 + SimulatedMugs.frames * 12)
        #expect(rows.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 25 })
    }

    @Test("evaluate without depth and camera still answers, without metres")
    func evaluatesWithLess() throws {
        let mugs = try SimulatedMugs.shared.get()
        let report = try Program.succeed(
            "evaluate", mugs.dataset, "-r", mugs.representation, "--split", "seen", "--json", "--no-depth",
            "--unknown-focal"
        ).object()
        #expect(report["images"] as? Int == 3)
        let error = try #require(report["error_m"] as? [String: Any])
        #expect(error["median"] is NSNull)
    }

    @Test("align prints every keypoint and draws a picture", arguments: ["fast", "adamw"])
    func aligns(solver: String) throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let answer = try Program.succeed(
            "align", mugs.dataset, "--image", "seen-0001", "--representation", mugs.representation,
            "--solver",
            solver, "--starts", "2", "--overlay", folder.path("answer.png"), "--json"
        ).object()
        #expect(answer["state"] as? String == "tracking")
        #expect(answer["metric"] as? Bool == true)
        let keypoints = try #require(answer["keypoints"] as? [[String: Any]])
        #expect(keypoints.count == 12)
        #expect(keypoints.allSatisfy { ($0["covariance"] as? [Double])?.count == 9 })
        #expect(try folder.data("answer.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    @Test("show tells what a representation holds and what it was made of")
    func shows() throws {
        let mugs = try SimulatedMugs.shared.get()
        let content = try Program.succeed("show", mugs.representation, "--json").object()
        #expect(content["class_name"] as? String == "mug")
        #expect((content["keypoint_names"] as? [String])?.count == 12)
        #expect(content["channels"] as? Int == 64)
        let inputs = try #require(content["inputs"] as? [String: String])
        #expect(inputs["mugs/dataset.json"]?.hasPrefix("fnv1a64:") == true)
        #expect(inputs.count == 1 + 4 * 18)
    }

    @Test("build names the images that it leaves out, and why")
    func leavesOut() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(
            atPath: (mugs.dataset as NSString).deletingLastPathComponent, toPath: folder.path("mugs"))
        try FileManager.default.removeItem(atPath: folder.path("mugs/features/trn-0003.npy"))
        let outcome = try Program.succeed(
            "build", folder.path("mugs"), "--output", folder.path("mug.semalign"), "--json")
        let leftOut = try #require(try outcome.object()["left_out"] as? [[String: String]])
        #expect(leftOut.map { $0["id"] } == ["trn-0003"])
        #expect(leftOut.first?["reason"]?.contains("features/trn-0003.npy") == true)
    }

    @Test("A keypoint that no image shows is left out of the class, and said to be")
    func leavesOutKeypoints() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let original = (mugs.dataset as NSString).deletingLastPathComponent
        try FileManager.default.copyItem(atPath: original, toPath: folder.path("mugs"))
        let hidden = try hiding("handle_top", inSplit: "trn", of: folder.data("mugs/dataset.json"))
        try hidden.write(to: folder.url.appending(path: "mugs/dataset.json"))
        let outcome = try Program.succeed(
            "build", folder.path("mugs"), "--output", folder.path("mug.semalign"), "--json")
        #expect(try outcome.object()["keypoints_left_out"] as? [String] == ["handle_top"])
        let evaluation = try Program.succeed(
            "evaluate", folder.path("mugs"), "-r", folder.path("mug.semalign"), "--split", "seen", "--json")
        #expect(evaluation.errors.contains("'handle_top' is not in the representation"))
        #expect(try evaluation.object()["answered"] as? Int == 3)
    }

    /// The dataset's text with a keypoint that is not visible in a split.
    private func hiding(_ name: String, inSplit split: String, of text: Data) throws -> Data {
        var dataset = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        let images = try #require(dataset["images"] as? [[String: Any]])
        dataset["images"] = images.map { image in
            guard image["split"] as? String == split,
                var keypoints = image["keypoints"] as? [String: [String: Any]]
            else { return image }
            keypoints[name]?["visible"] = false
            return image.merging(["keypoints": keypoints]) { $1 }
        }
        return try JSONSerialization.data(withJSONObject: dataset)
    }
}
