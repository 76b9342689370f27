// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignEvaluation

/// Table 4: what is found where parts of the energy are left out, one at a time.
struct Ablation {
    /// A line: what was left out, and PCK@0.1 by column.
    struct Row {
        let name: String
        let values: [String: Double]
    }

    /// Threshold of the table.
    static let threshold = 0.1
    private(set) var columns: [String] = []
    private(set) var rows: [Row] = []

    /// The terms that `names` ask for; `nil` where a name is none.
    static func terms(_ names: [String]) -> [EnergyTerm]? {
        if names.contains("all") { return EnergyTerm.allCases }
        let terms = names.compactMap { EnergyTerm(rawValue: $0) }
        return terms.count == names.count ? terms : nil
    }

    /// Judges with everything, then without each of `terms`; `judge` gives PCK@0.1 by column, ours and nearest.
    init(
        _ terms: [EnergyTerm], options: ObservationOptions,
        judge: (ObservationOptions, _ name: String) throws -> [(column: String, pck: Double, nearest: Double)]
    ) rethrows {
        var complete = options
        complete.solver = .adamw
        let original = try judge(complete, "original")
        columns = original.map(\.column)
        append("features alone (nearest)", original.map { ($0.column, $0.nearest) })
        for term in terms {
            var changed = complete
            changed.schedule.without.append(term)
            let name = "without-\(term.rawValue)"
            append("without \(term.rawValue)", try judge(changed, name).map { ($0.column, $0.pck) })
        }
        append("original", original.map { ($0.column, $0.pck) })
    }

    private mutating func append(_ name: String, _ values: [(String, Double)]) {
        rows.append(Row(name: name, values: Dictionary(values) { first, _ in first }))
    }

    /// For people; the published rows stand above where a column is theirs.
    var text: String {
        var table = TextTable(headings: ["PCK@\(Self.threshold), adamw"] + columns)
        for row in PublishedTables.ablation where columns.contains(where: { row.values[$0] != nil }) {
            table.append(["published: \(row.method)"] + columns.map { (row.values[$0] ?? .nan).fixed(1) })
        }
        for row in rows {
            table.append([row.name] + columns.map { (100 * (row.values[$0] ?? .nan)).fixed(1) })
        }
        return table.text
    }

    /// For programs.
    var json: JSONValue {
        .object([
            ("threshold", .number(Self.threshold)),
            (
                "rows",
                .object(
                    rows.map { row in
                        (row.name, .object(columns.map { ($0, .number(row.values[$0] ?? .nan)) }))
                    })
            ),
        ])
    }
}
