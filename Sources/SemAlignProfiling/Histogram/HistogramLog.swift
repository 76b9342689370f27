// SPDX-License-Identifier: Apache-2.0

/// Named histograms as an HdrHistogram interval log, which HistogramLogAnalyzer and its kin plot.
public struct HistogramLog: Sendable {
    private var lines: [String]

    /// Begins a log of what was measured from `startTime` on [ns since the Unix epoch].
    public init(startTime: UInt64, comment: String) {
        lines = comment.split(separator: "\n").map { "#\($0)" }
        lines += [
            "#[Histogram log format version 1.3]",
            "#[StartTime: \(Self.seconds(startTime)) (seconds since epoch)]",
            "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"",
        ]
    }

    /// Adds an interval of `length` [ns] from `offset` [ns] after the start; the column of maxima is in ms.
    ///
    /// `tag` names what was measured; a comma or blank in it becomes an underscore.
    public mutating func append(
        _ histogram: LatencyHistogram, tag: String, offset: UInt64 = 0, length: UInt64
    ) {
        let name = String(tag.map { $0 == "," || $0.isWhitespace ? "_" : $0 })
        lines.append(
            "Tag=\(name),\(Self.seconds(offset)),\(Self.seconds(length)),"
                + "\(Self.thousandths(histogram.maximum / 1000)),\(histogram.encodedText)")
    }

    /// The file.
    public var text: String { lines.joined(separator: "\n") + "\n" }

    private static func seconds(_ nanoseconds: UInt64) -> String {
        thousandths(nanoseconds / 1_000_000)
    }

    /// `count` thousandths as a number with three digits after the point, which is all that readers take.
    private static func thousandths(_ count: UInt64) -> String {
        let rest = String(count % 1000)
        return "\(count / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}
