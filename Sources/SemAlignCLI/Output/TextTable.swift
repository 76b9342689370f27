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

    /// Width of each column.
    private var widths: [Int] {
        (0..<(rows.map(\.count).max() ?? 0)).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
    }

    /// The lines in as many tables below each other as `width` characters ask for, each with the first column.
    func text(width: Int) -> String {
        let widths = widths
        var blocks: [[Int]] = [[]]
        var used = widths.first ?? 0
        for column in widths.indices.dropFirst() {
            if used + 2 + widths[column] > width, blocks.last?.isEmpty == false {
                blocks.append([])
                used = widths[0]
            }
            blocks[blocks.count - 1].append(column)
            used += 2 + widths[column]
        }
        return blocks.map { columns in
            var part = TextTable(headings: [])
            part.rows = rows.map { row in ([0] + columns).filter { $0 < row.count }.map { row[$0] } }
            return part.text
        }.joined(separator: "\n\n")
    }

    /// The lines, columns two blanks apart.
    var text: String {
        let widths = widths
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
