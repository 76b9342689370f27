// SPDX-License-Identifier: Apache-2.0
public import SemAlignCore
import SemAlignProfiling

/// What a replay did.
public struct ReplaySummary: Sendable {
    /// Messages read.
    public internal(set) var messages = 0
    /// Frames answered, refused ones among them.
    public internal(set) var frames = 0
    /// Answers by state.
    public internal(set) var states: [TrackingState: Int] = [:]
    /// Answers that started without help from the frame before.
    public internal(set) var coldStarts = 0
    /// Times that the stamps jumped back by more than a second.
    public internal(set) var sequences = 0
    /// Messages and frames that were not used, by reason.
    public internal(set) var drops: [DropReason: Int] = [:]
    /// The facts of the first drop of each reason.
    public internal(set) var details: [DropReason: String] = [:]
    /// Parts of the bag that cannot be read.
    public internal(set) var damages: [String] = []
    /// What was assumed while reading files.
    public internal(set) var notes: [String] = []
    private var cold = LatencyWindow()
    private var warm = LatencyWindow()

    init(notes: [String]) { self.notes = notes }

    mutating func add(_ answer: FramePipeline.Answer, of job: FrameJob, duration: UInt64) {
        frames += 1
        states[answer.result.state, default: 0] += 1
        if case .refused(let drop) = job.frame.content {
            add(drop)
        } else if answer.result.startedCold {
            coldStarts += 1
            cold.add(duration)
        } else {
            warm.add(duration)
        }
        for drop in job.frame.notes + answer.drops { add(drop) }
    }

    mutating func add(_ drop: Drop) {
        drops[drop.reason, default: 0] += drop.count
        if details[drop.reason] == nil { details[drop.reason] = drop.detail }
    }

    /// True where the whole bag could be read.
    public var isComplete: Bool { damages.isEmpty }
}

extension ReplaySummary: CustomStringConvertible {
    /// A few lines for people.
    public var description: String {
        let states = frames > 0 ? ": \(stateText)" : ""
        var lines = ["\(frames) frames answered from \(messages) messages\(states)"]
        for (name, window) in [("cold", cold), ("warm", warm)] where window.count > 0 {
            let figures = window.percentiles([0.5, 0.99])
            lines.append(
                "\(name) \(window.count): p50 \(milliseconds(figures[0])), p99 \(milliseconds(figures[1])), "
                    + "max \(milliseconds(window.maximum))")
        }
        if sequences > 0 { lines.append("stamps jumped back \(sequences) times: tracking started anew") }
        for reason in DropReason.allCases {
            guard let count = drops[reason] else { continue }
            lines.append("dropped \(count), \(reason.rawValue): \(details[reason] ?? "")")
        }
        lines += damages.prefix(5).map { "damaged: \($0)" }
        if damages.count > 5 { lines.append("damaged: \(damages.count - 5) more places") }
        return (lines + notes).joined(separator: "\n")
    }

    private var stateText: String {
        TrackingState.allCases.compactMap { state in states[state].map { "\($0) \(state.rawValue)" } }
            .joined(separator: ", ")
    }

    /// One JSON object on one line, keys sorted, durations in milliseconds.
    public var json: String {
        let states = TrackingState.allCases.map { "\"\($0.rawValue)\":\(self.states[$0] ?? 0)" }.sorted()
        let drops = DropReason.allCases.compactMap { reason in
            self.drops[reason].map { "\"\(reason.rawValue)\":\($0)" }
        }.sorted()
        let damages = self.damages.map(jsonText)
        return "{\"cold_starts\":\(coldStarts),\"damages\":[\(damages.joined(separator: ","))],"
            + "\"drops\":{\(drops.joined(separator: ","))},\"frames\":\(frames),"
            + "\"latency_ms\":{\"cold\":\(json(of: cold)),\"warm\":\(json(of: warm))},"
            + "\"messages\":\(messages),\"sequences\":\(sequences),"
            + "\"states\":{\(states.joined(separator: ","))}}"
    }

    private func json(of window: LatencyWindow) -> String {
        let figures = (window.percentiles([0.5, 0.99]) + [window.maximum]).map { Double($0) / 1e6 }
        return "{\"count\":\(window.count),\"max\":\(figures[2]),\"p50\":\(figures[0]),\"p99\":\(figures[1])}"
    }
}

/// A duration [ns] for people.
func milliseconds(_ duration: UInt64) -> String {
    "\((Double(duration) / 1e4).rounded() / 100) ms"
}
