// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignCore
import SemAlignMessages

/// What a representation file holds.
struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a class representation holds.",
        discussion: "EXAMPLE: semalign show mug.semalign")

    @Argument(help: "Class representation file.")
    var representation: String
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let file = try RepresentationFile.load(representation)
        print(json ? Self.json(file).line : Self.text(file))
    }

    private static func text(_ file: RepresentationFile) -> String {
        let value = file.representation
        let unit = value.metricScale?.metresPerUnit
        var table = TextTable("keypoint", "x", "y", "z", "similarity")
        for (index, name) in value.keypointNames.enumerated() {
            let point = value.keypoints[index] * (unit.map { 1000 * $0 } ?? 1)
            table.append(
                name, point.x.fixed(2), point.y.fixed(2), point.z.fixed(2),
                Double(value.appearance.similarityMean[index]).fixed(2))
        }
        let settings = value.provenance.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let model = value.appearance.model
        return """
            \(file.identity.name) (\(file.identity.hash)): class '\(value.className)'
            \(value.keypoints.count) keypoints, \(value.dense.map.pointCount) dense points, \
            \(value.appearance.channels) channels\(model.isEmpty ? "" : " of \(model)")
            edge pairs \(value.prior.edgePairs.count), tetrahedra \(value.prior.tetrahedra.count)
            \(unit.map { "1 unit = \((1000 * $0).fixed(2)) mm" } ?? "no metric scale")
            built by \(value.provenance.programVersion) with \(settings.joined(separator: ", ")) from \
            \(value.provenance.inputHashes.count) files
            \(table.text)
            """
    }

    private static func json(_ file: RepresentationFile) -> JSONValue {
        let value = file.representation
        return .object([
            ("name", .text(file.identity.name)), ("hash", .text(file.identity.hash)),
            ("class_name", .text(value.className)), ("keypoint_names", .texts(value.keypointNames)),
            ("flip", value.flip.map { .list($0.map { .integer($0) }) } ?? .null),
            ("skeleton", .list(value.skeleton.map { .list([.integer(Int($0.x)), .integer(Int($0.y))]) })),
            ("keypoints", .list(value.keypoints.map { .numbers([$0.x, $0.y, $0.z]) })),
            ("dense_points", .integer(value.dense.map.pointCount)),
            ("channels", .integer(value.appearance.channels)), ("model", .text(value.appearance.model)),
            ("edge_pairs", .integer(value.prior.edgePairs.count)),
            ("tetrahedra", .integer(value.prior.tetrahedra.count)),
            ("metres_per_unit", value.metricScale.map { .number($0.metresPerUnit) } ?? .null),
            ("scale_log_deviation", value.metricScale.map { .number($0.logDeviation) } ?? .null),
            ("program_version", .text(value.provenance.programVersion)),
            ("settings", map(value.provenance.settings)), ("inputs", map(value.provenance.inputHashes)),
        ])
    }

    private static func map(_ texts: [String: String]) -> JSONValue {
        .object(texts.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })
    }
}
