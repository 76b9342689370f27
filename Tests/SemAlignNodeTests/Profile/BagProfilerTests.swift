// SPDX-License-Identifier: Apache-2.0
import SemAlignProfiling
import Testing

@testable import SemAlignNode

private func profile(
    _ folder: TemporaryFolder, frames: Int, _ settings: ProfileSettings
) throws -> LatencyProfile {
    try writeFrames(folder.file("in.mcap"), Array(0..<frames))
    var configuration = NodeConfiguration()
    configuration.representation = try folder.representation()
    configuration.join.maxWaitMilliseconds = 60_000
    return try BagProfiler(configuration, path: folder.file("in.mcap"), settings: settings).run(
        meter: ThreadMeter())
}

@Suite struct BagProfilerTests {
    @Test(
        "One frame at a time: every frame is answered, in order, and its stages add up",
        arguments: ["ipc", "inproc"])
    func closedLoop(transport: String) throws {
        var settings = ProfileSettings()
        settings.rate = 0
        settings.transport = transport
        let profile = try profile(try TemporaryFolder(), frames: 12, settings)
        #expect(profile.sentFrames == 12 && profile.drops.isEmpty && profile.deadline == nil)
        #expect(profile.frames.map(\.stamp) == (0..<12).map { TinyFrame($0).stamp })
        for frame in profile.frames {
            let times = [
                try #require(frame.due), frame.firstArrival, frame.lastArrival, frame.completed,
                frame.decoded,
                frame.taken, frame.answered, frame.published,
            ]
            #expect(times == times.sorted())
            #expect(frame.alignmentCost.processorTime > 0 && frame.inputCost.processorTime > 0)
        }
        #expect(
            profile.stageNames.starts(with: ["receive", "join", "parse", "decode", "wait", "similarity"]))
    }

    @Test("At a rate, frames that the node cannot keep up with are dropped and miss their deadline")
    func openLoop() throws {
        var settings = ProfileSettings()
        settings.rate = 10_000
        settings.rounds = 2
        let profile = try profile(try TemporaryFolder(), frames: 40, settings)
        #expect(profile.sentFrames == 80 && profile.deadline == 100_000)
        #expect(profile.frames.count + profile.drops.count { $0.reason == "superseded" } <= 80)
        #expect(profile.missedDeadlines ?? 0 >= 80 - profile.frames.count)
        #expect(profile.frames.allSatisfy { $0.due != nil })
    }

    @Test("A bag without features, an impossible rate and a missing file are refused with their reason")
    func mistakes() throws {
        let folder = try TemporaryFolder()
        try writeBag(folder.file("empty.mcap"), [(try TinyFrame(0).mask(), 0)])
        func failure(_ name: String, rate: Double = 1) -> NodeError? {
            var settings = ProfileSettings()
            settings.rate = rate
            do throws(NodeError) {
                _ = try BagProfiler(NodeConfiguration(), path: folder.file(name), settings: settings)
                return nil
            } catch { return error }
        }
        #expect(failure("empty.mcap")?.exitCode == 65)
        #expect(failure("absent.mcap")?.exitCode == 66)
        #expect(failure("empty.mcap", rate: -1)?.exitCode == 78)
    }

    @Test("The folder holds the four files, and a folder that cannot be made is named")
    func files() throws {
        let folder = try TemporaryFolder()
        let files = ProfileFolder(folder.file("profile"))
        try files.make()
        try files.make()
        try files.write(LatencyProfile(facts: [], frames: [], drops: [], startTime: 0))
        for name in ["frames.csv", "latency.hlog", "trace.json", "report.html"] {
            #expect(try !folder.bytes("profile/" + name).isEmpty)
        }
        #expect(throws: NodeError.self) { try ProfileFolder("/proc/never").make() }
    }
}
