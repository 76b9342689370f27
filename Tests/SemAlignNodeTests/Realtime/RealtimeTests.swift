// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import SemAlignNode

@Suite struct RealtimeTests {
    @Test("What is not asked for is not said")
    func silent() {
        #expect(ThreadPlacement(processors: [], priority: 0).apply(name: "a").isEmpty)
        let tuning = ProcessTuning(RealtimeSettings())
        #expect(tuning.outcomes.isEmpty)
    }

    @Test("A processor that is not there is refused in one line that names the setting")
    func absentProcessor() {
        for processors in [[1000], [100_000], [-1]] {
            let outcomes = ThreadPlacement(processors: processors, priority: 0).apply(name: "semalign-input")
            #expect(outcomes.count == 1 && !outcomes[0].isGranted)
            #expect(outcomes[0].line.contains("realtime.input_cpus") && !outcomes[0].line.contains("\n"))
        }
    }

    @Test(
        "A node that asks for everything starts whatever is permitted, and says once what became of each request"
    )
    func asksForEverything() throws {
        var live = try LiveNode {
            $0.realtime.alignmentProcessors = [1000]
            $0.realtime.inputProcessors = [0]
            $0.realtime.wakeLatencyMicroseconds = 1_000_000
            $0.realtime.advisesHugePages = true
        }
        try live.settle()
        let log = live.log
        #expect(log.wait(for: "warning realtime: semalign-align is not pinned to processors 1000"))
        #expect(log.wait(for: "realtime: semalign-input"))
        let lines = log.all.filter { $0.contains("realtime:") }
        #expect(lines.count == 4, "\(lines)")
        #expect(try live.stop().frames > 0)
    }
}
