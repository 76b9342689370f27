// SPDX-License-Identifier: Apache-2.0

import SemAlignDatasets
import SemAlignEvaluation

/// What `evaluate` prints about image pairs.
struct PairReport {
    let title: String
    let layout: BenchmarkLayout?
    let split: String
    let judge: PairJudge
    let seconds: Double

    /// Characters in a line of a table that has many columns.
    private static let width = 80

    private var thresholds: [Double] { judge.thresholds }

    private func accuracy(_ method: PairMethod, _ convention: TransferConvention) -> TransferAccuracy {
        TransferAccuracy(judge.outcomes[method] ?? [], thresholds: thresholds, convention: convention)
    }

    /// PCK@0.1 per image of each category, ours and the nearest-neighbour baseline's.
    var ablationColumns: [(column: String, pck: Double, nearest: Double)] {
        let place = thresholds.firstIndex(of: Ablation.threshold) ?? 0
        let (ours, nearest) = (
            accuracy(.semalign, TransferConvention()).categories,
            accuracy(.nearest, TransferConvention()).categories
        )
        return ours.keys.sorted().map { name in
            (name, ours[name]?[place] ?? .nan, nearest[name]?[place] ?? .nan)
        }
    }

    // MARK: For people

    /// Tables, each with its convention in its heading.
    var text: String {
        let base = accuracy(.semalign, TransferConvention())
        var parts = [
            "\(title), split '\(split)': \(judge.outcomes[.semalign]?.count ?? 0) pairs, \(base.points) points, "
                + "\(judge.alignedImages) images aligned, \(seconds.fixed(1)) s"
        ]
        for comparison in TransferConvention.Comparison.allCases.reversed() {
            parts.append(table("PCK, error \(comparison.rawValue) α·T", TransferConvention(.pck, comparison)))
        }
        parts.append(table("PCK†, error <= α·T", TransferConvention(.pckDagger)))
        let geometry = TransferConvention(.pck, .lessOrEqual, isGeometryAware: true)
        if accuracy(.semalign, geometry).points > 0 {
            let count = accuracy(.semalign, geometry)
            parts.append(
                table(
                    "PCK of the geometry-aware subset, <= (\(count.pairs) pairs, \(count.points) points)",
                    geometry))
        }
        parts.append(precisionTable)
        parts.append(failureTable)
        if layout == .spair { parts.append(categoryTable) }
        if let layout { parts.append(Self.published(layout)) }
        return parts.joined(separator: "\n\n")
    }

    private func table(_ title: String, _ convention: TransferConvention) -> String {
        var table = TextTable(headings: [title] + thresholds.map { "\($0)" })
        for method in PairMethod.allCases {
            let found = accuracy(method, convention)
            for (name, values) in found.averages {
                table.append(["\(method.rawValue), \(name)"] + values.map { (100 * $0).fixed(1) })
            }
        }
        return table.text
    }

    private var precisionTable: String {
        var table = TextTable(headings: ["KAP, all points together"] + thresholds.map { "\($0)" })
        for method in PairMethod.allCases {
            for precision in judge.precisions[method] ?? [] {
                table.append(
                    ["\(method.rawValue), \(precision.variant.rawValue)"]
                        + precision.values.map { (100 * $0).fixed(1) })
            }
        }
        return table.text
    }

    private var failureTable: String {
        let threshold = thresholds.contains(0.1) ? 0.1 : thresholds[0]
        var table = TextTable("of all points at \(threshold)", "correct", "swap", "jitter", "miss")
        for method in PairMethod.allCases {
            let kinds = FailureKinds(judge.outcomes[method] ?? [], threshold: threshold)
            table.append(
                [method.rawValue]
                    + [kinds.correct, kinds.swap, kinds.jitter, kinds.miss].map { (100 * $0).fixed(1) })
        }
        return table.text
    }

    /// Table 1: categories in columns, published rows above ours.
    private var categoryTable: String {
        let columns = PublishedTables.spairCategories.last.map { $0.values.keys.sorted() } ?? []
        let names = columns.filter { $0 != "all" } + ["all"]
        var table = TextTable(headings: ["PCK@0.1, per image, <="] + names.map { String($0.prefix(6)) })
        for row in PublishedTables.spairCategories {
            table.append([row.method] + names.map { (row.values[$0] ?? .nan).fixed(1) })
        }
        let place = thresholds.firstIndex(of: 0.1) ?? 0
        for method in PairMethod.allCases {
            let found = accuracy(method, TransferConvention())
            table.append(
                ["ours: \(method.rawValue)"]
                    + names.map { name in
                        let value = name == "all" ? found.perImage[place] : found.categories[name]?[place]
                        return (100 * (value ?? .nan)).fixed(1)
                    })
        }
        return table.text(width: Self.width)
    }

