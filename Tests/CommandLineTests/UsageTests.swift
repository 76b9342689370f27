// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct UsageTests {
    static let commands = [
        ["simulate"], ["build"], ["align"], ["evaluate"], ["show"], ["run"], ["watch"], ["replay"],
        ["profile"], ["doctor"], ["calibration", "check"], ["keygen"],
        ["bag", "info"], ["bag", "check"], ["bag", "recover"], ["bag", "convert"], ["bag", "play"],
        ["bag", "record"],
    ]

    @Test("Every command explains itself with an example", arguments: commands)
    func explains(command: [String]) throws {
        let outcome = try Program.run(command + ["--help"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("EXAMPLE: semalign \(command.joined(separator: " ")) "))
    }

    /// What is typed, the exit code, and what the one line of the answer must name.
    struct Mistake: CustomTestStringConvertible, Sendable {
        let arguments: [String]
        let status: Int32
        let named: String
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ text: String, _ status: Int32, _ named: String) {
            arguments = text.split(separator: " ").map(String.init)
            self.status = status
            self.named = named
        }
    }

    @Test(
        "A mistake ends with one line that names it and a sysexits code",
        arguments: [
            Mistake("frobnicate", 64, "frobnicate"),
            Mistake("build", 64, "build --help"),
            Mistake("simulate dog --output /tmp/never", 64, "mug"),
            Mistake("simulate mug --output /tmp/never --bag x.mcap", 64, "--video"),
            Mistake("simulate mug --output /tmp/never --grid 1", 64, "4 to 256"),
            Mistake("simulate mug --output /proc/never", 73, "/proc/never"),
            Mistake("build /never/dataset.json --output x.semalign", 66, "/never/dataset.json"),
            Mistake("build /dev/null --output x.semalign", 66, "/dev/null"),
            Mistake("show /never.semalign", 66, "/never.semalign"),
            Mistake("show /etc/passwd", 65, "semalign build"),
            Mistake("bag info /never.mcap", 66, "/never.mcap"),
            Mistake("bag info /etc/passwd", 65, "not an MCAP file"),
            Mistake("run", 78, "representation"),
            Mistake("run --representation /never.semalign", 66, "/never.semalign"),
            Mistake("run --set join.max_wait=3", 78, "join.max_wait_ms"),
            Mistake("run --set join.max_wait_ms", 64, "name=value"),
            Mistake("run --config /never.yaml", 66, "/never.yaml"),
            Mistake("watch --overlays pictures", 64, "--truth"),
            Mistake("doctor --bag /never.mcap", 66, "/never.mcap"),
            Mistake("calibration check /never.yaml", 66, "/never.yaml"),
            Mistake("profile", 64, "--compare"),
            Mistake("profile --compare a", 64, "two profiles"),
            Mistake("profile --compare /never /never", 66, "/never"),
            Mistake("profile --compare /etc/passwd /etc/passwd", 65, "line 1"),
            Mistake("profile --compare /never /never -o x", 64, "--output"),
            Mistake("profile /never.mcap -r x --transport udp", 64, "udp"),
            Mistake("profile /never.mcap -r x --rate=-2", 64, "--rate is -2"),
            Mistake("profile /never.mcap -r x --deadline nan", 64, "--deadline is nan"),
            Mistake("profile /never.mcap -r x --rounds 0", 64, "--rounds is 0"),
            Mistake("profile /never.mcap -r x -o /etc/passwd", 73, "/etc/passwd"),
            Mistake("keygen /etc/passwd", 73, "name another file"),
            Mistake("align x.json --image a -r x.semalign --steps 100", 64, "--solver adamw"),
            Mistake("align x.json --image a -r x.semalign --solver adamw --without shape", 64, "geometry"),
            Mistake("align x.json --image a -r x.semalign --solver adamw --set w_geom", 64, "name=value"),
            Mistake("align x.json --image a -r x.semalign --solver adamw --steps 0", 64, "1 to 100000"),
            Mistake("align x.json --image a -r x.semalign --features a.npy", 64, "leave the dataset out"),
            Mistake("align --image a.png --features a.npy -r x.semalign --crop 3,2,1", 64, "x0,y0,x1,y1"),
            Mistake("align --image a.png --features a.npy -r /never.semalign", 66, "/never.semalign"),
            Mistake("run --set track.schedule=paper", 78, "published"),
            Mistake("run --set track.solvr=adamw", 78, "track.solver"),
        ])
    func reports(mistake: Mistake) throws {
        let outcome = try Program.run(mistake.arguments)
        #expect(outcome.status == mistake.status)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("semalign: "))
        #expect(outcome.errors.contains(mistake.named), "\(outcome.errors)")
    }

    @Test("An unknown split, image or run is answered with those that exist")
    func namesAlternatives() throws {
        let mugs = try SimulatedMugs.shared.get()
        let split = try Program.run("evaluate", mugs.dataset, "-r", mugs.representation, "--split", "dev")
        #expect(split.status == 64 && split.errors.contains("trn, seen, video"))
        let image = try Program.run("align", mugs.dataset, "-r", mugs.representation, "--image", "none")
        #expect(image.status == 64 && image.errors.contains("trn-0000"))
        let run = try Program.run("bag", "convert", "--run", "other", mugs.dataset, "/tmp/never.mcap")
        #expect(run.status == 64 && run.errors.contains("video"))
    }

    @Test("A schedule that cannot be is named with its file, line and key")
    func namesSchedules() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let adamw = [
            "evaluate", mugs.dataset, "-r", mugs.representation, "--split", "seen", "--solver", "adamw",
        ]
        let path = folder.path("mine.yaml")
        let missing = try Program.run(adamw + ["--schedule", path])
        #expect(missing.status == 66 && missing.errors.contains(path))
        try "base: metric\nw_goem: 1\n".write(toFile: path, atomically: true, encoding: .utf8)
        let misspelt = try Program.run(adamw + ["--schedule", path])
        #expect(misspelt.status == 78)
        #expect(misspelt.errors.contains("mine.yaml:2: unknown setting 'w_goem'; did you mean 'w_geom'?"))
        let single = try Program.run(adamw + ["--set", "sigma_dense=0"])
        #expect(single.status == 78 && single.errors.contains("a number above 0"))
    }

    @Test("A dataset or bag that is there already is not overwritten")
    func overwritesNothing() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = (mugs.dataset as NSString).deletingLastPathComponent
        #expect(try Program.run("simulate", "mug", "--output", folder).status == 73)
        let bag = try Program.run(
            "replay", mugs.bag, "--representation", mugs.representation, "--output", mugs.bag)
        #expect(bag.status == 73)
    }

    @Test("Too few images are an error that says how many are needed")
    func tooFewImages() throws {
        let folder = try TemporaryFolder()
        try Program.succeed(
            "simulate", "mug", "--output", folder.path("mugs"), "--train", "2", "--test", "0", "--grid", "8",
            "--channels", "16")
        let outcome = try Program.run("build", folder.path("mugs"), "--output", folder.path("mug.semalign"))
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("at least 3"), "\(outcome.errors)")
    }
}
