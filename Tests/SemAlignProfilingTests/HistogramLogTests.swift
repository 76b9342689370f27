// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import SemAlignProfiling

private let interpreter = ProcessInfo.processInfo.environment["SEMALIGN_PYTHON"]

@Suite struct HistogramLogTests {
    @Test(
        "The hdrhistogram package of Python reads the log: counts, percentiles and tags agree",
        .enabled(if: interpreter != nil, "SEMALIGN_PYTHON does not name an interpreter"))
    func python() throws {
        let values = sample(3000, seed: 9, scale: 2e6) + [40_000_000_000]
        let histogram = LatencyHistogram(values)
        var log = HistogramLog(startTime: 1_700_000_000_123_000_000, comment: "a comment")
        log.append(histogram, tag: "warm end to end", length: 2_500_000_000)
        log.append(LatencyHistogram([7]), tag: "cold", offset: 2_500_000_000, length: 1_000_000)
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).hlog")
        try log.text.write(to: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: path) }
        let script = """
            import sys
            from hdrh.histogram import HdrHistogram
            from hdrh.log import HistogramLogReader
            reader = HistogramLogReader(sys.argv[1], HdrHistogram(1, 2**36 - 1, 2))
            while True:
                h = reader.get_next_interval_histogram()
                if h is None: break
                p = [h.get_value_at_percentile(x) for x in (50, 99, 99.9)]
                print(h.get_tag(), h.get_total_count(), *p, h.get_max_value(), round(h.get_start_time_stamp()))
            """
        let process = Process()
        process.executableURL = URL(filePath: interpreter ?? "")
        process.arguments = ["-c", script, path.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let lines = output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        try #require(lines.count == 2, "\(output)")
        #expect(lines[0][0] == "warm_end_to_end" && lines[0][1] == "3001")
        for (place, share) in [0.5, 0.99, 0.999].enumerated() {
            // The package gives the middle or the end of a bucket.
            let (found, own) = (Double(lines[0][2 + place]) ?? 0, Double(histogram.percentile(share)))
            #expect(abs(found - own) <= own / 100)
        }
        #expect(lines[1][0] == "cold" && lines[1][1] == "1" && lines[1][5] == "7")
    }
}
