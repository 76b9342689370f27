// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import SemAlignProfiling

@Suite struct ReportTests {
    private func profile() -> LatencyProfile {
        let recorder = FrameRecorder(capacity: 3)
        for number in 0..<5 as Range<UInt64> {
            var frame = FrameRecord(stamp: number)
            frame.firstArrival = 1000 + number * 1_000_000
            frame.due = frame.firstArrival - 500
            frame.lastArrival = frame.firstArrival + 100
            frame.completed = frame.firstArrival + 200
            frame.decoded = frame.firstArrival + 300
            frame.taken = frame.firstArrival + 400
            frame.stages = [.init("similarity", 50), .init(number == 3 ? "cold" : "warm", 60)]
            frame.answered = frame.firstArrival + 600
            frame.published = frame.firstArrival + 700
            frame.isCold = number == 3
            frame.state = "tracking"
            recorder.add(frame)
        }
        recorder.add(DropRecord(time: 5_000_000, reason: "superseded"))
        let kept = recorder.records
        return LatencyProfile(
            facts: [.init("bag", "<a & \"b\">")], frames: kept.frames, drops: kept.drops,
            deadline: 20_000_000,
            startTime: 0)
    }

    @Test("The recorder keeps the newest frames in order")
    func ring() {
        #expect(profile().frames.map(\.stamp) == [2, 3, 4])
    }

    @Test(
        "The trace is JSON whose slices of one thread nest, with an arrow for each frame and an instant for each drop"
    )
    func trace() throws {
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(profile().trace.utf8)) as? [String: Any])
        let events = try #require(object["traceEvents"] as? [[String: Any]])
        let phases = events.compactMap { $0["ph"] as? String }
        #expect(phases.count { $0 == "s" } == 3 && phases.count { $0 == "f" } == 3)
        #expect(phases.count { $0 == "i" } == 1 && phases.count { $0 == "M" } == 5)
        #expect(phases.count { $0 == "b" } == 3 && phases.count { $0 == "e" } == 3)
        let slices = events.filter { $0["ph"] as? String == "X" }.map {
            (
                thread: $0["tid"] as? Int ?? 0, start: $0["ts"] as? Double ?? .nan,
                end: ($0["ts"] as? Double ?? .nan) + ($0["dur"] as? Double ?? .nan)
            )
        }
        for a in slices {
            for b in slices where a.thread == b.thread && a.start < b.start && b.start < a.end - 1e-6 {
                #expect(b.end <= a.end + 1e-6)
            }
        }
    }

    @Test("The page needs no other file, escapes what it is told and shows warm and cold frames")
    func page() {
        let text = ReportPage(profile()).text
        #expect(text.contains("&lt;a &amp; &quot;b&quot;&gt;") && !text.contains("<a & "))
        #expect(text.contains("Warm frames") && text.contains("Cold frames"))
        #expect(text.split(separator: "<svg").count == 4)
        #expect(!text.contains("src=") && !text.contains("href=") && !text.contains("nan"))
        let parser = XMLSize(
            text.replacing("<!DOCTYPE html>\n", with: "").replacing("<meta charset=\"utf-8\">", with: ""))
        #expect(parser.isBalanced, "\(parser.problem)")
    }

    @Test("A run without a frame still has a page and a trace")
    func nothing() throws {
        let empty = LatencyProfile(facts: [], frames: [], drops: [], startTime: 0)
        #expect(ReportPage(empty).text.contains("No frame was answered"))
        #expect(try JSONSerialization.jsonObject(with: Data(empty.trace.utf8)) is [String: Any])
        #expect(empty.span == 0 && empty.stageNames.isEmpty)
    }
}

/// Checks that the tags of a page open and close as XML demands: a browser would mend what we would not see.
private struct XMLSize {
    private(set) var problem = ""
    var isBalanced: Bool { problem.isEmpty }

    init(_ text: String) {
        var open: [Substring] = []
        for piece in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
            guard let end = piece.firstIndex(of: ">") else {
                problem = "a tag without an end: \(piece.prefix(40))"
                return
            }
            let tag = piece[..<end]
            let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
            if tag.hasPrefix("/") {
                guard open.popLast() == name else {
                    problem = "</\(name)> closes nothing"
                    return
                }
            } else if !tag.hasSuffix("/") {
                open.append(name)
            }
        }
        if let left = open.last { problem = "<\(left)> is never closed" }
    }
}
