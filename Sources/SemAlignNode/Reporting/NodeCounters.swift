// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore
internal import SemAlignMessages
internal import SemAlignProfiling
internal import Synchronization

/// What both threads count, and what is published of it once a second.
///
/// A class since two threads share it.
final class NodeCounters: Sendable {
    private let state: Mutex<State>

    /// Starts at zero at `now` [ns, steady clock].
    init(now: UInt64) {
        state = Mutex(State(start: now, reported: now))
    }

    /// Counts a message of a topic and `missing` ones that its sender numbered and that never came.
    func received(_ topic: String, missing: UInt64) {
        state.withLock {
            $0.topics[topic, default: Topic()].received += 1
            $0.topics[topic, default: Topic()].missing += missing
        }
    }

    /// Counts a drop and returns the line to log, if this reason is to be said again at `now` [ns, steady clock].
    func record(_ drop: Drop, at now: UInt64) -> String? {
        state.withLock {
            $0.drops[drop.reason, default: 0] += UInt64(drop.count)
            return $0.limiter.line(for: drop, at: now)
        }
    }

    /// Counts an answer.
    func answered(_ answer: FramePipeline.Answer) {
        state.withLock {
            $0.frames += 1
            $0.tracking = answer.result.state
            $0.message = answer.result.message
            for stage in answer.stages {
                $0.stages[stage.name, default: StageCounter()].add(stage.nanoseconds)
            }
        }
    }

    /// Notes how long a stage of the node itself took [ns].
    func took(_ stage: String, _ duration: UInt64) {
        state.withLock { $0.stages[stage, default: StageCounter()].add(duration) }
    }

    /// What was counted so far.
    var summary: NodeSummary {
        state.withLock {
            NodeSummary(
                received: $0.topics.values.reduce(0) { $0 + $1.received }, frames: $0.frames, drops: $0.drops)
        }
    }

    /// The report for `now` [ns, steady clock] under the stamp `wallTime` [ns]; rates are since the last report.
    ///
    /// It takes some milliseconds of the caller's thread; nobody else waits for it.
    func report(at now: UInt64, wallTime: UInt64) -> DiagnosticsMessage {
        let counted = state.withLock { state in
            defer { state.beginPeriod(at: now) }
            return state
        }
        return counted.report(at: now, wallTime: wallTime)
    }

    /// All that was counted until `now` [ns, steady clock].
    func snapshot(at now: UInt64) -> CounterSnapshot {
        // The lock is held for copies of references; the rest is done by the caller's thread.
        let (start, frames, tracking, topics, drops) = state.withLock {
            ($0.start, $0.frames, $0.tracking, $0.topics, $0.drops)
        }
        return CounterSnapshot(
            uptime: Double(now &- start) / 1e9, frames: frames, state: tracking,
            topics: topics.sorted { $0.key < $1.key }.map {
                CounterSnapshot.Topic(name: $0.key, received: $0.value.received, missing: $0.value.missing)
            },
            drops: drops, stages: histograms.map { ($0.stage, $0.histogram) })
    }

    /// All durations of each stage since the start, sorted by name.
    var histograms: [(stage: String, histogram: LatencyHistogram)] {
        // Arrays are copied when the next duration is written, after the lock.
        state.withLock { $0.stages.map { ($0.key, $0.value.histogram) } }.sorted { $0.0 < $1.0 }
    }

    /// The last durations of a stage, and all of them.
    private struct StageCounter {
        private(set) var window = LatencyWindow()
        private(set) var histogram = LatencyHistogram()

        mutating func add(_ duration: UInt64) {
            window.add(duration)
            histogram.record(duration)
        }
    }

    private struct Topic {
        var received: UInt64 = 0
        var reported: UInt64 = 0
        var missing: UInt64 = 0
    }

    private struct State {
        let start: UInt64
        var reported: UInt64
        var topics: [String: Topic] = [:]
        var drops: [DropReason: UInt64] = [:]
        var stages: [String: StageCounter] = [:]
        var frames: UInt64 = 0
        var reportedFrames: UInt64 = 0
        var tracking = TrackingState.searching
        var message = ""
        var limiter = DropLog()

        /// Lets rates count from now on.
        mutating func beginPeriod(at now: UInt64) {
            topics = topics.mapValues {
                Topic(received: $0.received, reported: $0.received, missing: $0.missing)
            }
            reported = now
            reportedFrames = frames
        }

        func report(at now: UInt64, wallTime: UInt64) -> DiagnosticsMessage {
            let seconds = max(Double(now &- reported) / 1e9, 1e-9)
            let traffic = topics.sorted { $0.key < $1.key }.map { name, topic in
                DiagnosticsMessage.TopicTraffic(
                    name: name, received: topic.received,
                    rate: Double(topic.received - topic.reported) / seconds, missing: topic.missing)
            }
            return DiagnosticsMessage(
                timestamp: wallTime, state: tracking, uptime: Double(now &- start) / 1e9, frames: frames,
                frameRate: Double(frames - reportedFrames) / seconds, topics: traffic, stages: latencies,
                drops: DropReason.allCases.compactMap { reason in
                    drops[reason].map { DiagnosticsMessage.Drops(reason: reason.rawValue, count: $0) }
                },
                message: message)
        }

        private var latencies: [DiagnosticsMessage.StageLatency] {
            stages.sorted { $0.key < $1.key }.map { name, counter in
                let figures = counter.window.percentiles([0.5, 0.9, 0.99, 0.999])
                return DiagnosticsMessage.StageLatency(
                    name: name, count: counter.window.count, median: figures[0], percentile90: figures[1],
                    percentile99: figures[2], percentile999: figures[3], maximum: counter.window.maximum,
                    histogram: counter.histogram.encoded)
            }
        }
    }
}

/// What a node did in its life.
public struct NodeSummary: Hashable, Sendable, CustomStringConvertible {
    /// Messages received.
    public let received: UInt64
    /// Frames answered.
    public let frames: UInt64
    /// Messages and frames that were not used, by reason.
    public let drops: [DropReason: UInt64]

    /// One line for people.
    public var description: String {
        let lost = DropReason.allCases.compactMap { reason in
            drops[reason].map { "\(reason.rawValue) \($0)" }
        }
        return "\(received) messages received, \(frames) frames answered, dropped: "
            + (lost.isEmpty ? "none" : lost.joined(separator: ", "))
    }
}
