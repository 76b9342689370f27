// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignEvaluation
import SemAlignProfiling
import SemAlignSimulation

/// What keeping all stages of a frame (`profile.frames`) adds to a warm frame of the standard workload.
///
/// One tracker on one thread answers the same image with and without, in turns, so that whatever else the machine does
/// meets both. The traced frame does what the node's two threads do for it: the input thread begins a record and reads
/// its meter, the alignment thread reads its own before and after, completes the record and hands it to the recorder, whose
/// ring is full. Decoding is left out: it costs the same with and without, and would make the share smaller.
struct TracingBenchmark {
    /// Warm frames of each kind for each image.
    var repeats = 60
    /// Frames that are kept, as docs/latency.md suggests.
    var capacity = 10_000

    /// Prints the cost and its share of the frame; false where the share's interval reaches the bar of 2 %.
    func run(clock: () -> UInt64) throws -> Bool {
        let (representation, images) = try StandardWorkload().prepare()
        // Without looks beside the track, which come every third frame, every pair compares the same work.
        var configuration = TrackerConfiguration()
        configuration.framesBetweenChecks = 1
        var tracker = Tracker(representation: representation, configuration: configuration)
        let recorder = FrameRecorder(capacity: capacity)
        let alone = cost(of: recorder, clock: clock)
        var frames: [Double] = []
        var ratios: [Double] = []
        for image in images {
            tracker.reset()
            _ = tracker.update(image.observation, clock: clock)
            var pair: [Double] = []
            for number in 0..<2 * repeats {
                let isTraced = (number / 2 + number) % 2 == 0
                let start = recorder.meter.reading().processorTime
                let result =
                    isTraced
                    ? traced(recorder, clock) { tracker.update(image.observation, clock: clock) }
                    : tracker.update(image.observation, clock: clock)
                let spent = Double(recorder.meter.reading().processorTime - start)
                let isWarm = !result.startedCold && !result.stages.contains { $0.name == "explore" }
                pair.append(isWarm ? spent : .nan)
                if isWarm, !isTraced { frames.append(spent) }
                if pair.count == 2 {
                    let ratio = isTraced ? pair[1] / pair[0] : pair[0] / pair[1]
                    if ratio.isFinite { ratios.append(ratio) }
                    pair = []
                }
            }
        }
        let frame = percentile(frames, 0.5)
        let (low, high) = interval(ratios)
        print("| what | median | 95 % of the median |")
        print("|---|---|---|")
        print("| warm frame without tracing [ms] | \(rounded(frame * 1e-6)) | |")
        print("| tracing alone [µs a frame] | \(rounded(alone * 1e-3)) | |")
        print("| its share [%] | \(rounded(100 * alone / frame)) | |")
        print(
            "| traced frame against the one beside it [%] | \(rounded(100 * (percentile(ratios, 0.5) - 1)))"
                + " | \(rounded(100 * (low - 1))) to \(rounded(100 * (high - 1))), \(ratios.count) pairs |")
        let holds = alone / frame < 0.02 && high < 1.02
        if !holds { print("missed: tracing costs 2 % of a warm frame or more, or that is not excluded") }
        return holds
    }

    /// Median processor time of tracing where nothing is traced [ns].
    private func cost(of recorder: FrameRecorder, clock: () -> UInt64) -> Double {
        // The ring is filled first.
        let costs = (0..<2 * capacity).map { _ -> Double in
            let start = recorder.meter.reading().processorTime
            traced(recorder, clock) {}
            return Double(recorder.meter.reading().processorTime - start)
        }
        let reading = (0..<capacity).map { _ -> Double in
            let start = recorder.meter.reading().processorTime
            return Double(recorder.meter.reading().processorTime - start)
        }
        return percentile(Array(costs.suffix(capacity)), 0.5) - percentile(reading, 0.5)
    }

    /// Does the work of a frame and keeps its record.
    private func traced<Result>(
        _ recorder: FrameRecorder, _ clock: () -> UInt64, _ work: () -> Result
    ) -> Result {
        // The input thread's part.
        let arrival = clock()
        var record = FrameRecord(stamp: arrival)
        record.transfer = 100_000
        record.firstArrival = arrival
        record.lastArrival = arrival
        record.completed = clock()
        record.decoded = clock()
        record.inputCost = recorder.meter.reading() - ThreadCost()
        // The alignment thread's.
        let before = recorder.meter.reading()
        record.taken = clock()
        let result = work()
        record.answered = clock()
        record.published = clock()
        record.stages = ["similarity", "warm", "covariance"].map { FrameRecord.Stage($0, 1_000_000) }
        record.isCold = record.stages.contains { $0.name == "cold" }
        record.state = "tracking"
        record.afterwards = [
            FrameRecord.Stage("follow_up", 100_000), FrameRecord.Stage("explore", 1_000_000),
        ]
        record.alignmentCost = recorder.meter.reading() - before
        recorder.add(record)
        return result
    }

    /// The interval that holds the median with 95 %, by order statistics.
    private func interval(_ values: [Double]) -> (low: Double, high: Double) {
        let margin = 0.98 / Double(values.count).squareRoot()
        return (percentile(values, max(0, 0.5 - margin)), percentile(values, min(1, 0.5 + margin)))
    }

    private func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
