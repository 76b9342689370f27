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

    @Test("align takes the files of one image, and answers as for the same image of a dataset")
    func alignsFiles() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let images = (mugs.dataset as NSString).deletingLastPathComponent
        let entry = try image("seen-0001", of: mugs.dataset)
        let camera = try #require(entry["intrinsics"] as? [String: Double])
        try calibration(camera).write(toFile: folder.path("camera.yaml"), atomically: true, encoding: .utf8)
        func file(_ key: String) throws -> String { "\(images)/\(try #require(entry[key] as? String))" }
        let crop = (entry["crop"] as? [Double])?.map { "\($0)" }.joined(separator: ",")
        let files =
            [
                "align", "-r", mugs.representation, "--image", try file("image"), "--features",
                try file("features"), "--json",
            ] + (crop.map { ["--crop", $0] } ?? [])
        let measured = ["--mask", try file("mask"), "--camera", folder.path("camera.yaml"), "--depth"]
        let answer = try Program.run(
            files + measured + [try file("depth"), "--overlay", folder.path("answer.png")])
        #expect(answer.status == 0, "\(answer.errors)")
        let whole = try Program.succeed(
            "align", mugs.dataset, "--image", "seen-0001", "-r", mugs.representation, "--json")
        #expect(try positions(answer) == positions(whole))
        #expect(try folder.data("answer.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
        // With the picture and its features alone there are no metres.
        let bare = try Program.run(files)
        #expect(bare.status == 0 && bare.errors.isEmpty, "\(bare.errors)")
        #expect(try bare.object()["metric"] as? Bool == false)
        // What is missing or does not fit is named.
        let none = try Program.run(files + ["--mask", "/never.png"])
        #expect(none.status == 66 && none.errors.contains("/never.png"))
        let wrong = try Program.run(files + ["--camera", images + "/dataset.json"])
        #expect(wrong.status == 78 && wrong.errors.contains("image_width"))
    }

    private func image(_ id: String, of dataset: String) throws -> [String: Any] {
        let text = try Data(contentsOf: URL(filePath: dataset))
        let content = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        let images = try #require(content["images"] as? [[String: Any]])
        return try #require(images.first { $0["id"] as? String == id })
    }

    private func positions(_ answer: Program.Outcome) throws -> [[Double]] {
        let keypoints = try #require(try answer.object()["keypoints"] as? [[String: Any]])
        return keypoints.compactMap { $0["position"] as? [Double] }
    }

    /// A calibration file with a dataset's intrinsics.
    private func calibration(_ camera: [String: Double]) -> String {
        let number = { (name: String) in camera[name] ?? 0 }
        let matrix =
            "\(number("fx")), 0.0, \(number("cx")), 0.0, \(number("fy")), \(number("cy")), 0.0, 0.0, 1.0"
        return """
            image_width: \(Int(number("width")))
            image_height: \(Int(number("height")))
            camera_name: test
            camera_matrix: {rows: 3, cols: 3, data: [\(matrix)]}
            distortion_model: plumb_bob
            distortion_coefficients: {rows: 1, cols: 5, data: [0.0, 0.0, 0.0, 0.0, 0.0]}
            rectification_matrix: {rows: 3, cols: 3, data: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]}
            projection_matrix: {rows: 3, cols: 4, data: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]}
            """
    }

    @Test("adamw follows the schedule that it is told, and leaves out the terms that it is told to")
    func schedules() throws {
        let mugs = try SimulatedMugs.shared.get()
        let place = { (options: [String]) throws -> Double in
            let answer = try Program.run(
                [
                    "align", mugs.dataset, "--image", "seen-0001", "-r", mugs.representation, "--solver",
                    "adamw", "--starts", "1", "--json",
                ] + options)
            #expect(answer.status == 0, "\(answer.errors)")
            let keypoints = try #require(try answer.object()["keypoints"] as? [[String: Any]])
            return try #require((keypoints[0]["position"] as? [Double])?.first)
        }
        let short = ["--steps", "50"]
        let plain = try place(short)
        #expect(try place(short) == plain)
        #expect(try place(["--schedule", "metric"] + short) == plain)
        #expect(try place(["--schedule", "published"] + short) != plain)
        #expect(try place(["--without", "geometry", "--without", "background"] + short) != plain)
        #expect(try place(["--set", "sigma_dense={0: 0.5, 1000: 0.05}"] + short) != plain)
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
