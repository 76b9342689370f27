// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct PairCommandTests {
    @Test(
        "A benchmark is built and judged pair by pair, and judged alike with alignments kept",
        arguments: ["spair", "pfpascal", "ap10k"])
    func benchmark(layout: String) throws {
        let folder = try TemporaryFolder()
        let root = folder.path("benchmark")
        try Program.succeed(
            "simulate", "chair", "--output", root, "--layout", layout, "--category", "chair", "--train", "14",
            "--test", "3", "--grid", "32", "--channels", "64")
        try FileManager.default.createDirectory(
            atPath: folder.path("classes"), withIntermediateDirectories: true)
        try Program.succeed(
            "build", root, "--category", "chair", "--output", folder.path("classes/chair.semalign"))
        func evaluate(_ more: String...) throws -> Program.Outcome {
            let outcome = try Program.run(
                [
                    "evaluate", root, "-r", folder.path("classes"), "--split", "test", "--json",
                    "--alignments", folder.path("alignments"),
                ] + more)
            try #require(outcome.status == 0, "\(outcome.errors)")
            return outcome
        }
        let first = try evaluate("--pictures", folder.path("pictures"), "--picture-limit", "2")
        let report = try first.object()
        #expect(report["pairs"] as? Int == 6 && report["aligned_images"] as? Int == 3)
        let methods = try #require(report["methods"] as? [String: [String: Any]])
        #expect(Set(methods.keys) == ["semalign", "nearest", "window"])
        for method in methods.values {
            #expect(
                Set(method.keys) == [
                    "pck", "pck_dagger", "geometry_aware", "kap", "kap_jamaisvu", "failures",
                ])
            let pck = try #require(method["pck"] as? [String: [String: Any]])
            #expect(Set(pck.keys) == ["<", "<="])
        }
        let published = try #require(report["published"] as? [String: Any])
        #expect(published["table3"] != nil && (published["table1"] != nil) == (layout == "spair"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("pictures")).count == 2)
        #expect(try evaluate().output == first.output)
        // Alignments of another class or other settings are not taken for these.
        let other = try Program.run(
            "evaluate", root, "-r", folder.path("classes"), "--split", "test", "--alignments",
            folder.path("alignments"), "--no-depth")
        #expect(other.status == 65 && other.errors.contains("no depth"), "\(other.errors)")
    }

    @Test("The pairs of a dataset of ours are judged too")
    func dataset() throws {
        let mugs = try SimulatedMugs.shared.get()
        let report = try Program.succeed(
            "evaluate", mugs.dataset, "-r", mugs.representation, "--split", "seen", "--pairs", "--json"
        ).object()
        #expect(report["pairs"] as? Int == 6)
    }

    @Test("An ablation leaves each term out in turn and prints its row beside the whole")
    func ablation() throws {
        let mugs = try SimulatedMugs.shared.get()
        let report = try Program.succeed(
            "evaluate", mugs.dataset, "-r", mugs.representation, "--split", "seen", "--ablation", "depth",
            "--ablation", "sparse", "--solver", "adamw", "--steps", "20", "--starts", "2", "--json"
        ).object()
        let rows = try #require(report["rows"] as? [String: [String: Double]])
        #expect(
            Set(rows.keys) == [
                "features alone (nearest)", "without depth", "without sparse", "original",
            ])
        #expect(rows.values.allSatisfy { ($0["mug"].map { (0...1).contains($0) }) == true })
        let unknown = try Program.run(
            "evaluate", mugs.dataset, "-r", mugs.representation, "--split", "seen", "--ablation", "luck")
        #expect(unknown.status == 64 && unknown.errors.contains("background"), "\(unknown.errors)")
    }

    @Test("An unknown category and a folder without classes are mistakes, and said how to mend")
    func mistakes() throws {
        let folder = try TemporaryFolder()
        let root = folder.path("benchmark")
        try Program.succeed(
            "simulate", "chair", "--output", root, "--layout", "spair", "--train", "4", "--test", "2",
            "--grid", "8", "--channels", "16")
        let unknown = try Program.run(
            "build", root, "--category", "cat", "--output", folder.path("x.semalign"))
        #expect(unknown.status == 64 && unknown.errors.contains("chair"), "\(unknown.errors)")
        let empty = try Program.run("evaluate", root, "-r", folder.url.path, "--split", "test")
        #expect(empty.status == 64 && empty.errors.contains("chair.semalign"), "\(empty.errors)")
    }
}