    /// Tables 2 and 3 as printed.
    private static func published(_ layout: BenchmarkLayout) -> String {
        var lines = ["Published (\(PublishedTables.source));", "the paper does not say how it averages:"]
        if layout == .spair {
            var table = TextTable("Table 2, PCK", "0.1", "0.05", "0.01")
            for row in PublishedTables.spairLevels {
                table.append(
                    [row.method] + ["0.1", "0.05", "0.01"].map { (row.values[$0] ?? .nan).fixed(1) })
            }
            lines.append(table.text)
        }
        for (name, rows) in PublishedTables.metrics where name == layout.title {
            var table = TextTable(
                headings: ["Table 3"]
                    + ["pck", "pck_dagger", "kap"].flatMap { metric in
                        layout.thresholds.map { "\(metric) \($0)" }
                    })
            for row in rows {
                table.append(
                    [row.method]
                        + ["pck", "pck_dagger", "kap"].flatMap { metric in
                            layout.thresholds.map { (row.values["\(metric) \($0)"] ?? .nan).fixed(1) }
                        })
            }
            lines.append(table.text(width: width))
        }
        return lines.joined(separator: "\n")
    }

    // MARK: For programs

    /// Every number under the name of its convention.
    var json: JSONValue {
        .object([
            ("benchmark", .text(title)), ("split", .text(split)),
            ("pairs", .integer(judge.outcomes[.semalign]?.count ?? 0)),
            ("aligned_images", .integer(judge.alignedImages)), ("thresholds", .numbers(thresholds)),
            ("methods", .object(PairMethod.allCases.map { ($0.rawValue, json(of: $0)) })),
            ("published", layout.map(Self.publishedJSON) ?? .null),
        ])
    }

    private func json(of method: PairMethod) -> JSONValue {
        var members: [(String, JSONValue)] = []
        for metric in TransferConvention.Metric.allCases {
            members.append(
                (
                    metric.rawValue,
                    .object(
                        TransferConvention.Comparison.allCases.map {
                            ($0.rawValue, accuracy(method, TransferConvention(metric, $0)).json)
                        })
                ))
        }
        members.append(
            (
                "geometry_aware",
                accuracy(method, TransferConvention(.pck, .lessOrEqual, isGeometryAware: true)).json
            ))
        for precision in judge.precisions[method] ?? [] {
            members.append((precision.variant.rawValue, .numbers(precision.values)))
        }
        let kinds = thresholds.map { FailureKinds(judge.outcomes[method] ?? [], threshold: $0) }
        members.append(
            (
                "failures",
                .object([
                    ("correct", .numbers(kinds.map(\.correct))), ("swap", .numbers(kinds.map(\.swap))),
                    ("jitter", .numbers(kinds.map(\.jitter))), ("miss", .numbers(kinds.map(\.miss))),
                ])
            ))
        return .object(members)
    }

    private static func publishedJSON(_ layout: BenchmarkLayout) -> JSONValue {
        func rows(_ rows: [PublishedRow]) -> JSONValue {
            .object(
                rows.map { row in
                    (
                        row.method,
                        .object(row.values.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })
                    )
                })
        }
        var members: [(String, JSONValue)] = [("source", .text(PublishedTables.source))]
        if layout == .spair {
            members.append(("table1", rows(PublishedTables.spairCategories)))
            members.append(("table2", rows(PublishedTables.spairLevels)))
        }
        for (name, table) in PublishedTables.metrics where name == layout.title {
            members.append(("table3", rows(table)))
        }
        return .object(members)
    }
}

extension TransferAccuracy {
    /// All averages by name.
    var averages: [(String, [Double])] {
        [
            ("per point", perPoint), ("per image", perImage),
            ("categories by all their pairs", weighted),
            ("mean of categories, per point", categoriesPerPoint),
            ("mean of categories, per image", categoriesPerImage),
        ]
    }

    /// For programs.
    var json: JSONValue {
        .object([
            ("pairs", .integer(pairs)), ("points", .integer(points)), ("per_point", .numbers(perPoint)),
            ("per_image", .numbers(perImage)), ("weighted_by_pairs", .numbers(weighted)),
            ("mean_of_categories_per_point", .numbers(categoriesPerPoint)),
            ("mean_of_categories_per_image", .numbers(categoriesPerImage)),
            (
                "categories",
                .object(categories.sorted { $0.key < $1.key }.map { ($0.key, .numbers($0.value)) })
            ),
        ])
    }
}
