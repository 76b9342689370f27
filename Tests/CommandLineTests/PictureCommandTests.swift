// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct PictureCommandTests {
    @Test("show writes four views, points and a page, each of its own form")
    func forms() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        for form in ["png", "ply", "html"] {
            try Program.succeed("show", mugs.representation, "--output", folder.path("mug.\(form)"))
        }
        #expect(try folder.data("mug.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
        let ply = try folder.text("mug.ply").split(separator: "\n").map(String.init)
        #expect(ply.contains { $0.hasPrefix("comment keypoint 0 ") })
        let count = try #require(
            ply.first { $0.hasPrefix("element vertex") }?.split(separator: " ").last.flatMap { Int($0) })
        let end = try #require(ply.firstIndex(of: "end_header"))
        #expect(ply.count - end - 1 == count && count > 100)
        #expect(ply[(end + 1)...].allSatisfy { $0.split(separator: " ").count == 9 })
        let page = try folder.text("mug.html")
        #expect(page.contains("handle_top") && !page.contains("src=") && !page.contains("http"))
    }

    @Test("A pulled keypoint moves by what was asked, and the points near it follow")
    func pulls() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        func points(_ more: String...) throws -> [[Double]] {
            let path = folder.path("mug-\(more.count).ply")
            let outcome = try Program.run(["show", mugs.representation, "--output", path] + more)
            try #require(outcome.status == 0, "\(outcome.errors)")
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            let end = try #require(lines.firstIndex(of: "end_header"))
            return lines[(end + 1)...].map { $0.split(separator: " ").prefix(3).compactMap { Double($0) } }
        }
        let content = try Program.succeed("show", mugs.representation, "--json").object()
        let names = try #require(content["keypoint_names"] as? [String])
        let index = try #require(names.firstIndex(of: "handle_top"))
        let (before, after) = (try points(), try points("--pull", "handle_top=0,0,0.02"))
        #expect(abs(after[index][2] - before[index][2] - 0.02) < 1e-5)
        let moved = zip(before, after).map { abs($1[2] - $0[2]) }
        #expect(
            moved.enumerated().allSatisfy {
                $0.offset >= names.count || $0.offset == index || $0.element < 1e-6
            })
        #expect(moved.dropFirst(names.count).contains { $0 > 0.004 })
        let unknown = try Program.run(
            "show", mugs.representation, "--output", folder.path("x.png"), "--pull", "nose=0,0,1")
        #expect(unknown.status == 64 && unknown.errors.contains("handle_top"), "\(unknown.errors)")
        #expect(try Program.run("show", mugs.representation, "--output", folder.path("x.gif")).status == 64)
    }

    @Test("build --report names every image, every keypoint, and what to annotate next")
    func report() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let original = (mugs.dataset as NSString).deletingLastPathComponent
        try FileManager.default.copyItem(atPath: original, toPath: folder.path("mugs"))
        try FileManager.default.removeItem(atPath: folder.path("mugs/features/trn-0003.npy"))
        let summary = try Program.succeed(
            "build", folder.path("mugs"), "--output", folder.path("mug.semalign"), "--report",
            folder.path("report.html"), "--json"
        ).object()
        let page = try folder.text("report.html")
        for text in ["trn-0000", "trn-0003", "handle_top", "What to annotate next", "left-out error"] {
            #expect(page.contains(text), "\(text)")
        }
        let error = try #require(summary["leave_one_out_error"] as? Double)
        #expect((0.001...0.2).contains(error))
        // The report changes nothing of the class.
        try Program.succeed("build", folder.path("mugs"), "--output", folder.path("plain.semalign"))
        #expect(try folder.data("plain.semalign") == folder.data("mug.semalign"))
    }
}
