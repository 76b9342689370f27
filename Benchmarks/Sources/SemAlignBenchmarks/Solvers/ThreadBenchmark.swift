// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignEvaluation
import SemAlignNode
import SemAlignSimulation

/// Cold starts of `fast` on the standard workload with one thread and with two, in turns.
struct ThreadBenchmark {
    /// How often each image is begun anew with each number of threads.
    var repeats = 12

    /// Prints the times of both; false where their answers differ in any bit.
    func run(clock: () -> UInt64) throws -> Bool {
        let (representation, images) = try StandardWorkload().prepare()
        let thread = try SearchThread()
        var trackers = [nil, thread.helper].map { Tracker(representation: representation, helper: $0) }
        var durations: [[Double]] = [[], []]
        var isEqual = true
        for image in images {
            for number in 0...repeats {
                var answers: [[SIMD3<Double>]] = []
                for i in trackers.indices {
                    trackers[i].reset()
                    let start = clock()
                    let result = trackers[i].update(image.observation, clock: clock)
                    // The first one of an image gets its memory.
                    if number > 0 { durations[i].append(Double(clock() - start) * 1e-6) }
                    answers.append(result.keypoints.map(\.position))
                }
                isEqual = isEqual && answers[0] == answers[1]
            }
        }
        print("| threads | cold starts | p50 [ms] | p90 [ms] | p99 [ms] |")
        print("|---|---|---|---|---|")
        for (i, values) in durations.enumerated() {
            let columns = [0.5, 0.9, 0.99].map { "\((percentile(values, $0) * 10).rounded() / 10)" }
            print("| \(i + 1) | \(values.count) | \(columns.joined(separator: " | ")) |")
        }
        if !isEqual { print("missed: two threads answer otherwise than one") }
        return isEqual
    }
}
