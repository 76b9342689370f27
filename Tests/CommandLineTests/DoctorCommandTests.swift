// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct DoctorCommandTests {
    private func named(_ outcome: Program.Outcome) throws -> [String] {
        let findings = try #require(try outcome.object()["findings"] as? [[String: String]])
        return findings.filter { ["problem", "warning"].contains($0["verdict"]) }.compactMap { $0["name"] }
    }

    @Test("The machine is looked at, each finding with what was found")
    func machine() throws {
        let outcome = try Program.run("doctor", "--json")
        #expect([0, 1].contains(outcome.status))
        let findings = try #require(try outcome.object()["findings"] as? [[String: String]])
        #expect(findings.count > 8 && findings.allSatisfy { $0["found"]?.isEmpty == false })
        #expect(try named(outcome).isEmpty == (outcome.status == 0))
    }

    @Test("A simulated bag is sound, with its class and without one")
    func soundBag() throws {
        let mugs = try SimulatedMugs.shared.get()
        for options in [["-r", mugs.representation], []] {
            let outcome = try Program.run(["doctor", "--bag", mugs.bag, "--json"] + options)
            #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
            #expect(try named(outcome).isEmpty)
        }
    }

    @Test(
        "A mistake in a bag is named, and nothing else",
        .enabled(if: Python.isNamed, "SEMALIGN_PYTHON does not name an interpreter"),
        arguments: [
            "depth_unit", "scale", "intrinsics_resolution", "intrinsics_swapped", "depth_registration",
            "mask_flipped", "stamps_clock", "rates", "features_model", "features_crop",
        ])
    func spoiledBag(mistake: String) throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        try Python.generateMessages(into: folder.path("."))
        let spoiler = try Python.start(
            "../spoil-bag", [mistake, mugs.bag, folder.path("spoiled.mcap")], messages: folder.path("."))
        let spoiled = try spoiler.finish()
        try #require(spoiled.status == 0, "\(spoiled.errors)")
        let outcome = try Program.run(
            "doctor", "--bag", folder.path("spoiled.mcap"), "-r", mugs.representation, "--json")
        #expect(try named(outcome) == [mistake], "\(outcome.output)")
        #expect(outcome.status == 1)
    }

    @Test("The example calibration is sound, a wrong one is said to be odd, a broken one is refused by line")
    func calibration() throws {
        let folder = try TemporaryFolder()
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let example = root.appending(path: "calibration/example_rgbd.yaml")
        #expect(try Program.run("calibration", "check", example.path).status == 0)
        let text = try String(contentsOf: example, encoding: .utf8)
        try text.replacing("image_width: ", with: "image_width: 1").write(
            toFile: folder.path("odd.yaml"), atomically: true, encoding: .utf8)
        let odd = try Program.run("calibration", "check", folder.path("odd.yaml"))
        #expect(odd.status == 1 && odd.output.contains("principal_point"), "\(odd.output) \(odd.errors)")
        try "image_width: no".write(toFile: folder.path("broken.yaml"), atomically: true, encoding: .utf8)
        #expect(try Program.run("calibration", "check", folder.path("broken.yaml")).status == 78)
    }
}
