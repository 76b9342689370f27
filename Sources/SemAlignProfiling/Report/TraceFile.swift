// SPDX-License-Identifier: Apache-2.0

extension LatencyProfile {
    /// The run in Chrome's trace-event format: open it in ui.perfetto.dev or chrome://tracing.
    ///
    /// One track a thread, frames joined by arrows from input to alignment, drops as instants.
    public var trace: String {
        let origin = (frames.map(\.firstArrival) + frames.compactMap(\.due) + drops.map(\.time)).min() ?? 0
        var events = TraceEvents(origin: origin)
        events.nameProcess()
        for (thread, name) in TraceEvents.threads { events.name(thread: thread, name) }
        for (number, frame) in frames.enumerated() { events.add(frame, number: number) }
        for drop in drops { events.instant(drop.reason, at: drop.time) }
        let facts = facts.map { "\(jsonText($0.name)):\(jsonText($0.value))" }.joined(separator: ",")
        return "{\"displayTimeUnit\":\"ms\",\"otherData\":{\(facts)},\"traceEvents\":[\n"
            + events.lines.joined(separator: ",\n") + "\n]}\n"
    }
}

/// The lines of a trace file.
private struct TraceEvents {
    static let threads = [(2, "semalign-input"), (3, "semalign-align")]
    private let origin: UInt64
    private(set) var lines: [String] = []

    init(origin: UInt64) { self.origin = origin }

    mutating func nameProcess() {
        lines.append(
            "{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{\"name\":\"semalign\"}}")
    }

    mutating func name(thread: Int, _ name: String) {
        lines.append(
            "{\"ph\":\"M\",\"pid\":1,\"tid\":\(thread),\"name\":\"thread_name\",\"args\":{\"name\":\"\(name)\"}}"
        )
        lines.append(
            "{\"ph\":\"M\",\"pid\":1,\"tid\":\(thread),\"name\":\"thread_sort_index\","
                + "\"args\":{\"sort_index\":\(thread)}}")
    }

    mutating func add(_ frame: FrameRecord, number: Int) {
        // Frames on the wire overlap each other, so they are asynchronous slices, on a track of the process.
        let begin = frame.due ?? frame.firstArrival
        asynchronous("b", "frame", number, begin)
        asynchronous("e", "frame", number, frame.published)
        slice("parse", 2, frame.lastArrival, frame.completed)
        slice("decode", 2, frame.completed, frame.decoded)
        flow("s", number, 2, frame.decoded > 0 ? frame.decoded - 1 : 0)
        let arguments =
            "\"stamp\":\"\(frame.stamp)\",\"state\":\(jsonText(frame.state)),\"cold\":\(frame.isCold),"
            + "\"allocations\":\(frame.alignmentCost.allocations),"
            + "\"page_faults\":\(frame.alignmentCost.minorFaults + frame.alignmentCost.majorFaults)"
        slice(frame.isCold ? "cold frame" : "warm frame", 3, frame.taken, frame.published, arguments)
        flow("f", number, 3, frame.taken)
        var time = frame.taken
        for stage in frame.stages {
            slice(stage.name, 3, time, time &+ stage.duration)
            time &+= stage.duration
        }
        if frame.answered > time { slice("encode", 3, time, frame.answered) }
        slice("publish", 3, frame.answered, frame.published)
        time = frame.published
        for stage in frame.afterwards {
            slice(stage.name, 3, time, time &+ stage.duration)
            time &+= stage.duration
        }
    }

    mutating func instant(_ reason: String, at time: UInt64) {
        lines.append(
            "{\"ph\":\"i\",\"s\":\"p\",\"pid\":1,\"tid\":2,\"cat\":\"drop\",\"name\":\(jsonText("drop: " + reason)),"
                + "\"ts\":\(microseconds(time))}")
    }

    private mutating func slice(
        _ name: String, _ thread: Int, _ from: UInt64, _ to: UInt64, _ arguments: String = ""
    ) {
        lines.append(
            "{\"ph\":\"X\",\"pid\":1,\"tid\":\(thread),\"cat\":\"frame\",\"name\":\(jsonText(name)),"
                + "\"ts\":\(microseconds(from)),\"dur\":\(Double(to &- from) / 1e3),\"args\":{\(arguments)}}")
    }

    private mutating func asynchronous(_ phase: String, _ name: String, _ number: Int, _ time: UInt64) {
        lines.append(
            "{\"ph\":\"\(phase)\",\"pid\":1,\"tid\":1,\"cat\":\"wire\",\"id2\":{\"local\":\"\(number)\"},\"name\":\"\(name)\","
                + "\"ts\":\(microseconds(time))}")
    }

    private mutating func flow(_ phase: String, _ number: Int, _ thread: Int, _ time: UInt64) {
        lines.append(
            "{\"ph\":\"\(phase)\",\"bp\":\"e\",\"pid\":1,\"tid\":\(thread),\"cat\":\"frame\",\"id\":\(number),"
                + "\"name\":\"frame\",\"ts\":\(microseconds(time))}")
    }

    private func microseconds(_ time: UInt64) -> String { "\(Double(time &- origin) / 1e3)" }
}

/// A JSON text.
public func jsonText(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\" + String(scalar)
        case "\n": result += "\\n"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
