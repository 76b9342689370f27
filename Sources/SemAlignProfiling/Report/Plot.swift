// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// The frame of a plot: where values lie on the drawing, and its axes, as SVG.
struct Plot {
    static let width = 860.0
    static let height = 260.0
    private static let left = 64.0
    private static let bottom = 36.0
    private static let top = 12.0

    let horizontal: ClosedRange<Double>
    let vertical: ClosedRange<Double>
    /// True where equal distances stand for equal ratios along x.
    let isLogarithmic: Bool
    let labels: (x: String, y: String)

    init(
        horizontal: ClosedRange<Double>, vertical: ClosedRange<Double>, isLogarithmic: Bool = false,
        labels: (x: String, y: String)
    ) {
        self.horizontal = horizontal
        self.vertical = vertical
        self.isLogarithmic = isLogarithmic
        self.labels = labels
    }

    /// Where a value lies.
    func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        let share =
            isLogarithmic
            ? log(x / horizontal.lowerBound) / log(horizontal.upperBound / horizontal.lowerBound)
            : (x - horizontal.lowerBound) / (horizontal.upperBound - horizontal.lowerBound)
        let height = (y - vertical.lowerBound) / (vertical.upperBound - vertical.lowerBound)
        return (
            Self.left + share * (Self.width - Self.left - 10),
            Self.height - Self.bottom - height * (Self.height - Self.bottom - Self.top)
        )
    }

    /// A rectangle that stands on `base`.
    func bar(from x0: Double, to x1: Double, base: Double, top: Double, style: String, title: String)
        -> String
    {
        let (low, high) = (place(x0, base), place(x1, top))
        return "<rect class=\"\(style)\" x=\"\(short(low.x))\" y=\"\(short(high.y))\" "
            + "width=\"\(short(max(0.5, high.x - low.x - 0.4)))\" height=\"\(short(max(0, low.y - high.y)))\">"
            + "<title>\(markupText(title))</title></rect>"
    }

    /// A point.
    func dot(_ x: Double, _ y: Double, style: String, title: String) -> String {
        let point = place(x, y)
        return "<circle class=\"\(style)\" cx=\"\(short(point.x))\" cy=\"\(short(point.y))\" r=\"2\">"
            + "<title>\(markupText(title))</title></circle>"
    }

    /// A level across the plot.
    func level(_ y: Double, style: String, label: String) -> String {
        guard vertical.contains(y) else { return "" }
        let (from, to) = (place(horizontal.lowerBound, y), place(horizontal.upperBound, y))
        return
            "<line class=\"\(style)\" x1=\"\(short(from.x))\" y1=\"\(short(from.y))\" x2=\"\(short(to.x))\" "
            + "y2=\"\(short(to.y))\"/><text class=\"note\" x=\"\(short(to.x - 4))\" y=\"\(short(to.y - 4))\" "
            + "text-anchor=\"end\">\(markupText(label))</text>"
    }

    /// The drawing: axes, then `content`.
    func drawing(_ content: [String]) -> String {
        var parts = [
            "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" "
                + "xmlns=\"http://www.w3.org/2000/svg\">"
        ]
        for tick in Self.ticks(vertical) {
            let point = place(horizontal.lowerBound, tick)
            parts.append(
                "<line class=\"grid\" x1=\"\(short(point.x))\" y1=\"\(short(point.y))\" "
                    + "x2=\"\(short(Self.width - 10))\" y2=\"\(short(point.y))\"/>"
                    + "<text x=\"\(short(point.x - 6))\" y=\"\(short(point.y + 4))\" "
                    + "text-anchor=\"end\">\(short(tick))</text>")
        }
        for tick in isLogarithmic ? Self.decades(horizontal) : Self.ticks(horizontal) {
            let point = place(tick, vertical.lowerBound)
            parts.append(
                "<text x=\"\(short(point.x))\" y=\"\(short(point.y + 15))\" "
                    + "text-anchor=\"middle\">\(short(tick))</text>")
        }
        parts += content
        parts.append(
            "<text class=\"axis\" x=\"\(Int(Self.width / 2))\" y=\"\(Int(Self.height - 4))\" "
                + "text-anchor=\"middle\">\(markupText(labels.x))</text>"
                + "<text class=\"axis\" transform=\"translate(14 \(Int(Self.height / 2))) rotate(-90)\" "
                + "text-anchor=\"middle\">\(markupText(labels.y))</text></svg>")
        return parts.joined(separator: "\n")
    }

    /// About five round values.
    private static func ticks(_ range: ClosedRange<Double>) -> [Double] {
        let raw = (range.upperBound - range.lowerBound) / 5
        guard raw > 0, raw.isFinite else { return [] }
        let power = pow(10, log10(raw).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? 10 * power
        let first = (range.lowerBound / step).rounded(.up)
        return (0..<8).map { (first + Double($0)) * step }.filter { $0 <= range.upperBound * (1 + 1e-9) }
    }

    /// 1, 2 and 5 times powers of ten.
    private static func decades(_ range: ClosedRange<Double>) -> [Double] {
        let low = Int(log10(range.lowerBound).rounded(.down))
        let high = Int(log10(range.upperBound).rounded(.up))
        guard high - low < 20 else { return [] }
        return (low...high).flatMap { power in [1, 2, 5].map { $0 * pow(10, Double(power)) } }
            .filter { range.contains($0) }
    }
}

/// A number with as many digits as a reader needs.
func short(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let digits = abs(value) >= 100 ? 1.0 : abs(value) >= 1 ? 100.0 : 10_000.0
    let rounded = (value * digits).rounded() / digits
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int(rounded)) : String(rounded)
}

/// Text between tags.
func markupText(_ text: String) -> String {
    var result = ""
    for character in text {
        switch character {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        default: result.append(character)
        }
    }
    return result
}
