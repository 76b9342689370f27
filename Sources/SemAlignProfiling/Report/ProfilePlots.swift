// SPDX-License-Identifier: Apache-2.0
internal import Glibc

extension LatencyProfile {
    /// What a frame's latency is counted from: the time it was due where known, else its first stream.
    private func latency(_ frame: FrameRecord) -> Double {
        Double(frame.published &- (frame.due ?? frame.firstArrival)) / 1e6
    }

    /// Latency of every frame over time, with drops at the bottom and the deadline as a line.
    var latencyPlot: String {
        let start = frames.map { $0.due ?? $0.firstArrival }.min() ?? 0
        let times = frames.map { Double(($0.due ?? $0.firstArrival) &- start) / 1e9 }
        let dropTimes = drops.filter { $0.time >= start }.map { Double($0.time - start) / 1e9 }
        let top = max(frames.map(latency).max() ?? 1, Double(deadline ?? 0) / 1e6) * 1.05
        let plot = Plot(
            horizontal: 0...max((times + dropTimes).max() ?? 1, 1e-3), vertical: 0...max(top, 1e-3),
            labels: ("time [s]", "end to end [ms]"))
        var content = zip(times, frames).map { time, frame in
            plot.dot(
                time, latency(frame), style: frame.isCold ? "cold" : "warm",
                title: "stamp \(frame.stamp): \(short(latency(frame))) ms, \(frame.state)")
        }
        content += zip(dropTimes, drops.filter { $0.time >= start }).map {
            plot.dot($0, 0, style: "drop", title: "dropped: \($1.reason)")
        }
        if let deadline {
            content.append(plot.level(Double(deadline) / 1e6, style: "limit", label: "deadline"))
        }
        return plot.drawing(content)
    }

    /// How often each latency occurred, warm and cold apart, on a logarithmic axis.
    var histogramPlot: String {
        let values = frames.map { (value: max(latency($0), 1e-3), isCold: $0.isCold) }
        let low = (values.map(\.value).min() ?? 1) * 0.9
        let high = max((values.map(\.value).max() ?? 1) * 1.1, low * 1.5)
        let bins = 60
        var counts = [[Int]](repeating: [0, 0], count: bins)
        let ratio = pow(high / low, 1 / Double(bins))
        for (value, isCold) in values {
            var (bin, end) = (0, low * ratio)
            while bin < bins - 1, value >= end {
                bin += 1
                end *= ratio
            }
            counts[bin][isCold ? 1 : 0] += 1
        }
        let plot = Plot(
            horizontal: low...high, vertical: 0...Double(max(1, counts.map { $0[0] + $0[1] }.max() ?? 1)),
            isLogarithmic: true, labels: ("end to end [ms]", "frames"))
        var (content, start) = ([String](), low)
        for count in counts {
            let end = start * ratio
            let title = "\(short(start)) to \(short(end)) ms: \(count[0]) warm, \(count[1]) cold"
            let (warm, both) = (Double(count[0]), Double(count[0] + count[1]))
            if count[0] > 0 {
                content.append(
                    plot.bar(from: start, to: end, base: 0, top: warm, style: "warm", title: title))
            }
            if count[1] > 0 {
                content.append(
                    plot.bar(from: start, to: end, base: warm, top: both, style: "cold", title: title))
            }
            start = end
        }
        return plot.drawing(content)
    }

    /// Names of the stages that `stagePlot` stacks: the path without its sums.
    var stackedStages: [String] { stageNames.filter { !FrameRecord.sums.contains($0) } }

    /// The stages of every frame on top of each other; many frames are averaged to at most 240 columns.
    var stagePlot: String {
        let columns = min(frames.count, 240)
        let names = stackedStages
        var means: [[Double]] = []
        for column in 0..<columns {
            let part = frames[(column * frames.count / columns)..<((column + 1) * frames.count / columns)]
            var sums = [Double](repeating: 0, count: names.count)
            for frame in part {
                for stage in frame.durations {
                    guard let place = names.firstIndex(of: stage.name) else { continue }
                    sums[place] += Double(stage.duration) / 1e6 / Double(part.count)
                }
            }
            means.append(sums)
        }
        let top = means.map { $0.reduce(0, +) }.max() ?? 1
        let plot = Plot(
            horizontal: 0...Double(max(1, frames.count)), vertical: 0...max(top * 1.05, 1e-3),
            labels: ("frame", "stages [ms]"))
        var content: [String] = []
        for (column, sums) in means.enumerated() {
            let edges = [column, column + 1].map { Double($0 * frames.count) / Double(columns) }
            var base = 0.0
            for (place, value) in sums.enumerated() where value > 0 {
                content.append(
                    plot.bar(
                        from: edges[0], to: edges[1], base: base, top: base + value,
                        style: "s\(place % ReportPage.colors.count)",
                        title: "\(names[place]): \(short(value)) ms"))
                base += value
            }
        }
        return plot.drawing(content)
    }
}
