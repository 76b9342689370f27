// SPDX-License-Identifier: Apache-2.0
import Logging
import Testing

@testable import SemAlignNode

@Suite struct ReportingTests {
    @Test("Percentiles are values of the window, the maximum is since the start")
    func latencies() {
        var window = LatencyWindow()
        #expect(window.percentiles([0.5]) == [0])
        window.add(1_000_000)
        for duration in 1...1024 as ClosedRange<UInt64> { window.add(duration) }
        #expect(window.percentiles([0.5, 0.99, 1]) == [512, 1014, 1024])
        #expect(window.maximum == 1_000_000 && window.count == 1025)
    }

    @Test("A reason is said once a minute, with what was left out, and in one printable line")
    func dropLog() {
        var log = DropLog()
        #expect(log.line(for: Drop(.mask, "a\nb\u{1B}[31m"), at: 5) == "dropped, mask: a b [31m")
        #expect(log.line(for: Drop(.depth, "c"), at: 6) == "dropped, depth: c")
        #expect(log.line(for: Drop(.mask, "d"), at: 59_000_000_000) == nil)
        #expect(log.line(for: Drop(.mask, "d", count: 4), at: 59_000_000_000) == nil)
        #expect(
            log.line(for: Drop(.mask, "e"), at: 60_000_000_005)
                == "dropped, mask: e (and 5 more of this kind since it was last said)")
        #expect(log.line(for: Drop(.image, String(repeating: "x", count: 5000)), at: 0)?.count ?? 0 < 500)
    }

    @Test(
        "Times are RFC 3339 in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_123_000_000, "2000-02-29T00:00:00.123Z"),
            (1_735_689_599_999_999_999, "2024-12-31T23:59:59.999Z"),
            (4_102_444_800_000_000_000, "2100-01-01T00:00:00.000Z"),
        ] as [(UInt64, String)])
    func times(nanoseconds: UInt64, text: String) {
        #expect(rfc3339(nanoseconds) == text)
    }

    @Test("A log line is readable, or journald's, or one JSON object")
    func logForms() {
        func line(_ form: StandardErrorLog.Form) -> String {
            StandardErrorLog(form: form, level: .info, wallClock: { 0 })
                .line(.warning, "a \"b\"\n", ["topic": "/x"])
        }
        #expect(line(.text).hasPrefix("1970-01-01T00:00:00.000Z warning a "))
        #expect(line(.journal).hasPrefix("<4>a "))
        #expect(
            line(.json)
                == #"{"time":"1970-01-01T00:00:00.000Z","level":"warning","message":"a \"b\"\n","topic":"/x"}"#
        )
    }

    @Test("Every reason that a drop can have has a name of its own")
    func reasons() {
        #expect(Set(DropReason.allCases.map(\.rawValue)).count == DropReason.allCases.count)
    }
}
