// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import SemAlignProfiling

@Suite struct ComparisonTests {
    @Test("U, effect and shift of a small example are those computed by hand")
    func byHand() throws {
        // Pairs in which the second is larger: 4 beats 1, 2, 3; 5 beats all four of (1, 2, 3, 4.5): 3 + 4 = 7 of 8.
        let test = try #require(RankTest([1, 2, 3, 4.5], [4, 5]))
        #expect(test.statistic == 7 && test.effect == 0.75)
        // Differences: 3, 2, 1, -0.5, 4, 3, 2, 0.5; their median lies between 2 and 2.
        #expect(test.shift == 2)
        #expect(abs(test.pValue - 0.2472) < 0.001)
    }

    @Test("Equal samples have no effect, all-equal values no evidence")
    func equal() throws {
        let test = try #require(RankTest([1, 2, 3], [1, 2, 3]))
        #expect(test.effect == 0 && test.pValue > 0.99 && test.shift == 0)
        #expect(try #require(RankTest([4, 4], [4, 4, 4])).pValue == 1)
        #expect(RankTest([], [1]) == nil && RankTest([.nan], [1]) == nil)
    }

    @Test("The p-value of two samples of one distribution is below 0.05 in about a twentieth of the cases")
    func calibrated() throws {
        var hits = 0
        for seed in 0..<400 as Range<UInt64> {
            let values = sample(60, seed: seed &* 7919 &+ 1, scale: 1e4).map(Double.init)
            if try #require(RankTest(Array(values[..<30]), Array(values[30...]))).pValue < 0.05 { hits += 1 }
        }
        #expect(hits > 4 && hits < 40, "\(hits) of 400")
    }

    private func profile(warm: Double, seed: UInt64, allocations: UInt64 = 0) -> LatencyProfile {
        let frames = sample(200, seed: seed, scale: 1e5).enumerated().map { number, noise in
            var frame = FrameRecord(stamp: UInt64(number) * 33_000_000)
            frame.firstArrival = UInt64(number) * 33_000_000
            frame.lastArrival = frame.firstArrival + 1000
            frame.completed = frame.lastArrival + 500
            frame.decoded = frame.completed + noise / 4
            frame.taken = frame.decoded + 10
            frame.stages = [.init("similarity", 300), .init("warm", UInt64(warm * Double(noise)))]
            frame.answered = frame.taken + 400 + UInt64(warm * Double(noise))
            frame.published = frame.answered + 50
            frame.due = frame.firstArrival
            frame.isCold = number % 8 == 0
            frame.alignmentCost.allocations = allocations
            return frame
        }
        return LatencyProfile(facts: [], frames: frames, drops: [], startTime: 0)
    }

    @Test("A stage that became slower is named, stages that did not are not")
    func namesWhatBecameSlower() {
        let before = FrameTable(profile(warm: 1, seed: 5))
        let after = FrameTable(profile(warm: 4, seed: 6, allocations: 3))
        let comparison = ProfileComparison(before, after)
        let more = Set(comparison.rows.filter { $0.verdict == .more && $0.kind == .warm }.map(\.column))
        #expect(
            more.contains("warm_ns") && more.contains("end_to_end_ns") && more.contains("align_allocations"))
        #expect(!more.contains("decode_ns") && !more.contains("similarity_ns") && !more.contains("join_ns"))
        let same = ProfileComparison(before, FrameTable(profile(warm: 1, seed: 8)))
        #expect(same.rows.allSatisfy { $0.verdict == .same })
    }

    @Test("A table survives being written and read, and damaged ones are refused by line")
    func tables() throws {
        let table = FrameTable(profile(warm: 1, seed: 5))
        let again = try FrameTable(text: table.text)
        #expect(again.columns == table.columns && again.kinds == table.kinds)
        #expect(again.values(of: "warm_ns", .warm) == table.values(of: "warm_ns", .warm))
        #expect(throws: FrameTable.Problem.self) { try FrameTable(text: "") }
        #expect(throws: FrameTable.Problem.self) { try FrameTable(text: "kind,a\nwarm,1,2\n") }
        #expect(throws: FrameTable.Problem.self) { try FrameTable(text: "kind,a\nwarm,x\n") }
        #expect(throws: FrameTable.Problem.self) { try FrameTable(text: "kind,a\nhot,1\n") }
    }

    @Test("Stages keep the order of the path and their sum is the way from the first stream to the wire")
    func path() {
        let profile = profile(warm: 1, seed: 5)
        #expect(
            profile.stageNames == [
                "join", "parse", "decode", "wait", "similarity", "warm", "encode", "publish",
                "last_topic_to_wire", "end_to_end",
            ])
        for frame in profile.frames {
            let path = frame.durations.filter { !FrameRecord.sums.contains($0.name) }.reduce(0) {
                $0 + $1.duration
            }
            #expect(path == frame.published - frame.firstArrival)
        }
    }

    @Test("Deadlines count late answers and those that never came")
    func deadlines() {
        var profile = profile(warm: 1, seed: 5)
        #expect(profile.missedDeadlines == nil)
        profile.deadline = 1_000_000_000
        profile.sentFrames = 203
        #expect(profile.missedDeadlines == 3)
        profile.deadline = 0
        #expect(profile.missedDeadlines == 203)
    }
}
