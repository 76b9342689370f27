// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Columns for people: the first flush left, the others flush right unless told otherwise.
struct TextTable {
    private var rows: [[String]] = []
    /// Columns flush left.
    var textColumns: Set<Int> = [0]

    /// A table with a line of headings.
    init(_ headings: String...) { rows = [headings] }

    /// A table with a line of headings.
    init(headings: [String]) { rows = [headings] }

    /// Adds a line.
    mutating func append(_ cells: [String]) { rows.append(cells) }

    /// Adds a line.
    mutating func append(_ cells: String...) { rows.append(cells) }

    /// The lines, columns two blanks apart.
    var text: String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                return textColumns.contains(column) ? cell + blanks : blanks + cell
            }
            var line = cells.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}

extension Double {
    /// With a fixed number of digits after the point; `-` where it is not a number.
    func fixed(_ digits: Int) -> String {
        guard isFinite else { return "-" }
        guard abs(self) < 1e12 else { return "\(self)" }
        let factor = (0..<digits).reduce(1) { value, _ in value * 10 }
        let scaled = (self * Double(factor)).rounded()
        let whole = Int(abs(scaled))
        let sign = scaled < 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(whole)" }
        let fraction = String(whole % factor)
        return "\(sign)\(whole / factor)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
