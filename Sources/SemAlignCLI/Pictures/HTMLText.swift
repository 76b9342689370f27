// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text as it may stand in a page.
    var escapedForHTML: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}

/// A table of a page; cells are escaped.
struct HTMLTable {
    private var rows: String

    /// A table with a line of headings.
    init(_ headings: String...) {
        rows = "<tr>" + headings.map { "<th>\($0.escapedForHTML)</th>" }.joined() + "</tr>\n"
    }

    /// Adds a line, marked where something is amiss with it.
    mutating func append(_ cells: [String], isWeak: Bool = false) {
        rows += "<tr\(isWeak ? " class=\"weak\"" : "")>"
        rows += cells.map { "<td>\($0.escapedForHTML)</td>" }.joined() + "</tr>\n"
    }

    /// The element.
    var html: String { "<table>\n\(rows)</table>\n" }
}
